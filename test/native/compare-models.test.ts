import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {compareModels} from '../../src/session/compare-models.js';
import {requireModel} from '../../src/session/require-model.js';
import {trainModel} from '../../src/session/train-model.js';
import type {TrainedModel} from '../../src/session/training-request.js';
import {addonIsBuilt} from '../support/native.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';
import {smallTraining, smallTransformer} from '../support/training-session.js';

describe.skipIf(!addonIsBuilt)('compareModels', () => {
  const folder = useTemporaryDirectory();
  let candlesFile: string;
  let trained: Record<'small' | 'other', TrainedModel>;
  const request = (changes: object = {}) => ({
    ...{models: ['small', 'other'], modelsDirectory: folder.path('.'), candlesFile, ...changes},
  });

  /** A copy of `other` that says something else of its training. */
  const saying = (name: string, trainedOn: object): void => {
    cpSync(folder.path('other'), folder.path(name), {recursive: true});
    const place = folder.path(`${name}/manifest.json`);
    const manifest = JSON.parse(readFileSync(place, 'utf8')) as {trainedOn: object};
    writeFileSync(place, JSON.stringify({...manifest, trainedOn: {...manifest.trainedOn, ...trainedOn}}));
  };

  beforeAll(async () => {
    mkdirSync(folder.path('.'), {recursive: true});
    ({candlesFile} = smallTraining(folder.path('.')));
    trained = {
      small: await trainModel({...smallTraining(folder.path('.')), epochs: 8}),
      // Hardly trained.
      other: await trainModel({...smallTransformer(folder.path('.')), epochs: 1, learningRate: 1e-5}),
    };
    // The threshold of so small a training is hardly ever crossed: this one is.
    const manifest = JSON.parse(readFileSync(folder.path('small/manifest.json'), 'utf8')) as object;
    writeFileSync(folder.path('small/manifest.json'), JSON.stringify({...manifest, decisionThreshold: 0.65}));
  }, 60_000);

  it('measures both on the candles that neither has seen: the same numbers as their trainings', async () => {
    const comparison = await compareModels(request());
    for (const {model, assessment} of comparison.models) {
      const {metrics} = trained[model as 'small'].test!;
      expect(assessment.metrics.samples).toBe(metrics.samples);
      expect(assessment.metrics.accuracy).toBe(metrics.accuracy);
      expect(assessment.metrics.logLoss).toBeCloseTo(metrics.logLoss, 6);
    }
    expect(comparison.candles).toMatchObject({
      name: 'BTCUSDT-1h.csv',
      samples: trained.small.test!.metrics.samples,
      from: new Date(trained.small.heldOut!.openTimesMs[0]!).toISOString(),
    });
    expect(comparison.recorded).toBeUndefined();
    expect(comparison.warnings).toEqual([]);
  });

  it('trades the decisions of each after costs, and times its windows', async () => {
    const {models} = await compareModels(request({feeBps: 0, slippageBps: 0}));
    const costly = await compareModels(request({feeBps: 50}));
    const [free, dear] = [models, costly.models].map((all) => all.find(({model}) => model === 'small')!);
    // A signal this strong pays without costs.
    expect(free!.traded.performance.totalReturn).toBeGreaterThan(0);
    expect(free!.traded.trades).toBeGreaterThan(3);
    expect(dear!.traded.performance.totalReturn).toBeLessThan(free!.traded.performance.totalReturn);
    expect(free!.latency.p99Ms).toBeGreaterThanOrEqual(free!.latency.p50Ms);
  });

  it('picks a winner, says by which rule and how sure it is, and records it for --model best', async () => {
    rmSync(folder.path('best.json'), {force: true});
    await expect(requireModel('best', folder.path('.'))).rejects.toMatchObject({code: 'MODEL_UNKNOWN'});
    const comparison = await compareModels(request({recordIn: folder.path('.')}));
    expect(comparison.winner).toBe('small');
    expect(comparison.tests).toHaveLength(1);
    expect(comparison.tests[0]).toMatchObject({against: 'other', test: {verdict: 'significantly better'}});
    expect(comparison.verdict).toContain('small wins: the lower log loss');
    expect(comparison.verdict).toContain('Above the base rate, interval and all: small');
    expect(JSON.parse(readFileSync(folder.path('best.json'), 'utf8'))).toMatchObject({
      ...{winner: 'small', beatsBaseRate: true},
      candidates: [{model: 'small', weightsSha256: trained.small.weightsSha256}, {model: 'other'}],
    });
    const best = await requireModel('best', folder.path('.'));
    best.network.dispose();
    expect(best.name).toBe('small');
  });

  it('does not call a model best whose weights have changed since, nor believe a damaged record', async () => {
    const place = folder.path('best.json');
    const record = (await compareModels(request({recordIn: folder.path('.')}))).recorded!;
    expect(record).toBe(place);
    const text = readFileSync(place, 'utf8');
    writeFileSync(place, text.replace(trained.small.weightsSha256, 'f'.repeat(64)));
    await expect(requireModel('best', folder.path('.'))).rejects.toThrow('its weights are others now');
    for (const damaged of ['{', '{}', text.replace('"winner": "small"', '"winner": "third"')]) {
      writeFileSync(place, damaged);
      await expect(requireModel('best', folder.path('.'))).rejects.toThrow('run dl-trade compare');
    }
    writeFileSync(place, text);
  });

  it('warns of candles that were seen in training, and refuses what cannot be compared', async () => {
    const early = await compareModels(request({fromMs: 0, recordIn: folder.path('none')}));
    expect(early.warnings.join()).toContain('the numbers flatter');
    expect(early.heldOut).toBe(false);
    expect(early.recorded).toBeUndefined();
    expect(existsSync(folder.path('none'))).toBe(false);
    await expect(compareModels(request({models: ['small']}))).rejects.toMatchObject({code: 'USAGE'});
    await expect(compareModels(request({models: ['small', 'small']}))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('names small twice') as string,
    });
    await expect(compareModels(request({fromMs: 4e12}))).rejects.toMatchObject({code: 'CANDLES_TOO_FEW'});
    await trainModel({...smallTraining(folder.path('.'), 'far'), horizon: 3, epochs: 1});
    await expect(compareModels(request({models: ['small', 'far']}))).rejects.toThrow(
      'horizon of far was "3"',
    );
    expect(existsSync(join(folder.path('far'), 'weights.pth'))).toBe(true);
  });

  it('wants to know what is held out from a model that does not say', async () => {
    saying('silent', {heldOutFrom: null, to: null});
    await expect(compareModels(request({models: ['small', 'silent']}))).rejects.toThrow('with --from');
    // Whoever names the candles vouches for them.
    const fromMs = trained.small.heldOut!.openTimesMs[0]!;
    const vouched = await compareModels(request({models: ['small', 'silent'], fromMs}));
    expect(vouched.heldOut).toBe(true);
    expect(vouched.warnings).toEqual([]);
  });

  it('counts the label of the last candle as seen where a model says only how far it was trained', async () => {
    const first = trained.small.heldOut!.openTimesMs[0]!;
    saying('brief', {heldOutFrom: null, to: new Date(first).toISOString()});
    const {candles} = await compareModels(request({models: ['small', 'brief']}));
    expect(Date.parse(candles.from)).toBe(first + 2 * 3_600_000);
  });

  it('keeps apart models of one name in two folders', async () => {
    cpSync(folder.path('other'), folder.path('elsewhere/small'), {recursive: true});
    const paths = [folder.path('elsewhere/small'), folder.path('small')];
    const {models, winner, tests, verdict} = await compareModels(request({models: paths}));
    expect(models.map(({model}) => model)).toEqual(paths);
    expect(winner).toBe(paths[1]);
    expect(tests).toMatchObject([{against: paths[0], test: {verdict: 'significantly better'}}]);
    expect(verdict).toContain(`interval and all: ${paths[1]!}.`);
  });
});
