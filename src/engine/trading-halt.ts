import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {Intent} from '../domain/order.js';
import type {EngineParts} from './engine-parts.js';
import type {EngineState} from './engine-state.js';
import {flattenEntry, haltEntry, resumeEntry} from './journal-bodies.js';
import type {OrderDesk, Reviewed} from './order-desk.js';
import type {FlattenRecord, StepRecord} from './step-record.js';

/** What the engine does about the kill switch. Where it is on: opening orders that wait are canceled, nothing is opened, exits go on;
 *  with `flatten` what is held is closed at once, and again at every candle on which something still is. */
export class TradingHalt {
  readonly #parts: EngineParts;
  readonly #state: EngineState;
  readonly #desk: OrderDesk;

  constructor(parts: EngineParts, state: EngineState, desk: OrderDesk) {
    this.#parts = parts;
    this.#state = state;
    this.#desk = desk;
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

  /** The intent to close what is held, where the switch asks for it and nothing is on its way out already.
   *  @param command where it acts between two candles */
  flattening(account: AccountView, candle: Candle, command?: HaltOrder): Intent | undefined {
    const isClosing = account.pendingOrders.some(({reduceOnly}) => reduceOnly);
    if (this.#state.halt?.flatten !== true || isClosing) return undefined;
    const intent = this.#parts.flatten(account, candle, command);
    return intent.kind === 'order' ? intent : undefined;
  }

  async #turnOn(command: HaltOrder, deciding: Candle | undefined): Promise<StepRecord[]> {
    // Before anything is awaited: whatever fails below, nothing opens.
    this.#state.halt = command;
    const {records, entries} = this.#desk.fold(await this.#desk.cancelOpening());
    records.unshift({kind: 'halted', command});
    entries.unshift(haltEntry(command, deciding));

    const flattened = deciding === undefined ? this.#flattenNow(command) : undefined;
    if (flattened === undefined) {
      this.#desk.append(entries, true);
      return records;
    }
    const {record, context} = flattened;
    // One transaction: a restart finds the command carried out, or not yet begun.
    entries.push(flattenEntry(record, context));
    return [...records, record, ...(await this.#desk.carryOut(entries, record.verdict, true))];
  }

  #resume(deciding: Candle | undefined): StepRecord[] {
    this.#desk.append([resumeEntry(deciding)], true);
    this.#state.halt = undefined;
    return [{kind: 'resumed'}];
  }

  #flattenNow(command: HaltOrder): (Pick<Reviewed, 'context'> & {record: FlattenRecord}) | undefined {
    const candle = this.#state.lastCandle;
    if (candle === undefined) return undefined;
    const account = this.#parts.ledger.view();
    const intent = this.flattening(account, candle, command);
    if (intent === undefined) return undefined;
    const {verdict, context} = this.#desk.review(intent, account, {candle, forecast: undefined});
    return {record: {kind: 'flattened', candle, account, intent, verdict}, context};
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
