import {createDecision} from '../../src/decision/decide.js';
import type {DecisionConfig} from '../../src/decision/decision-config.js';
import type {Candle} from '../../src/domain/candle.js';
import type {Forecast} from '../../src/domain/forecast.js';
import type {Fill, Intent, OrderReport, OrderTerms} from '../../src/domain/order.js';
import type {Verdict} from '../../src/domain/verdict.js';
import type {BrokerEvent} from '../../src/execution/broker.js';
import {OrderTracker} from '../../src/execution/order-tracker.js';
import {PaperBroker} from '../../src/execution/paper-broker.js';
import type {PaperOptions, PaperRecord} from '../../src/execution/paper-book.js';
import {reconcile} from '../../src/execution/reconcile.js';
import {PositionManager} from '../../src/ledger/position-manager.js';
import type {LedgerEvent} from '../../src/ledger/position-manager.js';
import {riskLimits} from '../../src/risk/limits.js';
import type {RiskLimits} from '../../src/risk/limits.js';
import {RiskAudit} from '../../src/risk/risk-audit.js';
import {RULES, TIMEFRAME_MS, d} from './trading.js';

export interface PaperRunOptions {
  readonly decision?: Partial<DecisionConfig>;
  readonly limits?: Partial<RiskLimits>;
  readonly paper?: Partial<PaperOptions>;
}

/** What one candle came to. */
export interface PaperStep {
  readonly events: readonly BrokerEvent[];
  readonly intent: Intent;
  readonly verdict: Verdict;
}

/** What the run journals, one record at a time: a candle and what was decided on it are one, as in one transaction. */
export type RunRecord =
  | Exclude<PaperRecord, {kind: 'order'}>
  | {readonly kind: 'decided'; readonly candle: Candle; readonly order?: OrderTerms};

/** The four trading stages in the order in which an engine calls them, and the records that it would journal. */
export class PaperRun {
  readonly records: RunRecord[] = [];
  readonly steps: PaperStep[] = [];
  readonly ledger: PositionManager;
  readonly risk: RiskAudit;
  readonly tracker = new OrderTracker();
  readonly decide: ReturnType<typeof createDecision>;
  broker: PaperBroker;

  constructor(options: PaperRunOptions = {}) {
    const symbol = RULES.symbol;
    const limits = riskLimits(TIMEFRAME_MS, options.limits);
    this.ledger = new PositionManager({symbol, lotSizeBase: RULES.lotSizeBase});
    this.risk = new RiskAudit({symbol, timeframeMs: TIMEFRAME_MS, limits, lotSizeBase: RULES.lotSizeBase});
    this.broker = new PaperBroker({rules: RULES, timeframeMs: TIMEFRAME_MS, ...options.paper});
    this.decide = createDecision({
      strategyId: 'test',
      rules: RULES,
      threshold: 0.6,
      maxNotionalQuote: d(1000),
      ...options.decision,
    });
  }

  /** As a restart does: the stages from the records, the venue's book as well. */
  static async recover(options: PaperRunOptions, records: readonly RunRecord[]): Promise<PaperRun> {
    const run = new PaperRun(options);
    for (const record of records) {
      run.records.push(record);
      if (record.kind === 'fill') run.#fill(record.fill);
      else if (record.kind === 'report') run.#report(record.report);
      else {
        run.#observe(record.candle);
        run.decide.observe(run.ledger.view(), record.candle);
        if (record.order !== undefined) run.#orderLeft(record.order);
      }
    }
    run.broker = PaperBroker.restore(
      {rules: RULES, timeframeMs: TIMEFRAME_MS, ...options.paper},
      records.flatMap(paperRecordsOf),
    );
    const {reports} = await reconcile(run.tracker.pending, run.broker);
    for (const report of reports) run.#journalReport(report);
    return run;
  }

  async step(candle: Candle, forecast: Forecast | undefined, halted = false): Promise<PaperStep> {
    const events = await this.broker.settle(candle);
    for (const event of events) {
      if (event.kind === 'fill') {
        this.records.push(event);
        this.#fill(event.fill);
      } else this.#journalReport(event.report);
    }
    this.#observe(candle);
    const account = this.ledger.view();
    const intent = this.decide(forecast, account, candle);
    const nowMs = candle.openTimeMs + TIMEFRAME_MS;
    const verdict = this.risk.review(intent, account, {candle, forecast, rules: RULES, nowMs, halted});
    const approved = verdict.kind === 'approved' ? verdict.order : undefined;
    this.records.push({kind: 'decided', candle, ...(approved === undefined ? {} : {order: approved})});
    if (approved !== undefined) {
      this.#orderLeft(approved);
      this.#journalReport(await this.broker.submit(approved));
    }
    const step = {events, intent, verdict};
    this.steps.push(step);
    return step;
  }

  /** Every event that the ledger saw, for folding it again. */
  ledgerEvents(): LedgerEvent[] {
    return this.records.flatMap((record): LedgerEvent[] => {
      if (record.kind === 'fill') return [record];
      if (record.kind === 'report') return [{kind: 'order-report', report: record.report}];
      const {candle, order} = record;
      const mark = {kind: 'mark', price: candle.close, timeMs: candle.openTimeMs + TIMEFRAME_MS} as const;
      return order === undefined ? [mark] : [mark, {kind: 'order-submitted', order}];
    });
  }

  get fills(): Fill[] {
    return this.records.flatMap((record) => (record.kind === 'fill' ? [record.fill] : []));
  }

  #observe(candle: Candle): void {
    this.ledger.mark(candle.close, candle.openTimeMs + TIMEFRAME_MS);
    this.risk.observe(candle);
  }

  #orderLeft(order: OrderTerms): void {
    this.tracker.created(order);
    this.ledger.orderSubmitted(order);
    this.risk.remember(order.decisionId);
  }

  #fill(fill: Fill): void {
    this.ledger.apply(fill);
    this.risk.apply(fill);
  }

  #journalReport(report: OrderReport): void {
    this.records.push({kind: 'report', report});
    this.#report(report);
  }

  #report(report: OrderReport): void {
    this.tracker.report(report);
    this.ledger.orderReport(report);
  }
}

function paperRecordsOf(record: RunRecord): PaperRecord[] {
  if (record.kind !== 'decided') return [record];
  return record.order === undefined ? [] : [{kind: 'order', order: record.order}];
}
