import {copyFileSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {verifyGolden} from '../../src/model/golden.js';
import {ModelPersistence} from '../../src/session/model-persistence.js';
import {trainModel} from '../../src/session/train-model.js';
import type {PreparedTraining} from '../../src/session/training-request.js';
import {predictLast} from '../../src/session/predict-file.js';
import {rejected} from '../support/caught.js';
import {addonIsBuilt} from '../support/native.js';
import {smallTraining, smallTransformer} from '../support/training-session.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

describe.skipIf(!addonIsBuilt)('trainModel', () => {
  it('makes a model that loads, agrees with its golden file and forecasts', async () => {
    const folder = temporaryDirectory();
    const request = smallTraining(folder);
    const told: string[] = [];
    let prepared: PreparedTraining | undefined;
    const trained = await trainModel(request, {
      onPrepared: (about) => {
        prepared = about;
      },
      onBaseline: (name) => told.push(name),
      onEpoch: ({epoch}, epochs) => told.push(`${String(epoch)}/${String(epochs)}`),
    });
    expect(told).toEqual(['logistic regression', 'gradient boosting', '1/3', '2/3', '3/3']);
    expect(prepared).toMatchObject({symbol: 'BTC/USDT', timeframe: '1h', horizon: 1, rows: 900});
    expect(trained.test!.metrics.accuracy).toBeGreaterThan(0.7);
    expect(trained.test!.baselines.map(({name}) => name)).toEqual([
      'logistic regression',
      'gradient boosting',
    ]);

    const model = (await new ModelPersistence(folder).load('small'))!;
    const golden = (await new ModelPersistence(folder).loadGolden('small'))!;
    expect(verifyGolden(model.network, 8, golden)).toMatchObject({agrees: true, windows: 8});
    const {manifest} = model;
    model.network.dispose();
    expect(manifest).toMatchObject({
      ...{architecture: 'bilstm', horizon: 1, sequenceLength: 8, decisionThreshold: trained.threshold},
      weightsSha256: trained.weightsSha256,
      trainedOn: {symbol: 'BTC/USDT', timeframe: '1h', source: 'BTCUSDT-1h.csv', seed: 3, rows: 900},
      metrics: {part: 'test', samples: trained.test!.metrics.samples},
    });
    expect(manifest.trainedOn.split).toMatchObject(prepared!.samples);
    expect(Date.parse(manifest.trainedOn.heldOutFrom!)).toBe(trained.heldOut!.openTimesMs[0]);
    expect(manifest.metrics!.baselines).toHaveLength(2);
    expect(manifest.metrics!.values['accuracy']).toEqual(trained.test!.intervals.accuracy);
    expect(manifest.card.summary).toBe(trained.summary);
    expect(manifest.card.limitations.join()).toContain('fear and greed');
    expect(existsSync(`${request.out}.training`)).toBe(false);

    const {prediction} = await predictLast({model: request.out, candlesFile: request.candlesFile});
    expect(prediction.probability).toBeGreaterThan(0);
  });

  it('takes the symbol from the file’s name, however it is written', async () => {
    const folder = temporaryDirectory();
    const {candlesFile, ...request} = smallTraining(folder);
    for (const [name, symbol] of [
      ['ETHUSDT_1h.csv', 'ETH/USDT'],
      ['sol-usdc-1h.csv', 'SOL/USDC'],
      ['candles.csv', 'BTC/USDT'],
    ] as const) {
      copyFileSync(candlesFile, join(folder, name));
      const controller = new AbortController();
      let prepared: PreparedTraining | undefined;
      await rejected(
        trainModel(
          {...request, candlesFile: join(folder, name), signal: controller.signal},
          {
            onPrepared: (about) => {
              prepared = about;
              controller.abort();
            },
          },
        ),
      );
      expect(prepared).toMatchObject({symbol});
    }
  });

  it('is refused before it begins where its model would take the place of something else', async () => {
    const folder = temporaryDirectory();
    const error = await rejected(trainModel({...smallTraining(folder), out: folder}));
    expect(error).toMatchObject({code: 'CONFIG_INVALID'});
    expect(error.message).toContain('holds "BTCUSDT-1h.csv", which is no file of a model');
    expect(existsSync(`${folder}.training`)).toBe(false);
  });

  it('goes on after an interruption to the same weights as never having stopped', async () => {
    const folder = temporaryDirectory();
    const whole = await trainModel(smallTraining(folder));
    const request = smallTraining(folder, 'stopped');
    const controller = new AbortController();
    const error = await rejected(
      trainModel(
        {...request, signal: controller.signal},
        {
          onEpoch: () => {
            controller.abort();
          },
        },
      ),
    );
    expect(error).toMatchObject({code: 'INTERRUPTED'});
    expect(error.message).toContain('--resume');
    expect(existsSync(request.out)).toBe(false);
    const resumed = await trainModel({...request, resume: true});
    expect(resumed.weightsSha256).toBe(whole.weightsSha256);
    expect(resumed.history.map(({validationLoss}) => validationLoss)).toEqual(
      whole.history.map(({validationLoss}) => validationLoss),
    );
    expect(existsSync(`${request.out}.training`)).toBe(false);

    const nothing = await rejected(trainModel({...request, resume: true}));
    expect(nothing).toMatchObject({code: 'USAGE'});
    expect(nothing.message).toMatch(/no stopped training lies in .*stopped\.training".* leave --resume out/);
  });

  it('leaves the test part alone where it is told to, and says so in the card', async () => {
    const folder = temporaryDirectory();
    const trained = await trainModel({...smallTransformer(folder), skipTest: true});
    expect(trained.test).toBeUndefined();
    expect(trained.heldOut).toBeUndefined();
    const text = readFileSync(join(folder, 'other/manifest.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({architecture: 'transformer', metrics: {part: 'validation'}});
    expect(text).toContain('expect less on new candles');
  });

  it('keeps the old model where a training fails', async () => {
    const folder = temporaryDirectory();
    const request = smallTraining(folder);
    const {weightsSha256} = await trainModel(request);
    writeFileSync(request.candlesFile, 'timestamp,open,high,low,close,volume\n');
    await expect(trainModel(request)).rejects.toMatchObject({code: 'CANDLES_EMPTY'});
    const model = (await new ModelPersistence(folder).load('small'))!;
    model.network.dispose();
    expect(model.manifest.weightsSha256).toBe(weightsSha256);
  });

  it('refuses networks that are none, sizes of the other one, and histories that are too short', async () => {
    const folder = temporaryDirectory();
    const request = smallTraining(folder);
    const refused = async (changes: object): Promise<string> => {
      const error = await rejected(trainModel({...request, ...changes}));
      return `${error.code}: ${error.message}`;
    };
    expect(await refused({network: 'gru'})).toMatch(/^CONFIG_INVALID: model was "gru"/);
    expect(await refused({sizes: {d_model: 8}})).toMatch(
      /^CONFIG_INVALID: d_model was "8", but a lstm has none/,
    );
    expect(await refused({sequenceLength: 900})).toMatch(/^CANDLES_TOO_FEW/);
    expect(await refused({epochs: 0})).toMatch(/^CONFIG_INVALID: epochs was "0"/);
  });
});
