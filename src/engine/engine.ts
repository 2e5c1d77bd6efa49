import type {Candle} from '../domain/candle.js';
import type {Clock} from '../domain/clock.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {AccountView} from '../domain/account-view.js';
import type {HaltOrder, HaltSource} from '../domain/halt-order.js';
import type {ApprovedOrder, Fill, Intent, OrderReport, OrderTerms} from '../domain/order.js';
import type {Decide} from '../decision/decide.js';
import {toPrediction} from '../decision/signal.js';
import type {Broker, BrokerEvent} from '../execution/broker.js';
import type {OrderState} from '../execution/order-state.js';
import {OrderTracker} from '../execution/order-tracker.js';
import {isCertain, isSameUnresolved, RESOLVED} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import type {FeatureStream, ObservedFeatureRow} from '../features/feature-stream.js';
import type {PositionManager} from '../ledger/position-manager.js';
import type {Predictor} from '../model/predictor.js';
import type {RiskAudit} from '../risk/risk-audit.js';
import type {ReviewContext} from '../risk/risk-check.js';
import type {NewEntry} from '../store/journal-entry.js';
import {
  candleEntry,
  fillEntry,
  flattenEntry,
  haltEntry,
  orderEntry,
  reportEntry,
  resumeEntry,
  stepEntry,
  unresolvedEntry,
} from './journal-bodies.js';
import type {DecisionRecord, FlattenRecord, StepRecord} from './step-record.js';

/** What the engine runs on; backtest, paper and live differ in `broker`, `clock` and where the candles come from. */
export interface EngineParts {
  readonly features: Pick<FeatureStream, 'push'>;
  /** `predict` gives nothing until a sequence is full; `observe` only fills it. */
  readonly predictor: Pick<Predictor, 'predict' | 'observe'>;
  readonly decide: Decide;
  /** What closes all that is held.
   *  @param command of the kill switch, where it acts between two candles: each command is a decision of its own */
  readonly flatten: (account: AccountView, candle: Candle, command?: HaltOrder) => Intent;
  readonly risk: RiskAudit;
  readonly ledger: PositionManager;
  readonly broker: Broker;
  readonly journal: {append(entries: readonly NewEntry[], options: {readonly durable: boolean}): void};
  /** Undefined: the close of the last candle that was taken in, the clock of everything but a live run. */
  readonly clock: Clock | undefined;
  readonly rules: MarketRules;
  readonly timeframeMs: number;
  /** Buy above it, sell below 1 - it. */
  readonly threshold: number;
  /** Undefined: the kill switch stays as the journal left it. */
  readonly killSwitch: HaltSource | undefined;
}

/** The loop: candles and news in, one at a time; records out, each on disk before anything that follows from it is sent.
 *  Nothing else in the project knows the order of the stages. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #orders = new OrderTracker();
  #halt: HaltOrder | undefined;
  #unresolved: Unresolved = RESOLVED;
  #lastCandle: Candle | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Takes a closed candle: first what the broker made of it, then the decision.
   *  @throws JOURNAL_FAILED where a record cannot be kept: then nothing that follows from it has been sent */
  async process(candle: Candle): Promise<StepRecord[]> {
    const news = this.takeNews(await this.#parts.broker.settle(candle));
    // As late as can be: what the broker had to say may have taken a while.
    news.push(...(await this.obey(candle)));
    if (this.#halt !== undefined) news.push(...this.takeNews(await this.#cancelOpening()));

    const row = this.#observe(candle);
    const forecast = row === undefined ? undefined : this.#parts.predictor.predict(row);

    const {ledger, decide, risk, rules} = this.#parts;
    const account = ledger.view();
    const wanted = decide(forecast, account, candle);
    const intent = this.#flattening(account, candle) ?? wanted;
    // Without a forecast only an exit rule can want something: behind a gap a stop still has to hold.
    if (forecast === undefined && intent.kind === 'hold') return [...news, this.#warmUp(candle, row)];

    const context = {candle, forecast, rules, nowMs: this.#nowMs(candle), halted: this.halted};
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
    const {records, entries} = this.#fold(events);
    if (entries.length > 0) this.#append(entries, true);
    return records;
  }

  /** Asks the kill switch and does what it says. Where it is on: opening orders that wait are canceled, nothing is opened, exits go
   *  on; with `flatten` what is held is closed at once, and again at every candle on which something still is.
   *  @param deciding the candle that is about to be decided on, whose decision closes then; left out: between two candles
   *  @throws JOURNAL_FAILED */
  async obey(deciding?: Candle): Promise<StepRecord[]> {
    if (this.#parts.killSwitch === undefined) return [];
    const {command} = this.#parts.killSwitch;
    if (isSameCommand(command, this.#halt)) return [];
    return command === undefined ? this.#resume(deciding) : this.#turnOn(command, deciding);
  }

  /** Says what is unknown of where we stand at the venue: while there is any, nothing is opened.
   *  @throws JOURNAL_FAILED */
  setUnresolved(unresolved: Unresolved): void {
    const isSame = isSameUnresolved(unresolved, this.#unresolved);
    this.#unresolved = unresolved;
    if (!isSame) this.#append([unresolvedEntry(unresolved)], true);
  }

  /** The command of the kill switch, while it is on. */
  get haltCommand(): HaltOrder | undefined {
    return this.#halt;
  }

  /** True while nothing may be opened: the kill switch is on, or it is unknown where we stand at the venue. */
  get halted(): boolean {
    return this.#halt !== undefined || !isCertain(this.#unresolved);
  }

  get unresolved(): Unresolved {
    return this.#unresolved;
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

  /** Takes the kill switch's state in that an earlier life journalled. */
  recallHalt(command: HaltOrder | undefined): void {
    this.#halt = command;
  }

  /** Takes in what an earlier life did not know. */
  recallUnresolved(unresolved: Unresolved): void {
    this.#unresolved = unresolved;
  }

  async #turnOn(command: HaltOrder, deciding: Candle | undefined): Promise<StepRecord[]> {
    // Before anything is awaited: whatever fails below, nothing opens.
    this.#halt = command;
    const {records, entries} = this.#fold(await this.#cancelOpening());
    records.unshift({kind: 'halted', command});
    entries.unshift(haltEntry(command, deciding));

    const flattened = deciding === undefined ? this.#flattenNow(command) : undefined;
    if (flattened === undefined) {
      this.#append(entries, true);
      return records;
    }
    const {record, context} = flattened;
    const order = record.verdict.kind === 'approved' ? record.verdict.order : undefined;
    // One transaction: a restart finds the command carried out, or not yet begun.
    entries.push(flattenEntry(record, context), ...(order === undefined ? [] : [orderEntry(order)]));
    this.#append(entries, true);
    return [...records, record, ...(order === undefined ? [] : await this.#send(order))];
  }

  #resume(deciding: Candle | undefined): StepRecord[] {
    this.#append([resumeEntry(deciding)], true);
    this.#halt = undefined;
    return [{kind: 'resumed'}];
  }

  #fold(events: readonly BrokerEvent[]): {records: StepRecord[]; entries: NewEntry[]} {
    const records: StepRecord[] = [];
    const entries: NewEntry[] = [];
    for (const event of events) {
      const record = event.kind === 'fill' ? this.#fill(event.fill) : this.#report(event.report);
      if (record === undefined) continue;
      records.push(record);
      entries.push(record.kind === 'fill' ? fillEntry(record.fill) : reportEntry(record.report));
    }
    return {records, entries};
  }

  /** Cancels what would still open something. An order whose cancelling fails stays pending and is canceled again before the next
   *  decision: what the venue made of it comes in as news. */
  async #cancelOpening(): Promise<BrokerEvent[]> {
    const events: BrokerEvent[] = [];
    for (const {order} of this.#orders.pending) {
      if (order.reduceOnly) continue;
      const report = await this.#parts.broker
        .cancel(order.clientOrderId, order.symbol)
        .catch((): undefined => undefined);
      if (report !== undefined) events.push({kind: 'order', report});
    }
    return events;
  }

  /** The intent to close what is held, where the kill switch asks for it and nothing is on its way out already. */
  #flattening(account: AccountView, candle: Candle, command?: HaltOrder): Intent | undefined {
    const isClosing = account.pendingOrders.some(({reduceOnly}) => reduceOnly);
    if (this.#halt?.flatten !== true || isClosing) return undefined;
    const intent = this.#parts.flatten(account, candle, command);
    return intent.kind === 'order' ? intent : undefined;
  }

  #flattenNow(command: HaltOrder): {record: FlattenRecord; context: ReviewContext} | undefined {
    const candle = this.#lastCandle;
    if (candle === undefined) return undefined;
    const {ledger, risk, rules} = this.#parts;
    const account = ledger.view();
    const intent = this.#flattening(account, candle, command);
    if (intent === undefined) return undefined;
    const context = {candle, forecast: undefined, rules, nowMs: this.#nowMs(candle), halted: this.halted};
    return {
      record: {kind: 'flattened', candle, account, intent, verdict: risk.review(intent, account, context)},
      context,
    };
  }

  #observe(candle: Candle, recalledSentiment?: number | null): ObservedFeatureRow | undefined {
    const {features, risk, ledger, timeframeMs} = this.#parts;
    this.#lastCandle = candle;
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

  #nowMs(lastCandle: Candle): number {
    return this.#parts.clock?.nowMs() ?? lastCandle.openTimeMs + this.#parts.timeframeMs;
  }

  #append(entries: readonly NewEntry[], durable: boolean): void {
    this.#parts.journal.append(entries, {durable});
  }
}

function isSameCommand(one: HaltOrder | undefined, other: HaltOrder | undefined): boolean {
  return (
    one === other
    || (one?.requestedAtMs === other?.requestedAtMs
      && one?.flatten === other?.flatten
      && one?.reason === other?.reason)
  );
}
