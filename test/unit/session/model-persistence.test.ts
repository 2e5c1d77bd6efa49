import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  DeepLearningStrategy,
  ModelPersistence,
  PaperBroker,
  marketRulesFor,
  parseTimeframe,
} from '../../../src/index.js';
import {ROOT} from '../../support/cli.js';
import {addonIsBuilt} from '../../support/native.js';
import {simulatedCandles} from '../../support/strategy.js';

describe('the package, as the README uses it', () => {
  it.skipIf(!addonIsBuilt)('loads a shipped model and trades with it', async () => {
    const model = await new ModelPersistence(join(ROOT, 'models')).load('lstm');
    const timeframe = parseTimeframe('1h');
    const rules = marketRulesFor('BTC/USDT');
    const broker = new PaperBroker({rules, timeframeMs: timeframe.ms});
    const strategy = new DeepLearningStrategy({
      strategyId: 'readme',
      model: model!,
      rules,
      timeframe,
      broker,
    });
    let decided = 0;
    for (const candle of simulatedCandles(60)) {
      for (const record of await strategy.onCandle(candle)) if (record.kind === 'decided') decided += 1;
    }
    model!.network.dispose();
    expect(decided).toBe(13);
  });

  it('gives null where there is no model', async () => {
    expect(await new ModelPersistence(join(ROOT, 'models')).load('nowhere')).toBeNull();
  });
});
