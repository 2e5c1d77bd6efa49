import type {Candle} from '../domain/candle.js';
import type {Decimal} from '../domain/decimal.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {OrderIntent, OrderReport, OrderTerms} from '../domain/order.js';
import type {BrokerEvent} from '../execution/broker.js';
import {OrderTracker} from '../execution/order-tracker.js';
import {isCertain, RESOLVED} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import type {ObservedFeatureRow} from '../features/feature-stream.js';
import type {EngineParts} from './engine-parts.js';
import type {StepRecord, StopRecord} from './step-record.js';

/** What a `stop` line says of it. */
export interface RecalledStop {
  readonly candle: Pick<Candle, 'openTimeMs'>;
  readonly intent: Pick<OrderIntent, 'quantityBase' | 'stopPrice'>;
  readonly verdict: Pick<StopRecord['verdict'], 'kind'>;
}

/** The stop that was last decided on. */
export interface DecidedStop extends Required<Pick<OrderIntent, 'quantityBase' | 'stopPrice'>> {
  readonly candleMs: number;
  /** By the risk audit. */
  readonly isRefused: boolean;
}

/** What a strategy knows, as a fold of its journal's lines: a run makes the lines, a restart reads them, and both come to the same. */
export class EngineState {
  readonly orders = new OrderTracker();
  /** The command of the kill switch, while it is on. */
  halt: HaltOrder | undefined;
  unresolved: Unresolved = RESOLVED;
  readonly #parts: EngineParts;
  #lastCandle: Candle | undefined;
  #newestPrice: Decimal | undefined;
  #stopsDecided = 0;
  #isStopOutdated = false;
  #lastStop: DecidedStop | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** The last candle that was taken in; undefined where none was. */
  get lastCandle(): Candle | undefined {
    return this.#lastCandle;
  }

  /** Of the last fill since the last candle's close; undefined where there was none. */
  get newestPrice(): Decimal | undefined {
    return this.#newestPrice;
  }

  /** How many stops were decided on so far, sent or not. */
  get stopsDecided(): number {
    return this.#stopsDecided;
  }

  get lastStop(): DecidedStop | undefined {
    return this.#lastStop;
  }

  /** True while nothing may be opened: the kill switch is on, or it is unknown where we stand at the venue. */
  get halted(): boolean {
    return this.halt !== undefined || !isCertain(this.unresolved);
  }

  /** The run's clock, ms, UTC. */
  nowMs(lastCandle: Candle): number {
    return this.#parts.clock?.nowMs() ?? lastCandle.openTimeMs + this.#parts.timeframeMs;
  }

  /** From here on the run goes on under the settings that a `session` line says. */
  changeSettings(session: string): void {
    this.#parts.changeSettings(session);
    this.#isStopOutdated = true;
  }

  /** True where no stop was decided on since settings have changed. */
  get isStopOutdated(): boolean {
    return this.#isStopOutdated;
  }

  /** Takes a candle in, before anything is decided on it.
   *  @param recalledSentiment what an earlier life observed, null for nothing */
  observe(candle: Candle, recalledSentiment?: number | null): ObservedFeatureRow | undefined {
    const {features, risk, ledger, timeframeMs} = this.#parts;
    this.#lastCandle = candle;
    this.#newestPrice = undefined;
    const row = features.push(candle, recalledSentiment);
    risk.observe(candle);
    ledger.mark(candle.close, candle.openTimeMs + timeframeMs);
    return row;
  }

  /** Takes a candle in that an earlier life decided on: state moves on, nothing is decided or sent. */
  recallCandle(candle: Candle, sentiment: number | null): void {
    const {predictor, decide, ledger} = this.#parts;
    const row = this.observe(candle, sentiment);
    if (row !== undefined) predictor.observe(row);
    decide.observe(ledger.view(), candle);
  }

  /** An approved order is on disk and about to be sent, or was in an earlier life. */
  ordered(order: OrderTerms): void {
    this.#parts.risk.remember(order.decisionId);
    this.orders.created(order);
    this.#parts.ledger.orderSubmitted(order);
  }

  /** A stop was decided on, now or in an earlier life. */
  stopDecided({candle: {openTimeMs}, intent, verdict}: RecalledStop): void {
    this.#stopsDecided += 1;
    this.#isStopOutdated = false;
    const {quantityBase, stopPrice} = intent;
    this.#lastStop =
      stopPrice === undefined
        ? undefined
        : {quantityBase, stopPrice, candleMs: openTimeMs, isRefused: verdict.kind === 'refused'};
  }

  /** Takes what a broker said of an order.
   *  @returns undefined where it had been heard before: nothing has changed */
  heard(event: BrokerEvent): Extract<StepRecord, {kind: 'fill' | 'order'}> | undefined {
    if (event.kind === 'order') return this.#reported(event.report);
    const {fill} = event;
    const change = this.#parts.ledger.apply(fill);
    if (change === undefined) return undefined;
    this.#parts.risk.apply(fill);
    this.#newestPrice = fill.price;
    return {kind: 'fill', fill, change};
  }

  #reported(report: OrderReport): Extract<StepRecord, {kind: 'order'}> | undefined {
    const {news} = this.orders.report(report);
    if (news === 'duplicate' || news === 'late') return undefined;
    this.#parts.ledger.orderReport(report);
    return {kind: 'order', report};
  }
}
