import {ZERO} from '../domain/decimal.js';
import type {Decimal} from '../domain/decimal.js';
import {parseTimeframe} from '../domain/timeframe.js';
import type {ClosedTrade} from '../ledger/closed-trade.js';
import {performanceOf} from '../report/performance.js';
import type {Performance} from '../report/performance.js';
import type {RunSummary} from '../report/run-summary.js';
import {RISK_CHECKS} from '../risk/check-registry.js';
import {readRun} from './recorded-run.js';
import type {RunIdentity} from './run-identity.js';

/** A round trip; money in quote and quantities in base, as exact decimal strings. */
export interface ReportedTrade {
  readonly side: 'long' | 'short';
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  readonly quantityBase: string;
  readonly averageEntryPrice: string;
  readonly averageExitPrice: string;
  readonly grossPnlQuote: string;
  readonly feesQuote: string;
  /** After fees. */
  readonly pnlQuote: string;
}

/** What a run came to, by its journal. */
export interface RunReport {
  readonly stateDirectory: string;
  /** The first line of the journal: all that the decisions depended on. */
  readonly identity: RunIdentity;
  readonly finished: boolean;
  readonly summary: RunSummary;
  /** Null before the first decision. */
  readonly performance: Performance | null;
  readonly trades: {
    readonly closed: number;
    readonly won: number;
    readonly lost: number;
    /** After fees. */
    readonly pnlQuote: string;
    readonly feesQuote: string;
    /** What was won over what was lost; null where nothing was lost. */
    readonly profitFactor: number | null;
    readonly meanHoldingMs: number | null;
    readonly best: ReportedTrade | null;
    readonly worst: ReportedTrade | null;
    readonly list: readonly ReportedTrade[];
  };
  /** Orders by what asked for them: `open-buy`, `close-sell`, or an exit rule. */
  readonly ordersByReason: Readonly<Record<string, number>>;
  /** Refusals by check and code. */
  readonly refusalsByCheck: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How often the kill switch was turned on. */
  readonly halts: number;
}

/** Reads what a run came to from its journal alone.
 *  @throws JOURNAL_FAILED JOURNAL_CORRUPT */
export function reportOf(directory: string, onLine?: (line: number, lines: number) => void): RunReport {
  const {identity, ledger, summary, equity, reasons, halts, finished} = readRun(directory, onLine);
  return {
    ...{stateDirectory: directory, identity, finished, summary},
    performance: equity.length > 1 ? performanceOf(equity, parseTimeframe(identity.timeframe).ms) : null,
    trades: tradesOf(ledger.trades),
    ordersByReason: reasons,
    refusalsByCheck: refusalsByCheck(summary.refusals),
    halts,
  };
}

function tradesOf(trades: readonly ClosedTrade[]): RunReport['trades'] {
  const pnls = trades.map(({pnlQuote}) => pnlQuote);
  const sum = (values: readonly Decimal[]): Decimal =>
    values.reduce((total, value) => total.plus(value), ZERO);
  const won = pnls.filter((pnl) => pnl.gt(0));
  const lost = pnls.filter((pnl) => pnl.lt(0));
  const ordered = [...trades].sort((a, b) => a.pnlQuote.comparedTo(b.pnlQuote) ?? 0);
  const [worst, best] = [ordered.at(0), ordered.at(-1)];
  return {
    ...{closed: trades.length, won: won.length, lost: lost.length},
    pnlQuote: sum(pnls).toFixed(),
    feesQuote: sum(trades.map(({feesQuote}) => feesQuote)).toFixed(),
    profitFactor: lost.length === 0 ? null : sum(won).dividedBy(sum(lost).negated()).toNumber(),
    meanHoldingMs:
      trades.length === 0
        ? null
        : trades.reduce((total, {holdingMs}) => total + holdingMs, 0) / trades.length,
    best: best === undefined ? null : reported(best),
    worst: worst === undefined ? null : reported(worst),
    list: trades.map(reported),
  };
}

function reported({side, openedAtMs, closedAtMs, ...amounts}: ClosedTrade): ReportedTrade {
  return {
    ...{side, openedAtMs, closedAtMs},
    quantityBase: amounts.quantityBase.toFixed(),
    averageEntryPrice: amounts.averageEntryPrice.toFixed(),
    averageExitPrice: amounts.averageExitPrice.toFixed(),
    grossPnlQuote: amounts.grossPnlQuote.toFixed(),
    feesQuote: amounts.feesQuote.toFixed(),
    pnlQuote: amounts.pnlQuote.toFixed(),
  };
}

/** Refusals by the check of the risk audit that has their code. */
export function refusalsByCheck(
  refusals: Readonly<Record<string, number>>,
): Record<string, Record<string, number>> {
  const checks: Record<string, Record<string, number>> = {};
  for (const [code, count] of Object.entries(refusals)) {
    const check = RISK_CHECKS.find(({codes}) => codes.includes(code))?.id ?? 'unknown';
    checks[check] = {...checks[check], [code]: count};
  }
  return checks;
}
