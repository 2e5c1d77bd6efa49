import {createHash} from 'node:crypto';
import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import type {FeatureRow} from '../domain/feature-row.js';
import type {Prediction} from '../domain/forecast.js';
import type {Fill, Intent, OrderReport, OrderTerms} from '../domain/order.js';
import type {Verdict} from '../domain/verdict.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {DecisionRecord} from './step-record.js';

/** What a `step` body says, read back. Decimals are strings. */
export interface StepBody {
  readonly candle: Candle;
  readonly features: string;
  readonly forecast: {readonly logit: number; readonly probability: number; readonly maxAbsInput: number};
  readonly signal: Prediction['signal'];
  readonly confidence: number;
  readonly account: {readonly cash: string; readonly equity: string; readonly base: string};
  readonly intent: {readonly kind: Intent['kind']; readonly reason: string; readonly side?: 'buy' | 'sell'};
  readonly verdict: {readonly kind: Verdict['kind']; readonly reasons?: readonly string[]};
  readonly halted: boolean;
  readonly reviewedAtMs: number;
}

/** A candle that nothing was decided on. */
export function candleEntry(candle: Candle): NewEntry {
  return {kind: 'candle', candleMs: candle.openTimeMs, body: {candle}};
}

/** A decision with all that it rested on; of the features the hash of their 86 float64. */
export function stepEntry(
  decided: DecisionRecord,
  row: FeatureRow,
  review: {nowMs: number; halted: boolean},
): NewEntry {
  const {candle, forecast, prediction, account, intent, verdict} = decided;
  const {values} = row;
  const features = createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
  const [position] = account.positions;
  const base =
    position === undefined
      ? '0'
      : `${position.side === 'short' ? '-' : ''}${position.quantityBase.toFixed()}`;
  return {
    kind: 'step',
    candleMs: candle.openTimeMs,
    body: {
      candle,
      features,
      forecast: {logit: forecast.logit, probability: forecast.probability, maxAbsInput: forecast.maxAbsInput},
      signal: prediction.signal,
      confidence: prediction.confidence,
      account: {cash: account.cashQuote, equity: account.equityQuote, base},
      intent,
      verdict,
      halted: review.halted,
      // An input of the review, so a replay takes it from here; a simulation's clock is the candle's own.
      reviewedAtMs: review.nowMs,
    },
    timing: {predictionTimeMs: forecast.predictionTimeMs},
  };
}

/** An order, before it leaves. */
export function orderEntry(order: OrderTerms): NewEntry {
  return {kind: 'order', candleMs: order.openTimeMs, body: order};
}

/** What a venue said of an order. */
export function reportEntry(report: OrderReport): NewEntry {
  return {kind: 'report', candleMs: null, body: report};
}

/** One execution. */
export function fillEntry(fill: Fill): NewEntry {
  return {kind: 'fill', candleMs: null, body: fill};
}

/** @returns the order that a body says; its decimals exact again */
export function readOrder(body: string): OrderTerms {
  const order = JSON.parse(body) as OrderTerms;
  return {
    ...order,
    quantityBase: new Decimal(order.quantityBase),
    referencePrice: new Decimal(order.referencePrice),
  };
}

/** @returns the report that a body says */
export function readReport(body: string): OrderReport {
  const report = JSON.parse(body) as OrderReport;
  return {...report, filledBase: new Decimal(report.filledBase)};
}

/** @returns the fill that a body says */
export function readFill(body: string): Fill {
  const fill = JSON.parse(body) as Fill;
  return {
    ...fill,
    quantityBase: new Decimal(fill.quantityBase),
    price: new Decimal(fill.price),
    fee: new Decimal(fill.fee),
  };
}

/** @returns the candle of a `candle` or `step` body */
export function readCandle(body: string): Candle {
  return (JSON.parse(body) as {candle: Candle}).candle;
}
