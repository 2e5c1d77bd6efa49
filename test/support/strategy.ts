import type {Candle} from '../../src/domain/candle.js';
import type {HaltOrder, HaltSource} from '../../src/domain/halt-order.js';
import {DeepLearningStrategy} from '../../src/engine/deep-learning-strategy.js';
import type {StrategyOptions} from '../../src/engine/deep-learning-strategy.js';
import {paperRecords} from '../../src/engine/recall.js';
import type {StepRecord} from '../../src/engine/step-record.js';
import {simulateCandles} from '../../src/exchange/simulate-candles.js';
import {marketRulesFor} from '../../src/exchange/market-rules.js';
import {PaperBroker} from '../../src/execution/paper-broker.js';
import {FEATURE_COUNT, FEATURE_SCHEMA} from '../../src/features/schema.js';
import {InputPipeline} from '../../src/model/input-pipeline.js';
import type {Model} from '../../src/model/model-persistence.js';
import {StandardScaler} from '../../src/model/standard-scaler.js';
import {canonicalJson} from '../../src/store/journal-entry.js';
import type {NewEntry, StoredEntry} from '../../src/store/journal-entry.js';
import {FakeNetwork} from './fake-network.js';
import {SMALL_MANIFEST} from './models.js';

export const HOUR = {name: '1h', ms: 3_600_000} as const;
const SIZES = {
  ...({architecture: 'bilstm'} as const),
  ...{input_size: FEATURE_COUNT, hidden_size: 4, num_layers: 1, dropout: 0},
};
const SCALER = {
  ...{mean: Array<number>(FEATURE_COUNT).fill(0), scale: Array<number>(FEATURE_COUNT).fill(1)},
  ...{constant: [], clip: 8},
};

/** A model over all 86 features whose network is the port's fake; it changes its mind often. */
export function fakeModel(name = 'fake'): Model {
  return {
    name,
    manifest: {
      ...SMALL_MANIFEST,
      ...{hyperparameters: SIZES, inputScale: 'anchored', scaler: SCALER, weightsSha256: 'b'.repeat(64)},
      schema: {id: FEATURE_SCHEMA.id, hash: FEATURE_SCHEMA.hash},
      decisionThreshold: 0.5,
    },
    network: new MoodyNetwork(SIZES),
    inputs: new InputPipeline(FEATURE_SCHEMA, 'anchored', StandardScaler.fromJSON(SCALER)),
  };
}

/** Says up or down by the newest candle's intraday return alone. */
class MoodyNetwork extends FakeNetwork {
  override predict(windows: Float32Array, batch: number, steps: number): Float32Array {
    super.predict(windows, batch, steps);
    return Float32Array.from({length: batch}, (_, b) => {
      const intradayReturn = windows[(b * steps + steps - 1) * FEATURE_COUNT + 10]!;
      return Math.sin(intradayReturn * 5000) * 2;
    });
  }
}

/** So many candles of a simulated market, the last `decided` of which are decided on. */
export function simulatedCandles(decided: number, seed = 3): Candle[] {
  return [...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed, candles: 602 + decided})];
}

/** A kill switch in memory. */
export class TestSwitch implements HaltSource {
  command: HaltOrder | undefined;
  #commands = 0;

  halt(flatten = false): void {
    this.#commands += 1;
    this.command = {reason: 'a test', flatten, requestedAtMs: this.#commands};
  }
}

/** A journal in memory. */
export class MemoryJournal {
  readonly entries: StoredEntry[] = [];
  /** Called before each append; may throw, as a full disk does. */
  before: (entries: readonly NewEntry[]) => void = () => undefined;

  append(entries: readonly NewEntry[]): void {
    this.before(entries);
    for (const {kind, candleMs, body} of entries) {
      this.entries.push({
        seq: this.entries.length + 1,
        kind,
        candleMs,
        body: canonicalJson(body),
        recordedAtMs: 0,
      });
    }
  }

  get lines(): string[] {
    return this.entries.map(({kind, candleMs, body}) => `${kind} ${String(candleMs)} ${body}`);
  }
}

/** A strategy on a paper venue, as a journal left it. */
export function paperStrategy(
  journal: MemoryJournal,
  options: Partial<StrategyOptions> = {},
): {strategy: DeepLearningStrategy; broker: PaperBroker; lastMs: number} {
  const rules = marketRulesFor('BTC/USDT');
  const broker = PaperBroker.restore(
    {rules, timeframeMs: HOUR.ms, allowShorts: options.allowShorts === true},
    paperRecords(journal.entries),
  );
  const strategy = new DeepLearningStrategy({
    ...{strategyId: 'test', model: fakeModel(), rules, timeframe: HOUR, broker, journal},
    ...options,
  });
  const {lastCandle} = strategy.recall(journal.entries);
  return {strategy, broker, lastMs: lastCandle?.openTimeMs ?? -Infinity};
}

/** Feeds every candle that the journal does not hold yet. */
export async function feed(
  {strategy, lastMs}: {strategy: DeepLearningStrategy; lastMs: number},
  candles: readonly Candle[],
): Promise<StepRecord[]> {
  const records: StepRecord[] = [...(await strategy.reconcile()).news];
  for (const candle of candles)
    if (candle.openTimeMs > lastMs) records.push(...(await strategy.onCandle(candle)));
  return records;
}
