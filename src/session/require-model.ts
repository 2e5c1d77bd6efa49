import {DlTradeError} from '../domain/errors.js';
import {FEATURE_SCHEMA} from '../features/schema.js';
import {ModelPersistence, isBareModelName} from '../model/model-persistence.js';
import type {Model} from '../model/model-persistence.js';

/** Loads the model that a user named.
 *  @param name a name under `modelsDirectory`, or a path
 *  @throws MODEL_UNKNOWN for a bare name that is none, MODEL_NOT_FOUND for a path that holds none, and what loading throws */
export async function requireModel(name: string, modelsDirectory: string): Promise<Model> {
  const persistence = new ModelPersistence(modelsDirectory, {schema: FEATURE_SCHEMA});
  const model = await persistence.load(name);
  if (model !== null) return model;
  if (!isBareModelName(name)) {
    throw new DlTradeError(
      'MODEL_NOT_FOUND',
      `"${name}" holds no model; want a directory with weights.pth and manifest.json`,
      {
        details: {name},
      },
    );
  }
  const known = await persistence.list();
  const there =
    known.length === 0
      ? `no model lies under "${modelsDirectory}"`
      : `"${modelsDirectory}" has ${known.join(', ')}`;
  throw new DlTradeError(
    'MODEL_UNKNOWN',
    `model was "${name}", but ${there}; name one of them, or give a path`,
    {details: {name}},
  );
}
