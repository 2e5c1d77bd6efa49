import type {Clock} from '../domain/clock.js';
import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {MarketRules} from '../domain/market-rules.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {
  readCandle,
  readFill,
  readHalt,
  readOrder,
  readReport,
  readUnresolved,
} from '../engine/journal-bodies.js';
import {marketRulesFor} from '../exchange/market-rules.js';
import {RESOLVED} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import {PositionManager} from '../ledger/position-manager.js';
import {summariseRun} from '../report/run-summary.js';
import type {RunSummary} from '../report/run-summary.js';
import {Journal} from '../store/journal.js';
import type {StoredEntry} from '../store/journal-entry.js';
import {readIdentity, rulesOf} from './run-identity.js';
import type {RunIdentity} from './run-identity.js';

const WALL_CLOCK: Clock = {nowMs: () => Date.now()};

/** A journal that is open for reading, and whose run it is. */
export interface OpenRun {
  readonly journal: Journal;
  readonly identity: RunIdentity;
  readonly rules: MarketRules;
}

/** What to throw for a journal without a first line. */
export class NoRunYet extends DlTradeError {
  constructor(directory: string) {
    super('JOURNAL_FAILED', `the journal in "${directory}" holds no run yet; start one there`, {
      details: {directory},
    });
  }
}

/** Opens the journal of a state directory for reading alone: one that is being written is not disturbed.
 *  @throws JOURNAL_FAILED where there is no journal or it holds no run yet, JOURNAL_CORRUPT */
export function openRun(directory: string): OpenRun {
  const journal = Journal.openForReading(directory, WALL_CLOCK);
  try {
    const session = journal.last('session');
    if (session === undefined) throw new NoRunYet(directory);
    const identity = readIdentity(session.body, directory);
    return {journal, identity, rules: rulesOf(identity, () => rulesOfVersion1(identity, journal))};
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** The simulated market's rules are those of its symbol; a file's follow from its first close. */
function rulesOfVersion1({symbol, feed}: RunIdentity, journal: Journal): MarketRules {
  if (feed.source === 'sim') return marketRulesFor(symbol);
  for (const {body} of journal.entries('candle', 'step'))
    return marketRulesFor(symbol, readCandle(body).candle.close);
  return marketRulesFor(symbol);
}

/** What a `step` line says was decided, as far as people ask. */
export interface LastDecision {
  readonly candleMs: number;
  readonly signal: string;
  readonly probability: number | null;
  /** Such as `order` and why, or `hold` and why. */
  readonly intent: {readonly kind: string; readonly reason: string; readonly side?: string};
  readonly verdict: {readonly kind: string; readonly reasons?: readonly string[]};
}

/** What a journal's lines come to: the account, folded by the ledger that traded it, and the last of everything. */
export interface RecordedRun {
  readonly identity: RunIdentity;
  readonly ledger: PositionManager;
  readonly summary: RunSummary;
  /** Quote, at the start and at the close of every candle from the first decided one on. */
  readonly equity: readonly number[];
  readonly lastCandle: Candle | undefined;
  readonly lastDecision: LastDecision | undefined;
  readonly halted: HaltOrder | undefined;
  readonly halts: number;
  readonly unresolved: Unresolved;
  /** Orders by what asked for them. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly finished: boolean;
}

/** Reads the journal of a state directory from end to end.
 *  @param onLine called at every line with how many there are
 *  @throws JOURNAL_FAILED JOURNAL_CORRUPT */
export function readRun(
  directory: string,
  onLine: (line: number, lines: number) => void = () => undefined,
): RecordedRun {
  const {journal, identity, rules} = openRun(directory);
  try {
    const lines = journal.length;
    const fold = new RunFold(identity, rules);
    const summary = summariseRun(
      (function* () {
        let line = 0;
        for (const entry of journal.entries()) {
          fold.take(entry);
          onLine(++line, lines);
          yield entry;
        }
      })(),
    );
    return {identity, summary, ...fold.outcome};
  } finally {
    journal.close();
  }
}

class RunFold {
  readonly #ledger: PositionManager;
  readonly #timeframeMs: number;
  readonly #equity: number[] = [];
  readonly #reasons = new Map<string, number>();
  #lastCandle: Candle | undefined;
  #lastStep: string | undefined;
  #halted: HaltOrder | undefined;
  #halts = 0;
  #unresolved: Unresolved = RESOLVED;
  #finished = false;

  constructor({symbol, timeframe, startingCashQuote}: RunIdentity, {lotSizeBase}: MarketRules) {
    this.#timeframeMs = parseTimeframe(timeframe).ms;
    this.#ledger = new PositionManager({
      ...{symbol, lotSizeBase},
      startingCashQuote: new Decimal(startingCashQuote),
    });
  }

  take({kind, body}: StoredEntry): void {
    switch (kind) {
      case 'candle':
      case 'step':
        this.#mark(kind, body);
        break;
      case 'order': {
        const order = readOrder(body);
        this.#ledger.orderSubmitted(order);
        const reason = order.decisionId.split(':').at(-1)!.replace(/-\d+$/, '');
        this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
        break;
      }
      case 'report':
        this.#ledger.orderReport(readReport(body));
        break;
      case 'fill':
        this.#ledger.apply(readFill(body));
        break;
      case 'halt':
        this.#halts += 1;
        this.#halted = readHalt(body);
        break;
      case 'resume':
        this.#halted = undefined;
        break;
      case 'unresolved':
        this.#unresolved = readUnresolved(body);
        break;
      case 'end':
        this.#finished = true;
        break;
      case 'session':
      case 'flatten':
      case 'stop':
        break;
    }
  }

  get outcome(): Omit<RecordedRun, 'identity' | 'summary'> {
    return {
      ledger: this.#ledger,
      equity: this.#equity,
      lastCandle: this.#lastCandle,
      lastDecision: this.#lastStep === undefined ? undefined : decisionOf(this.#lastStep),
      halted: this.#halted,
      halts: this.#halts,
      unresolved: this.#unresolved,
      reasons: Object.fromEntries(this.#reasons),
      finished: this.#finished,
    };
  }

  #mark(kind: 'candle' | 'step', body: string): void {
    const {candle} = readCandle(body);
    this.#lastCandle = candle;
    this.#ledger.mark(candle.close, candle.openTimeMs + this.#timeframeMs);
    if (kind === 'step') {
      if (this.#lastStep === undefined) this.#equity.push(this.#ledger.startingCashQuote.toNumber());
      this.#lastStep = body;
    }
    if (this.#lastStep !== undefined) this.#equity.push(this.#ledger.view().equityQuote.toNumber());
  }
}

interface StepBody {
  readonly candle: Candle;
  readonly forecast: {readonly probability: number} | null;
  readonly signal: string;
  readonly intent: LastDecision['intent'];
  readonly verdict: LastDecision['verdict'];
}

function decisionOf(body: string): LastDecision {
  const {candle, forecast, signal, intent, verdict} = JSON.parse(body) as StepBody;
  const {kind, reason, side} = intent;
  return {
    candleMs: candle.openTimeMs,
    signal,
    probability: forecast?.probability ?? null,
    intent: {kind, reason, ...(side === undefined ? {} : {side})},
    verdict: {kind: verdict.kind, ...(verdict.reasons === undefined ? {} : {reasons: verdict.reasons})},
  };
}
