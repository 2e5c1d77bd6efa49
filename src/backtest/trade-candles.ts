import type {Candle} from '../domain/candle.js';
import type {Decimal} from '../domain/decimal.js';
import type {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import {TradingRecord} from './trading-record.js';

export interface TradeCandlesOptions {
  readonly startingCashQuote: Decimal;
  /** Candles between two pauses. */
  readonly stride: number;
  /** Told how many candles are done; whatever it throws ends the work. */
  readonly pause: (candles: number) => Promise<void>;
}

/** Feeds candles to a strategy as fast as it takes them, and remembers what it did.
 *  @throws CANDLES_INVALID JOURNAL_FAILED */
export async function tradeCandles(
  strategy: Pick<DeepLearningStrategy, 'take'>,
  candles: readonly Candle[],
  {startingCashQuote, stride, pause}: TradeCandlesOptions,
): Promise<TradingRecord> {
  const record = new TradingRecord(candles.length, startingCashQuote);
  let untilPause = stride;
  for (const [i, candle] of candles.entries()) {
    const records = strategy.take(candle);
    // Awaiting what is there already would cost more than all the rest of most candles.
    record.take(candle, records instanceof Promise ? await records : records);
    if (--untilPause > 0) continue;
    untilPause = stride;
    await pause(i + 1);
  }
  return record;
}
