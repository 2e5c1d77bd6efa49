import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {createNetwork, nativeVersions} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import {TimeSeriesDataset} from '../../src/training/time-series-dataset.js';
import {trainNetwork, type TrainNetworkOptions} from '../../src/training/train-network.js';
import {addonIsBuilt, readFloats, TINY_BILSTM} from '../support/native.js';
import {findPython, ROOT, runPython} from '../support/python.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';
import {someHistory, someSamples} from '../support/training.js';

const LOSS_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-5;
const SEED = 11;

interface TrainingSet {
  readonly name: string;
  readonly hyperparameters: Hyperparameters;
  /** Rows. */
  readonly window: number;
  readonly batch: number;
  readonly gradientClip: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Of each step. */
  readonly losses: readonly number[];
  readonly gradientNorms: readonly number[];
}

interface Report {
  readonly sets: Record<string, {gradients: number; initial: number; sameNames: boolean}>;
  readonly schedules: readonly {rates: readonly number[]; stopped: number | null}[];
}

const python = findPython('torch');
const skip = !addonIsBuilt
  ? 'the addon is not built'
  : python === undefined
    ? 'no Python with torch'
    : undefined;

describe.skipIf(skip !== undefined)(
  `training, against PyTorch${skip === undefined ? '' : ` (skipped: ${skip})`}`,
  () => {
    const reference = useTemporaryDirectory();
    const ours = useTemporaryDirectory();

    it('gives the losses of 20 steps, the first gradients, the initial weights and the schedule that PyTorch gives', async () => {
      runPython(python!, 'tools/reference/training.py', 'make', '--out', reference.path(''));
      const {sets} = JSON.parse(readFileSync(reference.path('index.json'), 'utf8')) as {sets: TrainingSet[]};
      const losses = new Map<string, number>();
      for (const set of sets) {
        losses.set(set.name, await largestLossDifference(set, optionsOf(set)));
        await trainNetwork({
          ...optionsOf(set, set.batch),
          gradientClip: 1e9,
          epochs: 1,
          checkpointPath: ours.path(`${set.name}.first.pth`),
        });
        createNetwork(set.hyperparameters, SEED).save(ours.path(`${set.name}.initial.pth`));
      }
      const schedules = [await schedule(0, 100), await schedule(1, 4)];
      ours.write('index.json', JSON.stringify({sets: sets.map((set) => ({...set, seed: SEED})), schedules}));
      const report = JSON.parse(
        runPython(
          ...([python!, 'tools/reference/training.py', 'check', '--reference', reference.path('')] as const),
          ...['--ours', ours.path('')],
        ),
      ) as Report;

      const rows = sets.map(({name}) => ({set: name, losses: losses.get(name), ...report.sets[name]!}));
      writeParityTable(rows);
      expect(rows.length).toBe(8);
      // Some steps are clipped, else the clipping would not be compared.
      const clipped = sets.flatMap((set) => set.gradientNorms.filter((norm) => norm > set.gradientClip));
      expect(clipped.length).toBeGreaterThan(20);
      for (const row of rows) {
        expect(row.losses, row.set).toBeLessThanOrEqual(LOSS_TOLERANCE);
        expect(row.gradients, row.set).toBeLessThanOrEqual(GRADIENT_TOLERANCE);
        expect(row, row.set).toMatchObject({initial: 0, sameNames: true});
      }
      for (const [index, {rates, stopped}] of report.schedules.entries()) {
        expect(schedules[index]!.rates).toEqual(rates);
        expect(schedules[index]!.stopped).toBe(stopped);
        expect(new Set(rates).size).toBeGreaterThan(1);
      }
      expect(report.schedules[1]!.stopped).not.toBeNull();
    }, 300_000);

    function optionsOf(set: TrainingSet, samples?: number): TrainNetworkOptions {
      const {size, steps} = {size: set.hyperparameters.input_size, steps: set.window};
      const labels = new Uint8Array(readFileSync(reference.path(`${set.name}.labels.u8`)));
      const source = {
        inputs: readFloats(reference.path(`${set.name}.inputs.f32`)),
        labels,
        openTimesMs: new Float64Array(labels.length),
        shape: {steps, size},
      };
      const count = samples ?? labels.length - steps + 1;
      const rows = Int32Array.from({length: count}, (_, index) => steps - 1 + index);
      return {
        hyperparameters: set.hyperparameters,
        train: new TimeSeriesDataset(source, rows),
        validation: new TimeSeriesDataset(source, rows.subarray(0, 1)),
        batchSize: set.batch,
        learningRate: set.learningRate,
        weightDecay: set.weightDecay,
        gradientClip: set.gradientClip,
        initialWeights: reference.path(`${set.name}.weights.pth`),
        shuffle: false,
        progressIntervalMs: 0,
      };
    }
  },
);

async function largestLossDifference(set: TrainingSet, options: TrainNetworkOptions): Promise<number> {
  const losses: number[] = [];
  await trainNetwork({...options, epochs: 1, onProgress: ({batchLoss}) => losses.push(batchLoss)});
  expect(losses.length).toBe(set.losses.length);
  return Math.max(...losses.map((loss, step) => Math.abs(loss - set.losses[step]!)));
}

/** Trains on labels that cannot be learnt, so that the rate falls, and gives what PyTorch needs to do the same. */
async function schedule(patience: number, earlyStoppingPatience: number) {
  const source = someHistory(140, {steps: 6, size: 4});
  const learningRate = 0.05;
  const factor = 0.3;
  const {history, ended} = await trainNetwork({
    hyperparameters: TINY_BILSTM,
    train: someSamples(source, 5, 100),
    validation: someSamples(source, 105, 30),
    epochs: 25,
    batchSize: 10,
    learningRate,
    scheduler: {factor, patience},
    earlyStoppingPatience,
  });
  return {
    learningRate,
    factor,
    patience,
    earlyStoppingPatience,
    losses: history.map(({validationLoss}) => validationLoss),
    rates: history.map((record) => record.learningRate),
    stopped: ended === 'stopped-early' ? history.length : null,
  };
}

function writeParityTable(rows: readonly object[]): void {
  const target = join(ROOT, 'build', 'parity');
  mkdirSync(target, {recursive: true});
  const tolerances = {losses: LOSS_TOLERANCE, gradients: GRADIENT_TOLERANCE};
  const table = {tolerances, steps: 20, versions: nativeVersions(), rows};
  writeFileSync(join(target, 'training.json'), `${JSON.stringify(table, null, 2)}\n`);
}
