import type {Clock} from '../domain/clock.js';
import {ZERO} from '../domain/decimal.js';
import type {HaltOrder, HaltSource} from '../domain/halt-order.js';
import type {OrderReport} from '../domain/order.js';
import type {Broker} from '../execution/broker.js';
import type {SentimentSeries} from '../features/sentiment.js';
import {bodyDifferences} from '../store/body-differences.js';
import type {BodyDifference} from '../store/body-differences.js';
import {canonicalJson} from '../store/journal-entry.js';
import type {EntryKind, NewEntry, StoredEntry} from '../store/journal-entry.js';
import {readCandle, readHalt, readReport} from './journal-bodies.js';

/** The first line at which a replay came to something else. */
export interface ReplayDifference {
  readonly seq: number;
  readonly kind: EntryKind;
  /** Open time of the candle that the line belongs to, ms, UTC; null for one of none. */
  readonly candleMs: number | null;
  /** What was computed in its place; null where nothing was. */
  readonly computedKind: EntryKind | null;
  /** Field by field, where the kinds agree. */
  readonly fields: readonly BodyDifference[];
}

/** A journal as the script of its own replay: hands out what no computation can reproduce (what the venue said, what the clock and
 *  the sentiment were, when the kill switch was turned) and compares everything that is computed, byte for byte. */
export class ReplayScript {
  readonly #lines: Iterator<StoredEntry>;
  /** Read, and not yet compared. */
  readonly #ahead: StoredEntry[] = [];
  #halt: HaltOrder | undefined;
  #difference: ReplayDifference | undefined;
  #compared = 0;
  #steps = 0;
  #isNewSession = false;
  /** Told what a `session` line says, before anything is computed for the lines behind it. */
  onSession: (body: string) => void = () => undefined;

  constructor(lines: Iterable<StoredEntry>) {
    this.#lines = lines[Symbol.iterator]();
  }

  /** The line that comes next; undefined behind the last one. */
  get next(): StoredEntry | undefined {
    return this.#at(0);
  }

  /** Lines that were computed again and are the same, byte for byte. */
  get compared(): number {
    return this.#compared;
  }

  /** Decisions among them. */
  get steps(): number {
    return this.#steps;
  }

  get difference(): ReplayDifference | undefined {
    return this.#difference;
  }

  /** Goes past `session` lines: the first of a run, and where it goes on under other settings. One may stand between any two
   *  transactions, so they are looked for behind each. */
  takeSessions(): void {
    for (let line = this.next; line?.kind === 'session'; line = this.next) {
      this.onSession(line.body);
      this.#isNewSession = true;
      this.skip();
    }
  }

  /** True once behind `session` lines. */
  hasNewSession(): boolean {
    const isNew = this.#isNewSession;
    this.#isNewSession = false;
    return isNew;
  }

  /** Goes past a line that nothing computes: the last of a run. */
  skip(): void {
    this.#ahead.shift();
  }

  /** Takes the next line for one that the replay does not come to. */
  missed(line: StoredEntry): void {
    const {seq, kind, candleMs} = line;
    this.#difference ??= {seq, kind, candleMs, computedKind: null, fields: []};
  }

  /** The candle that the coming lines are about: news of it stands before its own line.
   *  @returns undefined where the journal ends before that line */
  candleAhead(): StoredEntry | undefined {
    for (let i = 0; ; i++) {
      const line = this.#at(i);
      if (line === undefined || line.kind === 'candle' || line.kind === 'step') return line;
    }
  }

  /** Stands where a journal stands: compares what is appended with what was. */
  append(entries: readonly NewEntry[]): void {
    for (const entry of entries) {
      const line = this.next;
      // A journal may end in the middle of a candle: what comes behind its end has nothing to be compared with.
      if (this.#difference !== undefined || line === undefined) return;
      this.#compare(line, entry);
      this.#ahead.shift();
    }
    if (this.#difference === undefined) this.takeSessions();
  }

  /** The kill switch as it was turned. */
  readonly killSwitch: HaltSource = ((script: ReplayScript) => ({
    get command(): HaltOrder | undefined {
      const {next} = script;
      if (next?.kind === 'halt') script.#halt = readHalt(next.body);
      else if (next?.kind === 'resume') script.#halt = undefined;
      return script.#halt;
    },
  }))(this);

  /** The sentiment that was observed with the candle that is being taken in. */
  readonly sentiment: SentimentSeries = {
    valueAt: () => {
      const line = this.candleAhead();
      return line === undefined ? undefined : (readCandle(line.body).sentiment ?? undefined);
    },
  };

  /** The time of the review that comes next, for a run whose clock was not the candle's own. */
  readonly clock: Clock = {
    nowMs: () => {
      for (let i = 0; ; i++) {
        const line = this.#at(i);
        if (line === undefined) return NaN;
        if (line.kind === 'step' || line.kind === 'flatten' || line.kind === 'stop')
          return (JSON.parse(line.body) as {reviewedAtMs: number}).reviewedAtMs;
        if (line.kind === 'candle') return line.candleMs ?? NaN;
      }
    },
  };

  /** A venue that says again what it said; its fills and later reports come as the news that they were. */
  readonly broker: Broker = {
    name: 'journal',
    submit: ({clientOrderId}) =>
      Promise.resolve(
        this.#reportAhead(clientOrderId) ?? {clientOrderId, status: 'created', filledBase: ZERO},
      ),
    cancel: (clientOrderId) => Promise.resolve(this.#reportAhead(clientOrderId)),
    query: () => Promise.resolve(undefined),
    settle: () => Promise.resolve([]),
  };

  /** What the venue answered at once: the report stands among those behind the line that is computed now. */
  #reportAhead(clientOrderId: string): OrderReport | undefined {
    for (let i = this.next?.kind === 'halt' ? 1 : 0; ; i++) {
      const line = this.#at(i);
      if (line?.kind !== 'report') return undefined;
      const report = readReport(line.body);
      if (report.clientOrderId === clientOrderId) return report;
    }
  }

  #compare({seq, kind, candleMs, body}: StoredEntry, entry: NewEntry): void {
    const computed = canonicalJson(entry.body);
    if (entry.kind === kind && entry.candleMs === candleMs && computed === body) {
      this.#compared += 1;
      if (kind === 'step') this.#steps += 1;
      return;
    }
    const fields =
      entry.kind === kind
        ? bodyDifferences({candleMs, body: parsed(body)}, {candleMs: entry.candleMs, body: parsed(computed)})
        : [];
    this.#difference = {
      ...{seq, kind, candleMs, computedKind: entry.kind},
      fields: fields.map(({path, ...values}) => ({path: path.replace(/^body\.?/, ''), ...values})),
    };
  }

  #at(index: number): StoredEntry | undefined {
    while (this.#ahead.length <= index) {
      const line = this.#lines.next();
      if (line.done === true) return undefined;
      this.#ahead.push(line.value);
    }
    return this.#ahead[index];
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
