import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import {writeFileAtomic} from '../files/atomic-file.js';
import {makeDirectory} from '../files/make-directory.js';
import {createTable} from '../files/table-writer.js';
import type {HeldOutForecasts} from './training-request.js';

const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** All that the outcome of a walk-forward depends on, by name. */
export type WalkForwardSettings = z.output<typeof settings>;

const foldFile = z.object({
  fold: z.number().int().min(0),
  bestEpoch: z.number().int().min(1),
  threshold: z.number(),
  openTimesMs: z.array(z.number()),
  probabilities: z.array(z.number()),
  labels: z.array(z.union([z.literal(0), z.literal(1)])),
  baselines: z.record(z.string(), z.array(z.number())),
});

/** What one fold said of its own test part. */
export interface FoldRecord {
  readonly fold: number;
  readonly bestEpoch: number;
  readonly threshold: number;
  readonly forecasts: HeldOutForecasts;
}

const SETTINGS = 'walk-forward.json';

/** The files of a walk-forward: its settings, a record a fold, each written whole or not at all. */
export class WalkForwardDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Where the model of a fold lies. */
  modelPath(fold: number): string {
    return join(this.path, `fold-${String(fold + 1).padStart(2, '0')}`);
  }

  /** Claims the directory for some settings; one that holds another walk-forward is left as it is.
   *  @throws STATE_MISMATCH naming the setting, OUTPUT_FAILED */
  async claim(wanted: WalkForwardSettings): Promise<void> {
    const place = join(this.path, SETTINGS);
    const text = await readIfThere(place);
    if (text === undefined) {
      await makeDirectory(this.path);
      await writeFileAtomic(place, `${JSON.stringify(wanted, null, 2)}\n`);
      return;
    }
    const found = settings.safeParse(parseJson(text));
    if (!found.success) throw mismatch(this.path, `${SETTINGS} is damaged`);
    const names = new Set([...Object.keys(found.data), ...Object.keys(wanted)]);
    const differing = [...names].find((name) => found.data[name] !== wanted[name]);
    if (differing === undefined) return;
    throw mismatch(
      this.path,
      `${differing} was "${String(found.data[differing])}" there, now it is "${String(wanted[differing])}"`,
    );
  }

  /** @returns `undefined` where the fold is not done, or its record is damaged */
  async readFold(fold: number): Promise<FoldRecord | undefined> {
    const text = await readIfThere(this.#foldFile(fold));
    const parsed = foldFile.safeParse(text === undefined ? undefined : parseJson(text));
    if (!parsed.success || parsed.data.fold !== fold) return undefined;
    const {bestEpoch, threshold, openTimesMs, probabilities, labels, baselines} = parsed.data;
    return {
      ...{fold, bestEpoch, threshold},
      forecasts: {
        openTimesMs: Float64Array.from(openTimesMs),
        probabilities: Float64Array.from(probabilities),
        labels: Uint8Array.from(labels),
        baselines: Object.fromEntries(
          Object.entries(baselines).map(([name, values]) => [name, Float64Array.from(values)]),
        ),
      },
    };
  }

  /** @throws OUTPUT_FAILED */
  async writeFold({fold, bestEpoch, threshold, forecasts}: FoldRecord): Promise<void> {
    const {openTimesMs, probabilities, labels, baselines} = forecasts;
    const content = {
      ...{fold, bestEpoch, threshold},
      openTimesMs: [...openTimesMs],
      probabilities: [...probabilities],
      labels: [...labels],
      baselines: Object.fromEntries(Object.entries(baselines).map(([name, values]) => [name, [...values]])),
    };
    await writeFileAtomic(this.#foldFile(fold), JSON.stringify(content));
  }

  /** Writes the one record over all folds, in time order.
   *  @returns its path
   *  @throws OUTPUT_FAILED */
  async writeForecasts(folds: readonly FoldRecord[]): Promise<string> {
    const path = join(this.path, 'forecasts.csv');
    const table = await createTable(path, {columns: ['fold', 'probability', 'label'], digits: 17});
    const row = new Float64Array(3);
    for (const {fold, forecasts} of folds) {
      for (const [i, openTimeMs] of forecasts.openTimesMs.entries()) {
        row.set([fold + 1, forecasts.probabilities[i]!, forecasts.labels[i]!]);
        await table.write(openTimeMs, row);
      }
    }
    await table.commit();
    return path;
  }

  #foldFile(fold: number): string {
    return `${this.modelPath(fold)}.json`;
  }
}

function mismatch(path: string, reason: string): DlTradeError {
  return new DlTradeError(
    'STATE_MISMATCH',
    `"${path}" holds a walk-forward of other settings: ${reason}; give another --out, or remove it`,
    {details: {path}},
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
