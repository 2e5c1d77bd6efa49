import type {Candle} from '../domain/candle.js';
import type {Decimal} from '../domain/decimal.js';
import type {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import {TradingRecord} from './trading-record.js';

/** Candles between two questions whether to go on. */
const STRIDE = 4096;

/** Feeds candles to a strategy as fast as it takes them, and remembers what it did.
 *  @param pause called now and then with how many are done; whatever it throws ends the work
 *  @throws CANDLES_INVALID JOURNAL_FAILED */
export async function tradeCandles(
  strategy: Pick<DeepLearningStrategy, 'onCandle'>,
  candles: readonly Candle[],
  {
    startingCashQuote,
    pause,
  }: {readonly startingCashQuote: Decimal; readonly pause?: (candles: number) => Promise<void>},
): Promise<TradingRecord> {
  const record = new TradingRecord(candles.length, startingCashQuote);
  for (const [i, candle] of candles.entries()) {
    record.take(candle, await strategy.onCandle(candle));
    if (pause !== undefined && i % STRIDE === STRIDE - 1) await pause(i + 1);
  }
  return record;
}
