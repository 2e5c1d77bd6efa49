import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readCandles} from '../../src/candles/read-candles.js';
import {exportFeatures} from '../../src/session/export-features.js';
import {importModel} from '../../src/session/import-model.js';
import {ModelPersistence} from '../../src/session/model-persistence.js';
import {predictAll} from '../../src/session/predict-file.js';
import {sigmoid} from '../../src/model/sigmoid.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {addonIsBuilt} from '../support/native.js';
import {plantedMarket} from '../support/planted-market.js';
import {findPython, runPython} from '../support/python.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const python = findPython('torch', 'pandas');

describe.skipIf(!addonIsBuilt || python === undefined)('examples/train-in-pytorch', () => {
  it('trains on an export, is imported, and forecasts candles here as it did in Python', async () => {
    const folder = temporaryDirectory();
    const at = (name: string): string => join(folder, name);
    const candlesFile = at('candles.csv');
    writeFileSync(candlesFile, candlesToCsv(plantedMarket({candles: 1300, repeats: 0.8, seed: 'python'})));
    const about = await exportFeatures({
      ...{candlesFile, out: at('training.csv'), inputScale: 'anchored', labelHorizon: 1},
    });
    writeFileSync(at('training.json'), JSON.stringify(about));

    const printed = runPython(
      python!,
      ...(['examples/train-in-pytorch/train.py', '--features', at('training.csv')] as const),
      ...['--about', at('training.json'), '--symbol', 'ETH/USDT', '--out', at('trained')],
      ...['--epochs', '2', '--batch-size', '64', '--seed', '3'],
    );
    expect(printed).toMatch(/^epoch 1: validation loss 0\.\d+\nepoch 2: .*\ntest: [\d.]+% of 98 right/);

    mkdirSync(at('models'));
    const imported = await importModel({
      ...{weights: at('trained/model.pth'), scaler: at('trained/scaler.json')},
      ...{golden: at('trained/golden.json'), out: at('models/mine')},
    });
    expect(imported.assumptions).toEqual([]);
    expect(imported.golden).toMatchObject({agrees: true, windows: 8});
    const model = (await new ModelPersistence(at('models')).load('mine'))!;
    model.network.dispose();
    const {trainedOn, regime, inputScale, scaler} = model.manifest;
    expect({regime, inputScale}).toEqual({regime: about.regime, inputScale: 'anchored'});
    expect(scaler.clip).toBe(8);
    // 700 rows from the 601st candle on, so 651 samples with a label; 553 of them lie before the test part.
    const {history} = await readCandles(candlesFile, {clock: {nowMs: () => Date.now()}});
    expect(trainedOn).toMatchObject({
      symbol: 'ETH/USDT',
      timeframe: '1h',
      heldOutFrom: new Date(history[600 + 49 + 552]!.openTimeMs).toISOString(),
    });

    // From raw candles through our own features, anchoring and scaling: the first and the last golden sample.
    await predictAll({
      ...{candlesFile, model: 'mine', modelsDirectory: at('models'), out: at('forecasts.csv')},
    });
    const {logits} = JSON.parse(readFileSync(at('trained/golden.json'), 'utf8')) as {logits: number[]};
    const forecasts = new Map(
      readFileSync(at('forecasts.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').map(Number) as [number, number]),
    );
    expect(forecasts.get(Date.parse(trainedOn.heldOutFrom!))).toBeCloseTo(sigmoid(logits[0]!), 5);
    expect(forecasts.get(history.at(-2)!.openTimeMs)).toBeCloseTo(sigmoid(logits[7]!), 5);
    // PyTorch alone takes more than a minute on a busy machine.
  }, 300_000);
});
