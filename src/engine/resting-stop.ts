import {isRestingStop} from '../domain/account-view.js';
import type {AccountView, PendingOrderView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {Intent, OrderIntent} from '../domain/order.js';
import type {BrokerEvent} from '../execution/broker.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {EngineParts} from './engine-parts.js';
import type {EngineState} from './engine-state.js';
import {stopEntry} from './journal-bodies.js';
import type {Heard, OrderDesk} from './order-desk.js';
import type {StepRecord, StopRecord} from './step-record.js';

const NOTHING: StepRecord[] = [];

/** Keeps one stop order at the venue for what is held: placed as soon as something is, replaced where its quantity changes, taken back
 *  before anything else closes the position. Two orders never sell the same holding: where it is not certain that the stop has ended,
 *  nothing else is sold. */
export class RestingStop {
  readonly #parts: EngineParts;
  readonly #state: EngineState;
  readonly #desk: OrderDesk;
  /** True where a recorded journal says when a stop was placed or taken back: nothing is done of our own accord. */
  isFollowing = false;

  constructor(parts: EngineParts, state: EngineState, desk: OrderDesk) {
    this.#parts = parts;
    this.#state = state;
    this.#desk = desk;
  }

  /** True where an order that closes would come on top of a stop that may still sell. */
  isInTheWay(intent: Intent, account: AccountView): boolean {
    return intent.kind === 'order' && intent.reduceOnly && stopsOf(account).length > 0;
  }

  /** Brings the stop at the venue in line with what is held. A stop that was refused or has ended is placed anew at the next candle,
   *  one that the risk audit refused once the position has changed.
   *  @returns what came of it, in order
   *  @throws JOURNAL_FAILED; then nothing was sent */
  async tend(): Promise<StepRecord[]> {
    const candle = this.#state.lastCandle;
    if (this.isFollowing || candle === undefined) return NOTHING;
    const account = this.#parts.ledger.view();
    const isClosing = account.pendingOrders.some((order) => order.reduceOnly && !isRestingStop(order));
    if (isClosing) return NOTHING;

    const stops = stopsOf(account);
    if (stops.length === 0) return await this.#placeWhereDue(account, candle);
    const covered = stops.reduce((sum, {quantityBase}) => sum.plus(quantityBase), ZERO);
    if (covered.eq(this.#closable(account)) && this.#isWhereWanted(account, candle)) return NOTHING;
    const {records, entries} = await this.release();
    const after = this.#parts.ledger.view();
    const intent = stopsOf(after).length > 0 ? undefined : this.#wanted(after, candle);
    if (intent !== undefined)
      return [...records, ...(await this.#carryOut(intent, after, {candle, entries}))];
    if (entries.length > 0) this.#desk.append(entries, true);
    return records;
  }

  /** Takes back what rests, and hears what it had sold until then. Whether it has ended is for the account to say.
   *  @returns what was heard; its lines are to be kept together with those of what follows from it, so that a restart finds both */
  async release(): Promise<Heard> {
    if (this.isFollowing) return {records: [], entries: []};
    const {broker, ledger} = this.#parts;
    const stops = stopsOf(ledger.view());
    const events: BrokerEvent[] = [];
    for (const {clientOrderId, symbol} of stops) {
      const report = await broker.cancel(clientOrderId, symbol).catch((): undefined => undefined);
      if (report !== undefined) events.push({kind: 'order', report});
    }
    const {records, entries} = this.#desk.fold(events);
    // An end is told behind its fills, and those come as news.
    if (stopsOf(ledger.view()).length > 0) {
      const more = this.#desk.fold((await broker.news?.()) ?? []);
      records.push(...more.records);
      entries.push(...more.entries);
    }
    return {records, entries};
  }

  /** Decides on a stop for what is held, and sends it where the risk audit lets it.
   *  @returns nothing where none is wanted
   *  @throws JOURNAL_FAILED; then nothing was sent */
  async place(): Promise<StepRecord[]> {
    const candle = this.#state.lastCandle;
    if (candle === undefined) return NOTHING;
    const account = this.#parts.ledger.view();
    const intent = this.#wanted(account, candle);
    return intent === undefined ? NOTHING : await this.#carryOut(intent, account, {candle, entries: []});
  }

  async #placeWhereDue(account: AccountView, candle: Candle): Promise<StepRecord[]> {
    const intent = this.#wanted(account, candle);
    if (intent === undefined) return NOTHING;
    const {lastStop} = this.#state;
    const isSame =
      lastStop?.stopPrice.eq(intent.stopPrice ?? ZERO) === true
      && lastStop.quantityBase.eq(intent.quantityBase);
    if (isSame && (lastStop.isRefused || lastStop.candleMs === candle.openTimeMs)) return NOTHING;
    return await this.#carryOut(intent, account, {candle, entries: []});
  }

  /** @param entries lines of what it follows from */
  async #carryOut(
    intent: OrderIntent,
    account: AccountView,
    {candle, entries}: {readonly candle: Candle; readonly entries: readonly NewEntry[]},
  ): Promise<StepRecord[]> {
    const {verdict, context} = this.#desk.review(intent, account, {candle, forecast: undefined});
    const record: StopRecord = {kind: 'stop', candle, account, intent, verdict};
    this.#state.stopDecided(record);
    return [record, ...(await this.#desk.carryOut([...entries, stopEntry(record, context)], verdict, true))];
  }

  #wanted(account: AccountView, candle: Candle): OrderIntent | undefined {
    const {newestPrice, stopsDecided} = this.#state;
    const price = newestPrice ?? new Decimal(candle.close);
    return this.#parts.protect?.(account, {candle, price, sequence: stopsDecided});
  }

  /** False where settings have changed since the stop was placed: there is to be none, or at another price. Where the market has passed
   *  the price that is wanted now, what rests is better than nothing. */
  #isWhereWanted(account: AccountView, candle: Candle): boolean {
    if (this.#parts.protect === undefined) return false;
    if (!this.#state.isStopOutdated) return true;
    const wanted = this.#wanted(account, candle)?.stopPrice;
    return wanted === undefined || stopsOf(account).every(({stopPrice}) => stopPrice?.eq(wanted) === true);
  }

  #closable({positions: [position]}: AccountView): Decimal {
    const {lotSizeBase} = this.#parts.rules;
    return position === undefined
      ? ZERO
      : position.quantityBase.dividedToIntegerBy(lotSizeBase).times(lotSizeBase);
  }
}

function stopsOf({pendingOrders}: AccountView): readonly PendingOrderView[] {
  return pendingOrders.filter(isRestingStop);
}
