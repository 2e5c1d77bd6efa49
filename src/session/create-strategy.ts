import type {Clock} from '../domain/clock.js';
import {Decimal} from '../domain/decimal.js';
import type {HaltSource} from '../domain/halt-order.js';
import type {MarketRules} from '../domain/market-rules.js';
import {parseTimeframe} from '../domain/timeframe.js';
import type {ExitRules} from '../decision/decision-config.js';
import {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import type {StrategyOptions, StrategySettings} from '../engine/deep-learning-strategy.js';
import type {Broker} from '../execution/broker.js';
import type {PaperOptions} from '../execution/paper-book.js';
import type {SentimentSeries} from '../features/sentiment.js';
import type {Model} from '../model/model-persistence.js';
import {readIdentity} from './run-identity.js';
import type {RunIdentity} from './run-identity.js';

/** What a strategy needs that its identity cannot hold. */
export interface StrategySurroundings {
  readonly model: Model;
  readonly rules: MarketRules;
  readonly broker: Broker;
  /** By default nothing is kept. */
  readonly journal?: NonNullable<StrategyOptions['journal']>;
  readonly sentiment?: SentimentSeries;
  /** By default there is none. */
  readonly killSwitch?: HaltSource;
  /** By default features and predictor of the model's own. */
  readonly forecaster?: NonNullable<StrategyOptions['forecaster']>;
  /** By default the decided candle's close. */
  readonly clock?: Clock;
}

/** The strategy of a run, made from the run's identity alone: what the journal does not say cannot decide anything.
 *  @throws CONFIG_INVALID for a setting outside its range */
export function createStrategy(
  identity: RunIdentity,
  surroundings: StrategySurroundings,
): DeepLearningStrategy {
  const {strategy, startingCashQuote, feeBps, slippageBps} = identity;
  return new DeepLearningStrategy({
    ...surroundings,
    strategyId: strategy,
    timeframe: parseTimeframe(identity.timeframe),
    ...{feeBps, slippageBps},
    startingCashQuote: new Decimal(startingCashQuote),
    ...settingsOf(identity),
    settingsOf: (session) => settingsOf(readIdentity(session, 'journal')),
  });
}

/** What a run may go on with in another way than before. */
function settingsOf({threshold, maxPositionSizeQuote, limits, exits}: RunIdentity): StrategySettings {
  return {
    ...{threshold, limits},
    maxNotionalQuote: new Decimal(maxPositionSizeQuote),
    exits: exits as ExitRules,
  };
}

/** The paper venue of a run, as its identity says. */
export function paperOptions(identity: RunIdentity, rules: MarketRules): PaperOptions {
  const {startingCashQuote, feeBps, slippageBps, timeframe} = identity;
  return {
    ...{rules, feeBps, slippageBps, timeframeMs: parseTimeframe(timeframe).ms},
    startingQuote: new Decimal(startingCashQuote),
  };
}
