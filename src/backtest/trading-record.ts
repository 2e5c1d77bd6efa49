import type {Candle} from '../domain/candle.js';
import type {Decimal} from '../domain/decimal.js';
import type {OrderReport} from '../domain/order.js';
import type {Verdict} from '../domain/verdict.js';
import type {StepRecord} from '../engine/step-record.js';
import type {BacktestTrade} from '../report/backtest-report.js';

/** One execution, as far as a report asks. */
export interface RecordedFill {
  readonly timeMs: number;
  readonly notionalQuote: Decimal;
  readonly feeQuote: Decimal;
}

const RESTING_STOP = 'resting-stop';
const UNFILLED: ReadonlySet<string> = new Set(['rejected', 'expired', 'canceled']);

/** Remembers what a strategy did, candle by candle, from its first decision on: what came before it is warm-up and counts for nothing.
 *  Equity is cash and position at the close in doubles; amounts of trades and fills stay exact. */
export class TradingRecord {
  readonly signals = {buy: 0, sell: 0, neutral: 0};
  readonly refusals: Record<string, number> = {};
  readonly unfilledOrders: Record<string, number> = {};
  readonly trades: BacktestTrade[] = [];
  readonly fills: RecordedFill[] = [];
  warmUpCandles = 0;
  /** Candles from the first decided one on; of the arrays below only so many values count. */
  candles = 0;
  decisions = 0;
  firstDecisionMs: number | null = null;
  lastDecisionMs: number | null = null;
  orders = 0;
  readonly #openTimesMs: Float64Array;
  readonly #opens: Float64Array;
  readonly #closes: Float64Array;
  readonly #equity: Float64Array;
  readonly #probabilities: Float64Array;
  readonly #held: Uint8Array;
  /** What asked for an order that has not ended a trade yet. */
  readonly #purposes = new Map<string, string>();
  #entryReason: string | undefined;
  #cashQuote: number;
  #base = 0;

  /** @param candles how many there may be at most */
  constructor(candles: number, startingCashQuote: Decimal) {
    this.#openTimesMs = new Float64Array(candles);
    this.#opens = new Float64Array(candles);
    this.#closes = new Float64Array(candles);
    this.#equity = new Float64Array(candles);
    this.#probabilities = new Float64Array(candles);
    this.#held = new Uint8Array(candles);
    this.#cashQuote = startingCashQuote.toNumber();
  }

  /** Takes in what came of a candle. */
  take(candle: Candle, records: readonly StepRecord[]): void {
    let probability = NaN;
    for (const record of records) {
      if (record.kind === 'decided') probability = this.#decided(record);
      else if (record.kind === 'fill') this.#fill(record);
      else if (record.kind === 'stop') this.#reviewed(record.verdict);
      else if (record.kind === 'order') this.#reported(record.report);
    }
    if (this.firstDecisionMs === null) {
      this.warmUpCandles += 1;
      return;
    }
    const i = this.candles++;
    this.#openTimesMs[i] = candle.openTimeMs;
    this.#opens[i] = candle.open;
    this.#closes[i] = candle.close;
    this.#probabilities[i] = probability;
    this.#held[i] = this.#base === 0 ? 0 : 1;
    this.#equity[i] = this.#base === 0 ? this.#cashQuote : this.#cashQuote + this.#base * candle.close;
  }

  /** shape [candles] each: ms; quote per base; quote; NaN where there was no forecast; 1 where something was held at the close. */
  get columns(): Readonly<
    Record<'openTimesMs' | 'opens' | 'closes' | 'equity' | 'probabilities', Float64Array>
  > & {readonly held: Uint8Array} {
    const end = this.candles;
    return {
      openTimesMs: this.#openTimesMs.subarray(0, end),
      opens: this.#opens.subarray(0, end),
      closes: this.#closes.subarray(0, end),
      equity: this.#equity.subarray(0, end),
      probabilities: this.#probabilities.subarray(0, end),
      held: this.#held.subarray(0, end),
    };
  }

  #decided({candle, prediction, verdict}: StepRecord & {kind: 'decided'}): number {
    this.decisions += 1;
    this.firstDecisionMs ??= candle.openTimeMs;
    this.lastDecisionMs = candle.openTimeMs;
    this.signals[prediction?.signal ?? 'neutral'] += 1;
    this.#reviewed(verdict);
    return prediction?.probability ?? NaN;
  }

  #reviewed(verdict: Verdict): void {
    if (verdict.kind === 'approved') {
      this.orders += 1;
      this.#purposes.set(verdict.order.clientOrderId, purposeOf(verdict.order.decisionId));
    } else if (verdict.kind === 'refused') {
      for (const reason of verdict.reasons) this.refusals[reason] = (this.refusals[reason] ?? 0) + 1;
    }
  }

  #reported({clientOrderId, status, reason = status}: OrderReport): void {
    if (!UNFILLED.has(status)) return;
    // A stop that was not needed is taken back: nothing was to be filled.
    if (status === 'canceled' && this.#purposes.get(clientOrderId) === RESTING_STOP) return;
    this.unfilledOrders[reason] = (this.unfilledOrders[reason] ?? 0) + 1;
  }

  #fill({fill, change}: StepRecord & {kind: 'fill'}): void {
    const purpose = this.#purposes.get(fill.clientOrderId) ?? 'unknown';
    this.#entryReason ??= purpose;
    this.#cashQuote = change.cashQuote.toNumber();
    this.#base = change.afterBase.toNumber();
    const notionalQuote = fill.quantityBase.times(fill.price);
    this.fills.push({timeMs: fill.timeMs, notionalQuote, feeQuote: change.feeQuote});
    const trade = change.closedTrade;
    if (trade === undefined) return;
    this.trades.push({
      ...{symbol: trade.symbol, side: trade.side},
      ...{openedAtMs: trade.openedAtMs, closedAtMs: trade.closedAtMs, holdingMs: trade.holdingMs},
      quantityBase: trade.quantityBase.toFixed(),
      averageEntryPrice: trade.averageEntryPrice.toFixed(),
      averageExitPrice: trade.averageExitPrice.toFixed(),
      grossPnlQuote: trade.grossPnlQuote.toFixed(),
      feesQuote: trade.feesQuote.toFixed(),
      pnlQuote: trade.pnlQuote.toFixed(),
      returnOnEntry: trade.pnlQuote.dividedBy(trade.averageEntryPrice.times(trade.quantityBase)).toNumber(),
      entryReason: this.#entryReason,
      exitReason: purpose,
    });
    // A fill that goes through zero opens the next trade; what a lot is too large for does not.
    const turned = change.beforeBase.isNegative() !== change.afterBase.isNegative();
    this.#entryReason = turned && !change.afterBase.isZero() ? purpose : undefined;
  }
}

/** `strategy:BTC/USDT:1700000000000:close-sell` -> `close-sell`, and `resting-stop-3` is a `resting-stop`. */
function purposeOf(decisionId: string): string {
  return decisionId.slice(decisionId.lastIndexOf(':') + 1).replace(/-\d+$/, '');
}
