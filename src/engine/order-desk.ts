import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Forecast} from '../domain/forecast.js';
import type {ApprovedOrder, Intent} from '../domain/order.js';
import type {Verdict} from '../domain/verdict.js';
import type {BrokerEvent} from '../execution/broker.js';
import type {ReviewContext} from '../risk/risk-check.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {EngineParts} from './engine-parts.js';
import type {EngineState} from './engine-state.js';
import {fillEntry, orderEntry, reportEntry} from './journal-bodies.js';
import type {StepRecord} from './step-record.js';

/** A verdict, and the moment it was given at. */
export interface Reviewed {
  readonly verdict: Verdict;
  readonly context: ReviewContext;
}

/** News that has been taken in, and the lines that keep it. */
export interface Heard {
  readonly records: StepRecord[];
  readonly entries: NewEntry[];
}

/** Between the engine's decisions and the broker: intents are reviewed, orders are on disk before they leave, and what the broker says
 *  of them is kept before anything follows from it. */
export class OrderDesk {
  readonly #parts: EngineParts;
  readonly #state: EngineState;

  constructor(parts: EngineParts, state: EngineState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** Asks the risk audit about an intent, at this moment. */
  review(
    intent: Intent,
    account: AccountView,
    {candle, forecast}: {readonly candle: Candle; readonly forecast: Forecast | undefined},
  ): Reviewed {
    const {halted} = this.#state;
    const {rules, risk} = this.#parts;
    const context = {candle, forecast, rules, nowMs: this.#state.nowMs(candle), halted};
    return {verdict: risk.review(intent, account, context), context};
  }

  /** Keeps the lines of a decision, and sends the order that it led to. Whatever dies between the two, the order is known, and never
   *  sent twice.
   *  @param durable whether the lines must not be lost even where no order follows
   *  @returns what the broker said of the order
   *  @throws JOURNAL_FAILED; then nothing was sent */
  async carryOut(lines: readonly NewEntry[], verdict: Verdict, durable = false): Promise<StepRecord[]> {
    const order = verdict.kind === 'approved' ? verdict.order : undefined;
    this.append(order === undefined ? lines : [...lines, orderEntry(order)], durable || order !== undefined);
    return order === undefined ? [] : await this.#send(order);
  }

  /** Takes what a broker said of orders and fills; what had been heard before changes nothing.
   *  @throws JOURNAL_FAILED */
  takeNews(events: readonly BrokerEvent[]): StepRecord[] {
    if (events.length === 0) return [];
    const {records, entries} = this.fold(events);
    if (entries.length > 0) this.append(entries, true);
    return records;
  }

  /** As `takeNews`, with the lines left to the caller to keep. */
  fold(events: readonly BrokerEvent[]): Heard {
    const records: StepRecord[] = [];
    const entries: NewEntry[] = [];
    for (const event of events) {
      const record = this.#state.heard(event);
      if (record === undefined) continue;
      records.push(record);
      entries.push(record.kind === 'fill' ? fillEntry(record.fill) : reportEntry(record.report));
    }
    return {records, entries};
  }

  /** Cancels what would still open something. An order whose cancelling fails stays pending and is canceled again before the next
   *  decision: what the venue made of it comes in as news. */
  async cancelOpening(): Promise<BrokerEvent[]> {
    const events: BrokerEvent[] = [];
    for (const {order} of this.#state.orders.pending) {
      if (order.reduceOnly) continue;
      const report = await this.#parts.broker
        .cancel(order.clientOrderId, order.symbol)
        .catch((): undefined => undefined);
      if (report !== undefined) events.push({kind: 'order', report});
    }
    return events;
  }

  /** False where nothing is kept, so that no line has to be made. */
  get keeps(): boolean {
    return this.#parts.journal !== undefined;
  }

  /** @throws JOURNAL_FAILED */
  append(entries: readonly NewEntry[], durable: boolean): void {
    this.#parts.journal?.append(entries, {durable});
  }

  async #send(order: ApprovedOrder): Promise<StepRecord[]> {
    this.#state.ordered(order);
    return this.takeNews([{kind: 'order', report: await this.#parts.broker.submit(order)}]);
  }
}
