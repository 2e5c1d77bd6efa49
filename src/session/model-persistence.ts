import {FEATURE_SCHEMA} from '../features/schema.js';
import {ModelPersistence as SchemaModelPersistence} from '../model/model-persistence.js';
import type {ModelPersistenceOptions} from '../model/model-persistence.js';

/** The public ModelPersistence: models for the feature schema that this version computes, and no other. */
export class ModelPersistence extends SchemaModelPersistence {
  /** @param directory where bare names are looked up, such as `models` */
  constructor(directory: string, options: Partial<ModelPersistenceOptions> = {}) {
    super(directory, {schema: FEATURE_SCHEMA, ...options});
  }
}
