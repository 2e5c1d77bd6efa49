import type {Candle} from '../domain/candle.js';
import type {Clock} from '../domain/clock.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {ApprovedOrder, Fill, OrderReport, OrderTerms} from '../domain/order.js';
import type {Decide} from '../decision/decide.js';
import {toPrediction} from '../decision/signal.js';
import type {Broker, BrokerEvent} from '../execution/broker.js';
import type {OrderState} from '../execution/order-state.js';
import {OrderTracker} from '../execution/order-tracker.js';
import type {FeatureStream, ObservedFeatureRow} from '../features/feature-stream.js';
import type {PositionManager} from '../ledger/position-manager.js';
import type {Predictor} from '../model/predictor.js';
import type {RiskAudit} from '../risk/risk-audit.js';
import type {NewEntry} from '../store/journal-entry.js';
import {candleEntry, fillEntry, orderEntry, reportEntry, stepEntry} from './journal-bodies.js';
import type {DecisionRecord, StepRecord} from './step-record.js';

/** What the engine runs on; backtest, paper and live differ in `broker`, `clock` and where the candles come from. */
export interface EngineParts {
  readonly features: Pick<FeatureStream, 'push'>;
  /** `predict` gives nothing until a sequence is full; `observe` only fills it. */
  readonly predictor: Pick<Predictor, 'predict' | 'observe'>;
  readonly decide: Decide;
  readonly risk: RiskAudit;
  readonly ledger: PositionManager;
  readonly broker: Broker;
  readonly journal: {append(entries: readonly NewEntry[], options: {readonly durable: boolean}): void};
  readonly clock: Clock;
  readonly rules: MarketRules;
  readonly timeframeMs: number;
  /** Buy above it, sell below 1 - it. */
  readonly threshold: number;
  /** True while the kill switch is on: asked once a candle. */
  readonly isHalted: () => boolean;
}

/** The loop: candles and news in, one at a time; records out, each on disk before anything that follows from it is sent.
 *  Nothing else in the project knows the order of the stages. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #orders = new OrderTracker();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Takes a closed candle: first what the broker made of it, then the decision.
   *  @throws JOURNAL_FAILED where a record cannot be kept: then nothing that follows from it has been sent */
  async process(candle: Candle): Promise<StepRecord[]> {
    const news = this.takeNews(await this.#parts.broker.settle(candle));

    const row = this.#observe(candle);
    const forecast = row === undefined ? undefined : this.#parts.predictor.predict(row);

    const {ledger, decide, risk, rules, clock, isHalted} = this.#parts;
    const account = ledger.view();
    const intent = decide(forecast, account, candle);
    // Without a forecast only an exit rule can want something: behind a gap a stop still has to hold.
    if (forecast === undefined && intent.kind === 'hold') return [...news, this.#warmUp(candle, row)];

    const context = {candle, forecast, rules, nowMs: clock.nowMs(), halted: isHalted()};
    const verdict = risk.review(intent, account, context);
    const prediction = forecast === undefined ? undefined : toPrediction(forecast, this.#parts.threshold);
    const decided: DecisionRecord = {kind: 'decided', candle, forecast, prediction, account, intent, verdict};

    const order = verdict.kind === 'approved' ? verdict.order : undefined;
    // On disk before anything is sent: whatever dies now, the order is known, and never sent twice.
    this.#append(
      [stepEntry(decided, row, context), ...(order === undefined ? [] : [orderEntry(order)])],
      order !== undefined,
    );
    return [...news, decided, ...(order === undefined ? [] : await this.#send(order))];
  }

  /** Takes what a broker said of orders and fills; what had been heard before changes nothing. */
  takeNews(events: readonly BrokerEvent[]): StepRecord[] {
    if (events.length === 0) return [];
    const entries: NewEntry[] = [];
    const records: StepRecord[] = [];
    for (const event of events) {
      const record = event.kind === 'fill' ? this.#fill(event.fill) : this.#report(event.report);
      if (record === undefined) continue;
      records.push(record);
      entries.push(record.kind === 'fill' ? fillEntry(record.fill) : reportEntry(record.report));
    }
    if (entries.length > 0) this.#append(entries, true);
    return records;
  }

  /** Orders whose end nobody knows yet: what a restart has to ask the broker about. */
  get pendingOrders(): readonly OrderState[] {
    return this.#orders.pending;
  }

  /** True for an order that this strategy, in any of its lives, approved. */
  knowsOrder(clientOrderId: string): boolean {
    return this.#orders.get(clientOrderId) !== undefined;
  }

  /** Takes a candle in that an earlier life of this strategy decided on: state moves on, nothing is decided or sent.
   *  @param sentiment what that life observed, null for nothing */
  recallCandle(candle: Candle, sentiment: number | null): void {
    const {predictor, decide, ledger} = this.#parts;
    const row = this.#observe(candle, sentiment);
    if (row !== undefined) predictor.observe(row);
    decide.observe(ledger.view(), candle);
  }

  /** Takes an order in that an earlier life approved. */
  recallOrder(order: OrderTerms): void {
    this.#parts.risk.remember(order.decisionId);
    this.#orders.created(order);
    this.#parts.ledger.orderSubmitted(order);
  }

  /** Takes news in that an earlier life journalled. */
  recallNews(event: BrokerEvent): void {
    if (event.kind === 'fill') this.#fill(event.fill);
    else this.#report(event.report);
  }

  #observe(candle: Candle, recalledSentiment?: number | null): ObservedFeatureRow | undefined {
    const {features, risk, ledger, timeframeMs} = this.#parts;
    const row = features.push(candle, recalledSentiment);
    risk.observe(candle);
    ledger.mark(candle.close, candle.openTimeMs + timeframeMs);
    return row;
  }

  #warmUp(candle: Candle, row: ObservedFeatureRow | undefined): StepRecord {
    this.#append([candleEntry(candle, row)], false);
    return {kind: 'warming-up', candle};
  }

  async #send(order: ApprovedOrder): Promise<StepRecord[]> {
    this.#orders.created(order);
    this.#parts.ledger.orderSubmitted(order);
    return this.takeNews([{kind: 'order', report: await this.#parts.broker.submit(order)}]);
  }

  #fill(fill: Fill): (StepRecord & {kind: 'fill'}) | undefined {
    const change = this.#parts.ledger.apply(fill);
    if (change === undefined) return undefined;
    this.#parts.risk.apply(fill);
    return {kind: 'fill', fill, change};
  }

  #report(report: OrderReport): (StepRecord & {kind: 'order'}) | undefined {
    const {news} = this.#orders.report(report);
    if (news === 'duplicate' || news === 'late') return undefined;
    this.#parts.ledger.orderReport(report);
    return {kind: 'order', report};
  }

  #append(entries: readonly NewEntry[], durable: boolean): void {
    this.#parts.journal.append(entries, {durable});
  }
}
