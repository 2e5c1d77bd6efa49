import {readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {DlTradeError} from '../domain/errors.js';
import {BEST_FILE, parseBestRecord} from '../model/best-record.js';
import {isBareModelName} from '../model/model-persistence.js';
import type {Model} from '../model/model-persistence.js';
import {ModelPersistence} from './model-persistence.js';

/** Names no directory of its own. */
const BEST = 'best';
const HERE = 'models';
const SHIPPED = fileURLToPath(new URL('../../models', import.meta.url));

/** Where bare names are looked up, in order.
 *  @param directory a user's own; by default `models/` here, then the models that are shipped */
export function modelDirectories(directory: string | undefined): readonly string[] {
  if (directory !== undefined) return [directory];
  return resolve(HERE) === SHIPPED ? [HERE] : [HERE, SHIPPED];
}

/** Loads the model that a user named, as every command does; `best` is the winner of the last comparison. `ModelPersistence` is its
 *  quieter sister, which looks in one directory and gives `null` where there is none.
 *  @param name a name, or a path
 *  @param directory where names are looked up; by default `models/` here, then the models that are shipped (`lstm`, `transformer`)
 *  @throws MODEL_UNKNOWN for a bare name that is none, MODEL_NOT_FOUND for a path that holds none, and what loading throws */
export async function requireModel(name: string, directory?: string): Promise<Model> {
  const directories = modelDirectories(directory);
  const known = new Set<string>();
  if (name === BEST) return requireBest(directories, directory);
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

async function requireBest(directories: readonly string[], directory: string | undefined): Promise<Model> {
  for (const where of directories) {
    const place = join(where, BEST_FILE);
    const text = await readFile(place, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const {winner, candidates} = parseBestRecord(text, place);
    // The record may lie here while the model is one of those shipped.
    const model = await requireModel(winner, directory);
    const compared = candidates.find((candidate) => candidate.model === winner)!.weightsSha256;
    if (model.manifest.weightsSha256 === compared) return model;
    model.network.dispose();
    throw new DlTradeError(
      'MODEL_INVALID',
      `${place} says that "${winner}" is best, but its weights are others now; run dl-trade compare again`,
      {details: {place, winner}},
    );
  }
  throw new DlTradeError(
    'MODEL_UNKNOWN',
    `model was "best", but no comparison has been recorded under "${directories.join('" or "')}"; run dl-trade compare --candles FILE first`,
  );
}
