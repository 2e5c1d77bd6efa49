import {copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';

import {createNetwork, loadNetwork, startTraining} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import type {TrainingResult} from '../../src/model/native-training.js';
import {TimeSeriesDataset} from '../../src/training/time-series-dataset.js';
import {trainNetwork, type TrainNetworkOptions} from '../../src/training/train-network.js';
import {addonIsBuilt, NETWORK_FIXTURES, TINY_BILSTM, TINY_TRANSFORMER} from '../support/native.js';
import {temporaryDirectory} from '../support/temporary-directory.js';
import {someHistory, someSamples, withoutTimes} from '../support/training.js';

const TWO_LAYERS: readonly Hyperparameters[] = [
  {...TINY_BILSTM, num_layers: 2},
  {...TINY_TRANSFORMER, num_layers: 2},
];
const SOURCE = someHistory(80, {steps: 6, size: 4});
const BATCHES = 4;
const EPOCHS = 3;

/** 3 epochs of 4 batches, the last one shorter. */
function options(hyperparameters: Hyperparameters = TWO_LAYERS[0]!): TrainNetworkOptions {
  return {
    hyperparameters,
    train: someSamples(SOURCE, 5, 38),
    validation: someSamples(SOURCE, 45, 20),
    epochs: EPOCHS,
    batchSize: 10,
    learningRate: 0.01,
    progressIntervalMs: 0,
    seed: 3,
  };
}

/** What a promise rejects with; undefined where it resolves. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function comparable({network, history, bestEpoch, ended}: TrainingResult): object {
  return {parameters: network.parameters(), history: withoutTimes(history), bestEpoch, ended};
}

/** Trains until `batches` have been trained in this run, then stops; resumes until it ends. */
async function trainInPieces(all: TrainNetworkOptions, pieces: readonly number[]): Promise<TrainingResult> {
  for (const batches of pieces) {
    const stop = new AbortController();
    let trained = 0;
    if (batches === 0) stop.abort();
    const result = await trainNetwork({
      ...all,
      resume: true,
      signal: stop.signal,
      onProgress() {
        trained += 1;
        if (trained >= batches) stop.abort();
      },
    });
    if (result.ended !== 'interrupted') return result;
  }
  return trainNetwork({...all, resume: true});
}

describe.skipIf(!addonIsBuilt)('the native trainer', () => {
  it.each(TWO_LAYERS)('learns what can be learnt: $architecture', async (hyperparameters) => {
    const source = someHistory(400, {steps: 6, size: 4});
    for (let row = 0; row < 400; row++) source.labels[row] = source.inputs[row * 4]! > 0 ? 1 : 0;
    const {history, network, bestEpoch, ended} = await trainNetwork({
      hyperparameters,
      train: someSamples(source, 5, 300),
      validation: someSamples(source, 310, 80),
      epochs: 30,
      learningRate: 0.02,
    });
    const best = history[bestEpoch - 1]!;
    expect(best.validationAccuracy).toBeGreaterThan(0.9);
    expect(best.validationLoss).toBe(Math.min(...history.map(({validationLoss}) => validationLoss)));
    expect(best.trainLoss).toBeLessThan(history[0]!.trainLoss / 2);
    expect(['completed', 'stopped-early']).toContain(ended);

    const validation = someSamples(source, 310, 80).batch(Array.from({length: 80}, (_, index) => index));
    const logits = network.predict(validation.windows, 80, 6);
    const loss =
      logits.reduce((sum, z, i) => sum + Math.log1p(Math.exp(validation.labels[i]! > 0 ? -z : z)), 0) / 80;
    expect(loss).toBeCloseTo(best.validationLoss, 5);
  });

  it.each(TWO_LAYERS)(
    'gives the same bits for the same seed, others for another: $architecture',
    async (sizes) => {
      const first = comparable(await trainNetwork(options(sizes)));
      expect(comparable(await trainNetwork(options(sizes)))).toEqual(first);
      expect(comparable(await trainNetwork({...options(sizes), seed: 4}))).not.toEqual(first);
    },
  );

  it('is not disturbed by another training, a new network and predictions beside it', async () => {
    const alone = comparable(await trainNetwork(options()));
    const beside = trainNetwork(options());
    const other = trainNetwork({...options(TWO_LAYERS[1]), seed: 9});
    const same = trainNetwork(options());
    for (let seed = 0; seed < 30; seed++)
      createNetwork(TINY_BILSTM, seed).predict(new Float32Array(24), 1, 6);
    expect(comparable(await beside)).toEqual(alone);
    expect(comparable(await same)).toEqual(alone);
    await other;
  });

  it('starts from given weights', async () => {
    const directory = temporaryDirectory();
    const start = createNetwork(TINY_BILSTM, 77);
    const initialWeights = join(directory, 'start.pth');
    start.save(initialWeights);
    const stopped = await trainNetwork({
      ...options(TINY_BILSTM),
      initialWeights,
      signal: AbortSignal.abort(),
    });
    expect(stopped).toMatchObject({ended: 'interrupted', bestEpoch: 0, history: []});
    expect(stopped.network.parameters()).toEqual(start.parameters());
  });

  it('refuses a file to start from that is not there, no model or of another network, by its path', async () => {
    const directory = temporaryDirectory();
    const checkpointPath = join(directory, 'training.pth');
    const initialWeights = join(directory, 'start.pth');
    const start = (): Promise<unknown> =>
      failureOf(trainNetwork({...options(TINY_BILSTM), initialWeights, checkpointPath}));
    const message = expect.stringMatching(new RegExp(`^"?${initialWeights}`)) as string;
    expect(await start()).toMatchObject({code: 'FILE_UNREADABLE', message});
    writeFileSync(initialWeights, 'no model');
    expect(await start()).toMatchObject({code: 'CHECKPOINT_REFUSED', message});
    createNetwork(TINY_TRANSFORMER, 1).save(initialWeights);
    expect(await start()).toMatchObject({code: 'MODEL_INVALID', message});
    expect(readdirSync(directory)).toEqual(['start.pth']);
  });

  it('reports every batch and epoch in order, with means, rates and the time that is left', async () => {
    const seen: string[] = [];
    let losses = 0;
    await trainNetwork({
      ...options(),
      onProgress({epoch, epochs, batch, batches, ...progress}) {
        seen.push(`${String(epoch)}/${String(epochs)} ${String(batch)}/${String(batches)}`);
        const size = batch === BATCHES ? 8 : 10;
        losses = (batch === 1 ? 0 : losses) + progress.batchLoss * size;
        expect(progress.loss).toBeCloseTo(losses / ((batch - 1) * 10 + size), 12);
        expect(progress).toMatchObject({learningRate: 0.01});
        for (const value of [progress.gradientNorm, progress.samplesPerSecond, progress.etaMs]) {
          expect(value).toBeGreaterThan(0);
        }
      },
      onEpoch({epoch, trainLoss}) {
        seen.push(`epoch ${String(epoch)}`);
        expect(trainLoss).toBeCloseTo(losses / 38, 12);
      },
    });
    const expected = [1, 2, 3].flatMap((epoch) => [
      ...[1, 2, 3, 4].map((batch) => `${String(epoch)}/3 ${String(batch)}/4`),
      `epoch ${String(epoch)}`,
    ]);
    expect(seen).toEqual(expected);
  });

  it('stops early where the validation loss no longer falls, and gives the best epoch', async () => {
    const {history, bestEpoch, ended, network} = await trainNetwork({
      ...options(),
      epochs: 200,
      earlyStoppingPatience: 3,
      learningRate: 0.05,
    });
    expect(ended).toBe('stopped-early');
    expect(history.length).toBe(bestEpoch + 3);
    expect(history.filter(({best}) => best).at(-1)!.epoch).toBe(bestEpoch);
    const upToBest = await trainNetwork({...options(), epochs: bestEpoch, learningRate: 0.05});
    expect(network.parameters()).toEqual(upToBest.network.parameters());
  });

  it('ends with a code where the loss is not finite, the last checkpoint untouched', async () => {
    const checkpointPath = join(temporaryDirectory(), 'training.pth');
    await trainNetwork({...options(), epochs: 1, learningRate: 1e30, checkpointPath}).catch(() => undefined);
    const before = readFileSync(checkpointPath);
    const error = await failureOf(
      trainNetwork({...options(), learningRate: 1e30, checkpointPath, resume: true}),
    );
    expect(error).toMatchObject({
      code: 'TRAINING_DIVERGED',
      message: expect.stringMatching(/^the training has diverged: .* at epoch \d+, batch \d+/) as string,
    });
    expect(readFileSync(checkpointPath).equals(before)).toBe(true);
  });

  it('ends with what a callback throws', async () => {
    for (const name of ['onProgress', 'onEpoch'] as const) {
      const failure = new Error('from the callback');
      const training = trainNetwork({
        ...options(),
        epochs: 1000,
        earlyStoppingPatience: 1000,
        [name]: () => {
          throw failure;
        },
      });
      expect(await failureOf(training)).toBe(failure);
    }
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    turn();
    await trainNetwork({...options(), epochs: 20, earlyStoppingPatience: 20});
    over = true;
    expect(turns).toBeGreaterThan(20);
  });

  it('refuses settings and data that do not fit, by their names', async () => {
    const refused: readonly [Partial<TrainNetworkOptions>, string][] = [
      [{epochs: 0}, 'epochs was "0"'],
      [{batchSize: 1.5}, 'batchSize was "1.5"'],
      [{learningRate: Number.NaN}, 'learningRate was "NaN"'],
      [{weightDecay: -1}, 'weightDecay was "-1"'],
      [{gradientClip: 0}, 'gradientClip was "0"'],
      [{scheduler: {factor: 1, patience: 5}}, 'scheduler.factor was "1"'],
      [{seed: -1}, 'seed was "-1"'],
      [{threads: 0}, 'threads was "0"'],
      [{validation: someSamples(someHistory(20, {steps: 5, size: 4}), 5, 3)}, 'windows of 5 x 4'],
    ];
    for (const [change, message] of refused) {
      expect(await failureOf(trainNetwork({...options(), ...change}))).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      });
    }
    const none = new TimeSeriesDataset(SOURCE, new Int32Array(0));
    expect(await failureOf(trainNetwork({...options(), validation: none}))).toMatchObject({
      code: 'CANDLES_TOO_FEW',
      details: {part: 'validation'},
    });
    const wide = {...TINY_BILSTM, input_size: 5};
    expect(await failureOf(trainNetwork(options(wide)))).toBeInstanceOf(TypeError);
    const unbuildable = {...TINY_TRANSFORMER, nhead: 3};
    expect(await failureOf(trainNetwork(options(unbuildable)))).toMatchObject({code: 'MODEL_INVALID'});
    const broken = {...SOURCE, inputs: SOURCE.inputs.with(4 * 7 + 2, NaN)};
    expect(await failureOf(trainNetwork({...options(), train: someSamples(broken, 5, 9)}))).toEqual(
      new TypeError('inputs must be finite, was nan at row 7, feature 2'),
    );
  });

  it('refuses arguments of the wrong kind at the seam', () => {
    const listeners = {onProgress() {}, onEpoch() {}, onDone() {}, onFailed() {}};
    for (const wrong of [undefined, null, 3, {}, {hyperparameters: TINY_BILSTM}, {epochs: 'x'}]) {
      expect(() => startTraining(wrong as never, wrong as never, listeners)).toThrow(TypeError);
    }
  });
});

describe.skipIf(!addonIsBuilt)('a training that was stopped', () => {
  it.each(TWO_LAYERS)('goes on to the same bits from every batch: $architecture', async (sizes) => {
    const whole = comparable(await trainNetwork(options(sizes)));
    for (let batches = 0; batches <= BATCHES * EPOCHS; batches++) {
      const checkpointPath = join(temporaryDirectory(), 'training.pth');
      const resumed = await trainInPieces({...options(sizes), checkpointPath}, [batches]);
      expect(comparable(resumed), `after ${String(batches)} batches`).toEqual(whole);
    }
  });

  it('goes on to the same bits however often it is stopped', async () => {
    const whole = comparable(await trainNetwork(options()));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({max: 5}), {minLength: 2, maxLength: 6}), async (pieces) => {
        const checkpointPath = join(temporaryDirectory(), 'training.pth');
        expect(comparable(await trainInPieces({...options(), checkpointPath}, pieces))).toEqual(whole);
      }),
      {numRuns: 15},
    );
  });

  it('gives its network so far, and can be trained for more epochs', async () => {
    const checkpointPath = join(temporaryDirectory(), 'training.pth');
    const longer = {...options(), epochs: 5};
    const short = await trainNetwork({...options(), checkpointPath});
    expect(short.ended).toBe('completed');
    const again = await trainNetwork({...options(), checkpointPath, resume: true});
    expect(comparable(again)).toEqual(comparable(short));
    const extended = await trainNetwork({...longer, checkpointPath, resume: true});
    expect(comparable(extended)).toEqual(comparable(await trainNetwork(longer)));
  });

  it('leaves one file, which loads as a model, and nothing beside it', async () => {
    const checkpointPath = join(temporaryDirectory(), 'training.pth');
    const {network} = await trainNetwork({...options(), epochs: 1, checkpointPath});
    expect(readdirSync(dirname(checkpointPath))).toEqual(['training.pth']);
    expect(loadNetwork(checkpointPath).parameters()).toEqual(network.parameters());
  });

  it('starts anew over an old checkpoint unless it is told to resume', async () => {
    const checkpointPath = join(temporaryDirectory(), 'training.pth');
    await trainNetwork({...options(), seed: 99, checkpointPath});
    const anew = await trainNetwork({...options(), checkpointPath});
    expect(comparable(anew)).toEqual(comparable(await trainNetwork(options())));
  });

  it('is refused with what differs in settings, data or architecture', async () => {
    const directory = temporaryDirectory();
    const checkpointPath = join(directory, 'training.pth');
    await trainNetwork({...options(), epochs: 1, checkpointPath});
    const initialWeights = join(directory, 'start.pth');
    createNetwork(TWO_LAYERS[0]!, 1).save(initialWeights);
    const otherLabels = {...SOURCE, labels: SOURCE.labels.with(7, 1 - SOURCE.labels[7]!)};
    const changes: readonly [Partial<TrainNetworkOptions>, string][] = [
      [{batchSize: 11}, 'batchSize is 10 in it, was 11'],
      [{learningRate: 0.02}, 'learningRate is 0.010000 in it, was 0.020000'],
      [{weightDecay: 0}, 'weightDecay'],
      [{gradientClip: 2}, 'gradientClip'],
      [{scheduler: {factor: 0.4, patience: 5}}, 'scheduler.factor'],
      [{scheduler: {factor: 0.5, patience: 6}}, 'scheduler.patience'],
      [{earlyStoppingPatience: 11}, 'earlyStoppingPatience'],
      [{seed: 4}, 'seed is 3 in it, was 4'],
      [{threads: 2}, 'threads'],
      [{shuffle: false}, 'shuffle is true in it, was false'],
      [{initialWeights}, 'initialWeights'],
      [{train: someSamples(SOURCE, 5, 37)}, 'data'],
      [{validation: someSamples(SOURCE, 45, 21)}, 'data'],
      [{train: someSamples(otherLabels, 5, 38)}, 'data'],
      [{hyperparameters: {...TWO_LAYERS[0]!, dropout: 0.3}}, 'hyperparameters.dropout'],
      [{hyperparameters: {...TINY_BILSTM, num_layers: 3}}, 'hyperparameters.num_layers is 2 in it, was 3'],
      [
        {hyperparameters: TINY_TRANSFORMER},
        'hyperparameters.architecture is "bilstm" in it, was "transformer"',
      ],
    ];
    const before = readFileSync(checkpointPath);
    for (const [change, message] of changes) {
      const error = await failureOf(trainNetwork({...options(), ...change, checkpointPath, resume: true}));
      expect(error).toMatchObject({
        code: 'TRAINING_MISMATCH',
        message: expect.stringContaining(message) as string,
      });
    }
    expect(readFileSync(checkpointPath).equals(before)).toBe(true);
  });

  it('is refused where its checkpoint is damaged or another file', async () => {
    const directory = temporaryDirectory();
    const checkpointPath = join(directory, 'training.pth');
    await trainNetwork({...options(), epochs: 1, checkpointPath});
    const whole = readFileSync(checkpointPath);
    const resume = (): Promise<unknown> =>
      failureOf(trainNetwork({...options(), checkpointPath, resume: true}));
    const refused = {code: 'CHECKPOINT_REFUSED', message: expect.stringContaining(checkpointPath) as string};
    for (const length of [0, 1, 100, whole.length >> 1, whole.length - 1]) {
      writeFileSync(checkpointPath, whole.subarray(0, length));
      expect(await resume(), `${String(length)} bytes`).toMatchObject(refused);
    }
    for (let at = 64; at < whole.length; at += 997) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x10;
      writeFileSync(checkpointPath, flipped);
      const error = await resume();
      expect([refused.code, undefined], `bit at ${String(at)}`).toContain(
        (error as {code?: string} | undefined)?.code,
      );
    }
    copyFileSync(join(NETWORK_FIXTURES, 'bilstm-tiny.checkpoint.pth'), checkpointPath);
    expect(await resume()).toMatchObject(refused);
    rmSync(checkpointPath);
    writeFileSync(checkpointPath, 'not a checkpoint');
    expect(await resume()).toMatchObject(refused);
  });

  it('says at once that its checkpoint cannot be written', async () => {
    const checkpointPath = join(temporaryDirectory(), 'no-such-folder', 'training.pth');
    let batches = 0;
    const error = await failureOf(
      trainNetwork({...options(), checkpointPath, onProgress: () => (batches += 1)}),
    );
    expect(error).toMatchObject({code: 'OUTPUT_FAILED'});
    expect(batches).toBe(0);
  });
});
