import type {AccountView, PositionView} from '../../src/domain/account-view.js';
import {stampApproved} from '../../src/domain/approval.js';
import type {Candle} from '../../src/domain/candle.js';
import {Decimal, ZERO} from '../../src/domain/decimal.js';
import type {Forecast} from '../../src/domain/forecast.js';
import type {MarketRules} from '../../src/domain/market-rules.js';
import type {ApprovedOrder, Fill, OrderIntent, OrderReport, OrderTerms} from '../../src/domain/order.js';

export const SYMBOL = 'BTC/USDT';
export const MINUTE = 60_000;
export const TIMEFRAME_MS = 5 * MINUTE;
/** 2024-01-01 00:00 UTC. */
export const START_MS = 1_704_067_200_000;

export const d = (value: string | number): Decimal => new Decimal(value);

export const RULES: MarketRules = {
  symbol: SYMBOL,
  base: 'BTC',
  quote: 'USDT',
  lotSizeBase: d('0.001'),
  tickSizeQuote: d('0.01'),
  minQuantityBase: d('0.001'),
  minNotionalQuote: d('5'),
};

/** Open time of the n-th candle. */
export const openTime = (index: number): number => START_MS + index * TIMEFRAME_MS;

/** The n-th candle: flat at a price, with plenty of volume. */
export function candleAt(index: number, price: number, changes: Partial<Candle> = {}): Candle {
  return {
    openTimeMs: openTime(index),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 1e6,
    ...changes,
  };
}

export function forecastAt(index: number, probability: number, changes: Partial<Forecast> = {}): Forecast {
  return {
    openTimeMs: openTime(index),
    logit: Math.log(probability / (1 - probability)),
    probability,
    model: 'test',
    maxAbsInput: 3,
    predictionTimeMs: 0.1,
    ...changes,
  };
}

/** An account that holds 10,000 and nothing else. */
export function account(changes: Partial<AccountView> = {}): AccountView {
  const cash = changes.cashQuote ?? d(10_000);
  return {
    timeMs: openTime(1),
    markPrice: d(100),
    cashQuote: cash,
    availableQuote: cash,
    equityQuote: cash,
    peakEquityQuote: cash,
    dayStartEquityQuote: cash,
    dayPeakEquityQuote: cash,
    positions: [],
    pendingOrders: [],
    realisedPnlQuote: ZERO,
    feesPaidQuote: ZERO,
    ...changes,
  };
}

export function position(changes: Partial<PositionView> = {}): PositionView {
  return {
    symbol: SYMBOL,
    side: 'long',
    quantityBase: d(1),
    averageEntryPrice: d(100),
    unrealisedPnlQuote: ZERO,
    openedAtMs: START_MS,
    ...changes,
  };
}

/** Buys 1 at 100 on candle 0, consistently changed. */
export function intent(changes: Partial<OrderIntent> = {}): OrderIntent {
  const quantityBase = changes.quantityBase ?? d(1);
  const referencePrice = changes.referencePrice ?? d(100);
  return {
    kind: 'order',
    decisionId: `test:${SYMBOL}:${changes.openTimeMs ?? START_MS}:open-buy`,
    symbol: SYMBOL,
    side: 'buy',
    reduceOnly: false,
    quantityBase,
    referencePrice,
    notionalQuote: quantityBase.times(referencePrice),
    confidence: 0.7,
    reason: 'signal',
    openTimeMs: START_MS,
    ...changes,
  };
}

export function terms(changes: Partial<OrderTerms> = {}): OrderTerms {
  return {
    clientOrderId: 'dlt-1',
    decisionId: 'test:1',
    symbol: SYMBOL,
    type: 'market',
    side: 'buy',
    reduceOnly: false,
    quantityBase: d(1),
    referencePrice: d(100),
    openTimeMs: START_MS,
    ...changes,
  };
}

/** An order as the risk audit would hand it on. */
export function approved(changes: Partial<OrderTerms> = {}): ApprovedOrder {
  return stampApproved(terms(changes));
}

export function report(status: OrderReport['status'], changes: Partial<OrderReport> = {}): OrderReport {
  return {clientOrderId: 'dlt-1', status, filledBase: ZERO, ...changes};
}

let fills = 0;

/** A fill of 1 at 100 without a fee; each has an id of its own unless one is given. */
export function fill(changes: Partial<Fill> = {}): Fill {
  fills += 1;
  return {
    fillId: `fill-${fills}`,
    clientOrderId: 'dlt-1',
    symbol: SYMBOL,
    side: 'buy',
    quantityBase: d(1),
    price: d(100),
    fee: ZERO,
    feeCurrency: 'quote',
    timeMs: START_MS,
    ...changes,
  };
}
