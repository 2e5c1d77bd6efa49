import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Clock} from '../domain/clock.js';
import type {FeatureRow} from '../domain/feature-row.js';
import type {Forecast} from '../domain/forecast.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {ApprovedOrder, Fill, Intent, OrderReport} from '../domain/order.js';
import {toPrediction} from '../decision/prediction.js';
import type {Broker} from '../execution/broker.js';
import type {PositionManager} from '../ledger/position-manager.js';
import type {RiskAudit} from '../risk/risk-audit.js';
import type {NewEntry} from '../store/journal-entry.js';
import {candleEntry, fillEntry, orderEntry, reportEntry, stepEntry} from './journal-bodies.js';
import type {EngineEvent, StepRecord} from './step-record.js';

/** What the engine runs on; backtest, paper and live differ in `broker`, `clock` and where the events come from. */
export interface EngineParts {
  readonly features: {push(candle: Candle): FeatureRow | undefined};
  /** `predict` gives nothing until a sequence is full; `observe` only fills it. */
  readonly predictor: {predict(row: FeatureRow): Forecast | undefined; observe(row: FeatureRow): void};
  readonly decide: (forecast: Forecast, account: AccountView, candle: Candle) => Intent;
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

/** The loop: one event in, one record out and on disk. Nothing else in the project knows the order of the stages. */
export class Engine {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Takes one event in, the next only once this one's promise has resolved.
   *  @throws JOURNAL_FAILED where the record cannot be kept: then nothing has been sent either */
  async process(event: EngineEvent): Promise<StepRecord> {
    if (event.kind === 'fill') return this.#takeFill(event.fill);
    if (event.kind === 'order') return this.#takeReport(event.report);

    const {candle} = event;
    const row = this.#observe(candle);
    const forecast = row === undefined ? undefined : this.#parts.predictor.predict(row);
    if (row === undefined || forecast === undefined) return this.#warmUp(candle);

    const account = this.#parts.ledger.view();
    const intent = this.#parts.decide(forecast, account, candle);
    const context = {
      candle,
      forecast,
      rules: this.#parts.rules,
      nowMs: this.#parts.clock.nowMs(),
      halted: this.#parts.isHalted(),
    };
    const verdict = this.#parts.risk.review(intent, account, context);
    const prediction = toPrediction(forecast, this.#parts.threshold);
    const order = verdict.kind === 'approved' ? verdict.order : undefined;

    // On disk before anything is sent: whatever dies now, the order is known and never sent twice.
    this.#parts.journal.append(
      [
        stepEntry({row, forecast, prediction, account, intent, verdict, context}),
        ...(order === undefined ? [] : [orderEntry(order)]),
      ],
      {durable: order !== undefined},
    );
    const report = order === undefined ? undefined : await this.#send(order);
    return {kind: 'decided', candle, forecast, prediction, account, intent, verdict, report};
  }

  /** Takes a candle in that was decided before this process began: state moves on, nothing is decided, sent or recorded. */
  recall(candle: Candle): void {
    const row = this.#observe(candle);
    if (row !== undefined) this.#parts.predictor.observe(row);
  }

  #observe(candle: Candle): FeatureRow | undefined {
    const row = this.#parts.features.push(candle);
    this.#parts.risk.observe(candle);
    this.#parts.ledger.mark(candle.close, candle.openTimeMs + this.#parts.timeframeMs);
    return row;
  }

  #warmUp(candle: Candle): StepRecord {
    this.#parts.journal.append([candleEntry(candle)], {durable: false});
    return {kind: 'warming-up', candle};
  }

  async #send(order: ApprovedOrder): Promise<OrderReport> {
    this.#parts.ledger.orderSubmitted(order);
    const report = await this.#parts.broker.submit(order);
    this.#takeReport(report);
    return report;
  }

  #takeReport(report: OrderReport): StepRecord {
    this.#parts.journal.append([reportEntry(report)], {durable: true});
    this.#parts.ledger.orderReport(report);
    return {kind: 'order', report};
  }

  #takeFill(fill: Fill): StepRecord {
    const change = this.#parts.ledger.apply(fill);
    if (change === undefined) return {kind: 'ignored'};
    this.#parts.risk.apply(fill);
    this.#parts.journal.append([fillEntry(fill)], {durable: true});
    return {kind: 'fill', fill, change};
  }
}
