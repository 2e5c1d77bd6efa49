import {Decimal, ZERO} from '../domain/decimal.js';
import type {StoredEntry} from '../store/journal-entry.js';

/** What a journal says of a run, counted from its lines alone. Money in quote, as exact decimal strings. */
export interface RunSummary {
  readonly candles: number;
  /** Taken in before the first decision, or behind a gap. */
  readonly warmUpCandles: number;
  readonly decisions: number;
  /** Open times of the first and the last decided candle, ms, UTC; null where nothing was decided. */
  readonly firstDecisionMs: number | null;
  readonly lastDecisionMs: number | null;
  readonly signals: {readonly buy: number; readonly sell: number; readonly neutral: number};
  readonly probability: {readonly lowest: number | null; readonly highest: number | null};
  readonly orders: number;
  readonly fills: number;
  /** Refused intents by reason; one intent may have several. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Orders that ended without being filled whole, by the venue's reason. */
  readonly unfilledOrders: Readonly<Record<string, number>>;
  readonly feesPaidQuote: string;
  /** Equity at the first and the last decision, marked at the candle's close. */
  readonly startEquityQuote: string | null;
  readonly endEquityQuote: string | null;
  /** Largest fall from a peak of equity between decisions, as a fraction. */
  readonly maxDrawdown: number;
  /** Base held at the end, fills since the last decision counted; negative for a short. */
  readonly openBase: string;
}

interface StepFacts {
  readonly forecast: {readonly probability: number} | null;
  readonly signal: 'buy' | 'sell' | 'neutral';
  readonly account: {readonly equity: string; readonly base: string};
  readonly verdict: {readonly kind: string; readonly reasons?: readonly string[]};
}

interface ReportFacts {
  readonly status: string;
  readonly reason?: string;
}

interface FillFacts {
  readonly side: 'buy' | 'sell';
  readonly quantityBase: string;
  readonly price: string;
  readonly fee: string;
  readonly feeCurrency: 'quote' | 'base';
}

const UNFILLED = new Set(['rejected', 'expired', 'canceled']);

/** Counts a journal. Reads its lines once; nothing else is asked. */
export function summariseRun(entries: Iterable<StoredEntry>): RunSummary {
  const signals = {buy: 0, sell: 0, neutral: 0};
  const refusals = new Map<string, number>();
  const unfilled = new Map<string, number>();
  let [warmUpCandles, decisions, orders, fills] = [0, 0, 0, 0];
  let [lowest, highest] = [Infinity, -Infinity];
  let feesPaid: Decimal = ZERO;
  let first: {ms: number; equity: string} | undefined;
  let last: {ms: number; equity: string; base: string} | undefined;
  let filledSince: Decimal = ZERO;
  let [peak, maxDrawdown] = [0, 0];

  for (const {kind, candleMs, body} of entries) {
    if (kind === 'candle') warmUpCandles += 1;
    else if (kind === 'order') orders += 1;
    else if (kind === 'report') {
      const {status, reason = status} = JSON.parse(body) as ReportFacts;
      if (UNFILLED.has(status)) unfilled.set(reason, (unfilled.get(reason) ?? 0) + 1);
    } else if (kind === 'stop') {
      const {verdict} = JSON.parse(body) as Pick<StepFacts, 'verdict'>;
      for (const reason of verdict.reasons ?? []) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    } else if (kind === 'fill') {
      fills += 1;
      const fill = JSON.parse(body) as FillFacts;
      filledSince = filledSince.plus(changeOfBase(fill));
      feesPaid = feesPaid.plus(
        fill.feeCurrency === 'quote' ? fill.fee : new Decimal(fill.fee).times(fill.price),
      );
    } else if (kind === 'step') {
      const step = JSON.parse(body) as StepFacts;
      decisions += 1;
      signals[step.signal] += 1;
      if (step.forecast !== null) {
        lowest = Math.min(lowest, step.forecast.probability);
        highest = Math.max(highest, step.forecast.probability);
      }
      for (const reason of step.verdict.reasons ?? []) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      const equity = Number(step.account.equity);
      peak = Math.max(peak, equity);
      maxDrawdown = Math.max(maxDrawdown, 1 - equity / peak);
      last = {ms: candleMs ?? 0, equity: step.account.equity, base: step.account.base};
      filledSince = ZERO;
      first ??= last;
    }
  }
  return {
    candles: warmUpCandles + decisions,
    warmUpCandles,
    decisions,
    firstDecisionMs: first?.ms ?? null,
    lastDecisionMs: last?.ms ?? null,
    signals,
    probability: lowest > highest ? {lowest: null, highest: null} : {lowest, highest},
    orders,
    fills,
    refusals: Object.fromEntries([...refusals].sort(([, a], [, b]) => b - a)),
    unfilledOrders: Object.fromEntries(unfilled),
    feesPaidQuote: feesPaid.toFixed(),
    startEquityQuote: first?.equity ?? null,
    endEquityQuote: last?.equity ?? null,
    maxDrawdown,
    openBase: filledSince.plus(last?.base ?? '0').toFixed(),
  };
}

function changeOfBase({side, quantityBase, fee, feeCurrency}: FillFacts): Decimal {
  const moved = side === 'buy' ? new Decimal(quantityBase) : new Decimal(quantityBase).negated();
  return feeCurrency === 'base' ? moved.minus(fee) : moved;
}
