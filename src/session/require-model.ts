import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {DlTradeError} from '../domain/errors.js';
import {isBareModelName} from '../model/model-persistence.js';
import type {Model} from '../model/model-persistence.js';
import {ModelPersistence} from './model-persistence.js';

const HERE = 'models';
const SHIPPED = fileURLToPath(new URL('../../models', import.meta.url));

/** Where bare names are looked up, in order.
 *  @param directory a user's own; by default `models/` here, then the models that are shipped */
export function modelDirectories(directory: string | undefined): readonly string[] {
  if (directory !== undefined) return [directory];
  return resolve(HERE) === SHIPPED ? [HERE] : [HERE, SHIPPED];
}

/** Loads the model that a user named.
 *  @param name a name, or a path
 *  @param directory where names are looked up; by default `models/` here, then the models that are shipped
 *  @throws MODEL_UNKNOWN for a bare name that is none, MODEL_NOT_FOUND for a path that holds none, and what loading throws */
export async function requireModel(name: string, directory: string | undefined): Promise<Model> {
  const directories = modelDirectories(directory);
  const known = new Set<string>();
  for (const where of directories) {
    const persistence = new ModelPersistence(where);
    const model = await persistence.load(name);
    if (model !== null) return model;
    for (const other of await persistence.list()) known.add(other);
  }
  if (!isBareModelName(name)) {
    throw new DlTradeError(
      'MODEL_NOT_FOUND',
      `"${name}" holds no model; want a directory with weights.pth and manifest.json`,
      {details: {name}},
    );
  }
  const there =
    known.size === 0
      ? `no model lies under "${directories.join('" or "')}"`
      : `there are ${[...known].join(', ')}`;
  throw new DlTradeError(
    'MODEL_UNKNOWN',
    `model was "${name}", but ${there}; name one of them, or give a path`,
    {
      details: {name},
    },
  );
}
