import {createHash} from 'node:crypto';
import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {Fill, OrderReport, OrderTerms} from '../domain/order.js';
import type {Unresolved} from '../execution/unresolved.js';
import {sentimentOf} from '../features/feature-stream.js';
import type {ObservedFeatureRow} from '../features/feature-stream.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {RecalledStop} from './engine-state.js';
import type {DecisionRecord, FlattenRecord, StopRecord} from './step-record.js';

/** A candle that nothing was decided on.
 *  @param row undefined where the candle had none: the warm-up, or behind a gap */
export function candleEntry(candle: Candle, row: ObservedFeatureRow | undefined): NewEntry {
  return {
    kind: 'candle',
    candleMs: candle.openTimeMs,
    body: {candle: candleBody(candle), ...sentimentBody(row)},
  };
}

/** A decision with all that it rested on; of the features the hash of their 86 float64.
 *  @param row undefined where the candle had none, behind a gap */
export function stepEntry(
  decided: DecisionRecord,
  row: ObservedFeatureRow | undefined,
  review: {nowMs: number; halted: boolean},
): NewEntry {
  const {candle, forecast, prediction, account, intent, verdict} = decided;
  return {
    kind: 'step',
    candleMs: candle.openTimeMs,
    body: {
      candle: candleBody(candle),
      features: row === undefined ? null : hashOf(row.values),
      ...sentimentBody(row),
      forecast:
        forecast === undefined
          ? null
          : {logit: forecast.logit, probability: forecast.probability, maxAbsInput: forecast.maxAbsInput},
      signal: prediction?.signal ?? 'neutral',
      confidence: prediction?.confidence ?? null,
      account: accountBody(account),
      intent,
      verdict,
      halted: review.halted,
      // An input of the review, so a replay takes it from here; a simulation's clock is the candle's own.
      reviewedAtMs: review.nowMs,
    },
    ...(forecast === undefined ? {} : {timing: {predictionTimeMs: forecast.predictionTimeMs}}),
  };
}

/** Said of every row, because the series may know other values at the next start: what was observed, or null for the
 *  neutral default. */
function sentimentBody(row: ObservedFeatureRow | undefined): {sentiment?: number | null} {
  return row === undefined ? {} : {sentiment: sentimentOf(row)};
}

function candleBody({openTimeMs, open, high, low, close, volume, filled, afterGap}: Candle): Candle {
  const flags = {...(filled === true ? {filled} : {}), ...(afterGap === true ? {afterGap} : {})};
  return {openTimeMs, open, high, low, close, volume, ...flags};
}

function hashOf(values: Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

function accountBody(account: AccountView): {cash: Decimal; equity: Decimal; base: string} {
  return {cash: account.cashQuote, equity: account.equityQuote, base: baseOf(account)};
}

/** What is held, negative for a short. */
function baseOf({positions: [position]}: AccountView): string {
  if (position === undefined) return '0';
  return `${position.side === 'short' ? '-' : ''}${position.quantityBase.toFixed()}`;
}

/** The kill switch's command, where it takes effect.
 *  @param deciding the candle that was about to be decided on; undefined between two */
export function haltEntry(
  {reason, flatten, requestedAtMs}: HaltOrder,
  deciding: Candle | undefined,
): NewEntry {
  return {
    kind: 'halt',
    candleMs: deciding?.openTimeMs ?? null,
    body: {reason, flatten, requestedAtMs},
  };
}

/** The end of the kill switch's command. */
export function resumeEntry(deciding: Candle | undefined): NewEntry {
  return {kind: 'resume', candleMs: deciding?.openTimeMs ?? null, body: {}};
}

/** The verdict on closing what was held when the kill switch took effect. */
export function flattenEntry(record: FlattenRecord, review: {nowMs: number; halted: boolean}): NewEntry {
  return verdictEntry('flatten', record, review);
}

/** The verdict on a stop that was to rest at the venue for what is held. */
export function stopEntry(record: StopRecord, review: {nowMs: number; halted: boolean}): NewEntry {
  return verdictEntry('stop', record, review);
}

function verdictEntry(
  kind: 'flatten' | 'stop',
  {candle, account, intent, verdict}: FlattenRecord | StopRecord,
  review: {nowMs: number; halted: boolean},
): NewEntry {
  return {
    kind,
    candleMs: candle.openTimeMs,
    body: {
      account: accountBody(account),
      intent,
      verdict,
      halted: review.halted,
      reviewedAtMs: review.nowMs,
    },
  };
}

/** What is unknown of where we stand at the venue; empty lists where that is over. */
export function unresolvedEntry({orders, differences}: Unresolved): NewEntry {
  const body = {
    orders: orders.map(({clientOrderId, reason}) => ({clientOrderId, reason})),
    ...(differences.length === 0 ? {} : {differences: differences.map(({kind, reason}) => ({kind, reason}))}),
  };
  return {kind: 'unresolved', candleMs: null, body};
}

/** An order, before it leaves. */
export function orderEntry(order: OrderTerms): NewEntry {
  const {
    clientOrderId,
    decisionId,
    symbol,
    type,
    side,
    reduceOnly,
    quantityBase,
    referencePrice,
    stopPrice,
    openTimeMs,
  } = order;
  const body = {
    clientOrderId,
    decisionId,
    symbol,
    type,
    side,
    reduceOnly,
    quantityBase,
    referencePrice,
    ...(stopPrice === undefined ? {} : {stopPrice}),
    openTimeMs,
  };
  return {kind: 'order', candleMs: openTimeMs, body};
}

/** What a venue said of an order. Spelt out, as all bodies are: the bytes do not depend on who made the object. */
export function reportEntry({
  clientOrderId,
  status,
  filledBase,
  venueOrderId,
  reason,
}: OrderReport): NewEntry {
  return {kind: 'report', candleMs: null, body: {clientOrderId, status, filledBase, venueOrderId, reason}};
}

/** One execution. */
export function fillEntry(fill: Fill): NewEntry {
  const {fillId, clientOrderId, symbol, side, quantityBase, price, fee, feeCurrency, timeMs} = fill;
  const {feesElsewhere} = fill;
  const body = {
    ...{fillId, clientOrderId, symbol, side, quantityBase, price, fee, feeCurrency, timeMs},
    ...(feesElsewhere === undefined ? {} : {feesElsewhere}),
  };
  return {kind: 'fill', candleMs: null, body};
}

/** @returns the order that a body says; its decimals exact again */
export function readOrder(body: string): OrderTerms {
  const order = JSON.parse(body) as OrderTerms;
  return {
    ...order,
    quantityBase: new Decimal(order.quantityBase),
    referencePrice: new Decimal(order.referencePrice),
    ...(order.stopPrice === undefined ? {} : {stopPrice: new Decimal(order.stopPrice)}),
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
  const {feesElsewhere} = fill;
  return {
    ...fill,
    quantityBase: new Decimal(fill.quantityBase),
    price: new Decimal(fill.price),
    fee: new Decimal(fill.fee),
    ...(feesElsewhere === undefined
      ? {}
      : {feesElsewhere: feesElsewhere.map((paid) => ({...paid, amount: new Decimal(paid.amount)}))}),
  };
}

/** @returns what a `stop` body says of the stop
 *  @param candleMs of its line */
export function readStop(body: string, candleMs: number | null): RecalledStop {
  const {intent, verdict} = JSON.parse(body) as Pick<StopRecord, 'intent' | 'verdict'>;
  const {quantityBase, stopPrice} = intent;
  return {
    candle: {openTimeMs: candleMs ?? NaN},
    intent: {
      quantityBase: new Decimal(quantityBase),
      ...(stopPrice === undefined ? {} : {stopPrice: new Decimal(stopPrice)}),
    },
    verdict,
  };
}

/** @returns the command that a `halt` body says */
export function readHalt(body: string): HaltOrder {
  return JSON.parse(body) as HaltOrder;
}

/** @returns what an `unresolved` body says */
export function readUnresolved(body: string): Unresolved {
  const {orders, differences = []} = JSON.parse(body) as Pick<Unresolved, 'orders'> & Partial<Unresolved>;
  return {orders, differences};
}

/** @returns the candle of a `candle` or `step` body, and the sentiment that was observed with it; null for none */
export function readCandle(body: string): {candle: Candle; sentiment: number | null} {
  const {candle, sentiment = null} = JSON.parse(body) as {candle: Candle; sentiment?: number | null};
  return {candle, sentiment};
}
