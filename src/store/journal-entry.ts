import {redactingReplacer} from '../domain/secrets.js';

/** What one line of the journal is about. `session`: all that decisions depend on, at the start and where settings change. `candle`: taken in without a decision
 *  (warm-up). `step`: a decision and its verdict. `order`: an approved order, on disk before it leaves. `report`, `fill`: what the
 *  venue said of it. `halt`, `resume`: the kill switch, where it took effect. `flatten`: the verdict on closing what was held when
 *  it did. `stop`: the verdict on a stop that was to rest at the venue. `unresolved`: what is unknown of where we stand at the venue. `end`: the run is over. */
export type EntryKind =
  | 'session'
  | 'candle'
  | 'step'
  | 'order'
  | 'report'
  | 'fill'
  | 'halt'
  | 'resume'
  | 'flatten'
  | 'stop'
  | 'unresolved'
  | 'end';

/** One line to append. */
export interface NewEntry {
  readonly kind: EntryKind;
  /** Open time of the candle that the line belongs to, ms, UTC; null for one of none. */
  readonly candleMs: number | null;
  /** Everything that a replay must reproduce byte for byte: plain JSON values, decimals as strings. */
  readonly body: unknown;
  /** Wall-clock measurements, kept apart because no replay can reproduce them. */
  readonly timing?: Readonly<Record<string, number>>;
}

/** One line as it lies in the journal. */
export interface StoredEntry {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly candleMs: number | null;
  /** The body's bytes as they were written: canonical JSON. */
  readonly body: string;
  readonly recordedAtMs: number;
}

/** The JSON of a body. Keys stay in the order in which the code writes them, so the same step gives the same bytes;
 *  a value that JSON cannot carry (NaN, Infinity) becomes its name, so that it is not lost as null; no registered
 *  credential is in it. */
export function canonicalJson(body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : redactingReplacer(key, value),
  );
}
