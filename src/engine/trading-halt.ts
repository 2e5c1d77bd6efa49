import {isRestingStop} from '../domain/account-view.js';
import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {Intent} from '../domain/order.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {EngineParts} from './engine-parts.js';
import type {EngineState} from './engine-state.js';
import {flattenEntry, haltEntry, resumeEntry} from './journal-bodies.js';
import type {OrderDesk} from './order-desk.js';
import type {RestingStop} from './resting-stop.js';
import type {FlattenRecord, StepRecord} from './step-record.js';

type Flattening = Pick<FlattenRecord, 'candle' | 'account' | 'intent'>;

/** What the engine does about the kill switch. Where it is on: opening orders that wait are canceled, nothing is opened, exits go on;
 *  with `flatten` what is held is closed at once, and again at every candle on which something still is. */
export class TradingHalt {
  readonly #parts: EngineParts;
  readonly #state: EngineState;
  readonly #desk: OrderDesk;
  readonly #stop: RestingStop;

  constructor(parts: EngineParts, state: EngineState, {desk, stop}: {desk: OrderDesk; stop: RestingStop}) {
    this.#parts = parts;
    this.#state = state;
    this.#desk = desk;
    this.#stop = stop;
  }

  /** Asks the switch and does what it says.
   *  @param deciding the candle that is about to be decided on, whose decision closes then; left out: between two candles
   *  @throws JOURNAL_FAILED */
  async obey(deciding?: Candle): Promise<StepRecord[]> {
    if (this.#parts.killSwitch === undefined) return [];
    const {command} = this.#parts.killSwitch;
    if (isSameCommand(command, this.#state.halt)) return [];
    return command === undefined ? this.#resume(deciding) : this.#turnOn(command, deciding);
  }

  /** True where the switch says nothing new, and nothing has to be done about what it says. */
  get isAsItStands(): boolean {
    return this.#state.halt === undefined && this.#parts.killSwitch?.command === undefined;
  }

  /** The intent to close what is held, where the switch asks for it and nothing is on its way out already.
   *  @param command where it acts between two candles */
  flattening(account: AccountView, candle: Candle, command?: HaltOrder): Intent | undefined {
    const isClosing = account.pendingOrders.some((order) => order.reduceOnly && !isRestingStop(order));
    if (this.#state.halt?.flatten !== true || isClosing) return undefined;
    const intent = this.#parts.flatten(account, candle, command);
    return intent.kind === 'order' ? intent : undefined;
  }

  /** Closes what is held, where the command says so and no stop may sell it as well; else the next candle sees to it.
   *  @param before lines of what it follows from
   *  @throws JOURNAL_FAILED; then nothing was sent */
  async flattenNow(before: readonly NewEntry[] = []): Promise<StepRecord[]> {
    const wanted = this.#state.halt === undefined ? undefined : this.#flatteningNow(this.#state.halt);
    if (wanted !== undefined && !this.#stop.isInTheWay(wanted.intent, wanted.account))
      return await this.#carryOut(wanted, before);
    if (before.length > 0) this.#desk.append(before, true);
    return [];
  }

  async #turnOn(command: HaltOrder, deciding: Candle | undefined): Promise<StepRecord[]> {
    // Before anything is awaited: whatever fails below, nothing opens.
    this.#state.halt = command;
    const {records, entries} = this.#desk.fold(await this.#desk.cancelOpening());
    records.unshift({kind: 'halted', command});
    entries.unshift(haltEntry(command, deciding));

    const wanted = deciding === undefined ? this.#flatteningNow(command) : undefined;
    if (wanted === undefined) {
      this.#desk.append(entries, true);
      return records;
    }
    // One transaction: a restart finds the command carried out, or not yet begun.
    if (!this.#stop.isInTheWay(wanted.intent, wanted.account))
      return [...records, ...(await this.#carryOut(wanted, entries))];
    // What the stop has sold by now is not to be sold again.
    const released = await this.#stop.release();
    return [...records, ...released.records, ...(await this.flattenNow([...entries, ...released.entries]))];
  }

  #resume(deciding: Candle | undefined): StepRecord[] {
    this.#desk.append([resumeEntry(deciding)], true);
    this.#state.halt = undefined;
    return [{kind: 'resumed'}];
  }

  #flatteningNow(command: HaltOrder): Flattening | undefined {
    const candle = this.#state.lastCandle;
    if (candle === undefined) return undefined;
    const account = this.#parts.ledger.view();
    const intent = this.flattening(account, candle, command);
    return intent === undefined ? undefined : {candle, account, intent};
  }

  async #carryOut(wanted: Flattening, before: readonly NewEntry[]): Promise<StepRecord[]> {
    const {candle, account, intent} = wanted;
    const {verdict, context} = this.#desk.review(intent, account, {candle, forecast: undefined});
    const record: FlattenRecord = {kind: 'flattened', candle, account, intent, verdict};
    const lines = [...before, flattenEntry(record, context)];
    return [record, ...(await this.#desk.carryOut(lines, verdict, true))];
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
