import {DlTradeError} from '../domain/errors.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {Unresolved} from '../execution/unresolved.js';
import {KillSwitch} from './kill-switch.js';
import {openOrdersOf} from './open-order.js';
import type {OpenOrder} from './open-order.js';
import {NoRunYet, readRun} from './recorded-run.js';
import type {LastDecision, RecordedRun} from './recorded-run.js';
import {listStateDirectories, runningIn} from './state-directories.js';

/** How a strategy stands, by its journal. Money in quote and quantities in base, as exact decimal strings. */
export interface RunStatus {
  readonly stateDirectory: string;
  readonly model: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** `paper`, or the venue that orders go to. */
  readonly broker: string;
  /** Where its candles come from: `sim`, `replay`, or an exchange. */
  readonly source: string;
  /** `stopped`: it goes on where it left off when it is started again. */
  readonly state: 'running' | 'stopped' | 'finished';
  readonly pid: number | null;
  /** The kill switch's command that the strategy obeys; null where it may open. */
  readonly halted: HaltOrder | null;
  /** The command that lies in the state directory; where it is another one, no process has obeyed it yet. */
  readonly haltOrdered: HaltOrder | null;
  /** What is unknown of where it stands at its venue: nothing is opened meanwhile. */
  readonly unresolved: Unresolved;
  readonly decisions: number;
  /** Open time of the last closed candle that was taken in, ms, UTC. */
  readonly lastCandleMs: number | null;
  readonly position: {
    readonly side: 'long' | 'short';
    readonly quantityBase: string;
    readonly averageEntryPrice: string;
    readonly unrealisedPnlQuote: string;
    readonly openedAtMs: number;
  } | null;
  readonly openOrders: readonly OpenOrder[];
  readonly cashQuote: string | null;
  readonly equityQuote: string | null;
  /** Fall from the UTC day's peak of equity, a fraction of it. */
  readonly dayDrawdown: number | null;
  /** Change since the UTC day's first equity, a fraction of it. */
  readonly dayReturn: number | null;
  readonly lastDecision: LastDecision | null;
}

/** A state directory whose journal holds no run yet: what was started there was refused before its first line. */
export interface NoRunStatus {
  readonly stateDirectory: string;
  readonly state: 'no run yet';
}

/** A state directory whose journal could not be read, or that may not be looked into. */
export interface UnreadableStatus {
  readonly stateDirectory: string;
  readonly error: {readonly code: string; readonly message: string};
}

/** How every strategy below a root stands; one that cannot be read does not hide the others. */
export function statusOfAll(
  root?: string,
  onLine?: (line: number, lines: number) => void,
): (RunStatus | NoRunStatus | UnreadableStatus)[] {
  const {found, unreadable} = listStateDirectories(root);
  return [
    ...found.map((directory) => {
      try {
        return statusIn(directory, onLine);
      } catch (error) {
        if (!(error instanceof DlTradeError)) throw error;
        return unreadableStatus(directory, error);
      }
    }),
    ...unreadable.map(({directory, error}) => unreadableStatus(directory, error)),
  ];
}

/** How the strategy of a state directory stands, if one has begun there.
 *  @throws JOURNAL_FAILED JOURNAL_CORRUPT */
export function statusIn(
  directory: string,
  onLine?: (line: number, lines: number) => void,
): RunStatus | NoRunStatus {
  try {
    return statusOf(directory, onLine);
  } catch (error) {
    if (error instanceof NoRunYet) return {stateDirectory: directory, state: 'no run yet'};
    throw error;
  }
}

function unreadableStatus(directory: string, {code, message}: DlTradeError): UnreadableStatus {
  return {stateDirectory: directory, error: {code, message}};
}

/** How the strategy of a state directory stands. Reads its journal, its lock and its kill switch, and nothing else.
 *  @throws JOURNAL_FAILED JOURNAL_CORRUPT */
export function statusOf(directory: string, onLine?: (line: number, lines: number) => void): RunStatus {
  const run = readRun(directory, onLine);
  const holder = runningIn(directory);
  const {identity, lastCandle, halted, unresolved, lastDecision, finished} = run;
  const haltOrdered = new KillSwitch(directory).command ?? null;
  return {
    stateDirectory: directory,
    ...{model: identity.model, symbol: identity.symbol, timeframe: identity.timeframe},
    ...{broker: identity.broker, source: identity.feed.source},
    state: holder !== undefined ? 'running' : finished ? 'finished' : 'stopped',
    pid: holder?.pid ?? null,
    // Over is over: nobody is left to journal that a finished run may go on.
    halted: finished && haltOrdered === null ? null : (halted ?? null),
    haltOrdered,
    unresolved,
    decisions: run.summary.decisions,
    lastCandleMs: lastCandle?.openTimeMs ?? null,
    ...accountOf(run),
    lastDecision: lastDecision ?? null,
  };
}

type AccountStatus = Pick<
  RunStatus,
  'position' | 'openOrders' | 'cashQuote' | 'equityQuote' | 'dayDrawdown' | 'dayReturn'
>;

function accountOf({ledger, lastCandle}: RecordedRun): AccountStatus {
  if (lastCandle === undefined) {
    return {
      ...{position: null, openOrders: [], cashQuote: null, equityQuote: null},
      ...{dayDrawdown: null, dayReturn: null},
    };
  }
  const account = ledger.view();
  const [position] = account.positions;
  const {equityQuote, dayPeakEquityQuote, dayStartEquityQuote} = account;
  return {
    position:
      position === undefined
        ? null
        : {
            side: position.side,
            quantityBase: position.quantityBase.toFixed(),
            averageEntryPrice: position.averageEntryPrice.toFixed(),
            unrealisedPnlQuote: position.unrealisedPnlQuote.toFixed(),
            openedAtMs: position.openedAtMs,
          },
    openOrders: openOrdersOf(account.pendingOrders),
    cashQuote: account.cashQuote.toFixed(),
    equityQuote: equityQuote.toFixed(),
    dayDrawdown: 1 - equityQuote.dividedBy(dayPeakEquityQuote).toNumber(),
    dayReturn: equityQuote.dividedBy(dayStartEquityQuote).toNumber() - 1,
  };
}
