import type {Candle} from '../../src/domain/candle.js';
import {DeepLearningStrategy} from '../../src/engine/deep-learning-strategy.js';
import type {StrategyOptions, StrategySettings} from '../../src/engine/deep-learning-strategy.js';
import {paperRecords} from '../../src/engine/recall.js';
import {ReplayScript} from '../../src/engine/replay-script.js';
import {PaperBroker} from '../../src/execution/paper-broker.js';
import type {RiskLimits} from '../../src/risk/limits.js';
import type {StoredEntry} from '../../src/store/journal-entry.js';
import {MemoryJournal, fakeModel} from './strategy.js';
import {RULES, START_MS, TIMEFRAME_MS, d, forecastAt} from './trading.js';

/** What the network says of a candle, by its number; neutral where nothing stands. */
export type Signals = Readonly<Record<number, 'buy' | 'sell'>>;

const PROBABILITY = {buy: 0.9, sell: 0.1, neutral: 0.5};
const indexOf = (openTimeMs: number): number => (openTimeMs - START_MS) / TIMEFRAME_MS;

/** Stands where features and network stand: every candle is decided on, as the script says. */
export function scripted(signals: Signals): NonNullable<StrategyOptions['forecaster']> {
  const values = new Float64Array(0);
  return {
    features: {
      push: ({openTimeMs}: Candle) => ({
        ...{openTimeMs, values, filled: false, segmentStart: false, sentimentObserved: false},
      }),
    },
    predictor: {
      predict({openTimeMs}) {
        const index = indexOf(openTimeMs);
        return forecastAt(index, PROBABILITY[signals[index] ?? 'neutral']);
      },
      observe: () => undefined,
    },
  };
}

/** Trades 1,000 quote at most with a stop loss of 2% that rests, with no limits in its way. */
export const PROTECTED: Pick<
  StrategyOptions,
  'strategyId' | 'rules' | 'timeframe' | 'exits' | 'limits' | 'threshold'
> = {
  ...{strategyId: 'test', rules: RULES, threshold: 0.6},
  timeframe: {name: '5m', ms: TIMEFRAME_MS},
  exits: {stopLoss: 0.02, restingStop: true},
  limits: {
    ...{cooldownMs: 0, maxConsecutiveLosses: 0, maxCandleMove: 0, maxDailyDrawdown: 1, maxPriceDistance: 1},
    maxPositionSizeQuote: d(100_000),
  },
};

/** Settings as the `session` lines of a test say them. */
export interface WrittenSettings extends Pick<StrategySettings, 'threshold' | 'exits'> {
  readonly maxNotionalQuote: number;
  readonly limits?: Partial<Pick<RiskLimits, 'cooldownMs' | 'maxDailyDrawdown' | 'minConfidence'>>;
}

/** Reads what a test wrote; limits in the way are those that it names. */
export function settingsOf(session: string): StrategySettings {
  const {maxNotionalQuote, limits, ...rest} = JSON.parse(session) as WrittenSettings;
  return {...rest, maxNotionalQuote: d(maxNotionalQuote), limits: {...PROTECTED.limits, ...limits}};
}

/** One of the settings that a run may go on under. */
export const SETTINGS: readonly WrittenSettings[] = [
  {threshold: 0.6, maxNotionalQuote: 1000, exits: {stopLoss: 0.02, restingStop: true}},
  {threshold: 0.6, maxNotionalQuote: 1000, exits: {stopLoss: 0.01, restingStop: true}},
  {threshold: 0.6, maxNotionalQuote: 400, exits: {stopLoss: 0.03, restingStop: true, trailingStop: 0.02}},
  {threshold: 0.95, maxNotionalQuote: 1000, exits: {trailingStop: 0.02}},
  {threshold: 0.6, maxNotionalQuote: 1000, exits: {}, limits: {cooldownMs: 4 * TIMEFRAME_MS}},
  {
    threshold: 0.6,
    maxNotionalQuote: 1000,
    exits: {maxHoldingMs: 2 * TIMEFRAME_MS},
    limits: {maxDailyDrawdown: 0.001},
  },
];

export interface ScriptedRun {
  readonly strategy: DeepLearningStrategy;
  readonly broker: PaperBroker;
  readonly journal: MemoryJournal;
}

/** A scripted strategy on paper, as a journal left it. */
export function scriptedPaper(
  signals: Signals,
  options: Partial<StrategyOptions> = {},
  journal = new MemoryJournal(),
): ScriptedRun {
  const paper = {rules: RULES, timeframeMs: TIMEFRAME_MS, allowShorts: options.allowShorts === true};
  const broker = PaperBroker.restore(paper, paperRecords(journal.entries));
  const strategy = new DeepLearningStrategy({
    ...{...PROTECTED, model: fakeModel(), broker, journal, forecaster: scripted(signals)},
    ...options,
  });
  strategy.recall(journal.entries);
  return {strategy, broker, journal};
}

/** Computes a journal again.
 *  @param venue `computed`: on paper; else the journal says what the venue did */
export async function replayScripted(
  entries: Iterable<StoredEntry>,
  signals: Signals,
  venue: 'computed' | 'recorded',
  options: Partial<StrategyOptions> = {},
): Promise<ReplayScript> {
  const script = new ReplayScript(entries);
  const paper = {rules: RULES, timeframeMs: TIMEFRAME_MS, allowShorts: options.allowShorts === true};
  const strategy = new DeepLearningStrategy({
    ...{...PROTECTED, model: fakeModel(), forecaster: scripted(signals)},
    ...options,
    ...{journal: script, killSwitch: script.killSwitch},
    broker: venue === 'computed' ? new PaperBroker(paper) : script.broker,
    ...(venue === 'computed' ? {} : {clock: script.clock}),
  });
  const events = strategy.replay(script, venue);
  while ((await events.next()).done !== true);
  return script;
}
