import {inspect} from 'node:util';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {DlTradeError} from '../domain/errors.js';
import {FEATURE_SCHEMA} from './schema.js';

/** The whole memory of a `FeatureStream` as plain JSON: restored, it goes on to the bit. */
export interface FeatureStreamSnapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly schemaId: string;
  readonly schemaHash: string;
  readonly regime: RegimeParameters;
  /** Open time of the last candle; null before the first. */
  readonly lastOpenTimeMs: number | null;
  readonly candlesSeen: number;
  readonly candlesBehindGap: number;
  /** Every double of windows and averages, little-endian, base64. */
  readonly memory: string;
}

export const SNAPSHOT_FORMAT = 'dl-trade/feature-stream/1';

/** Doubles as text, to the bit and the same on every machine. */
export function encodeDoubles(parts: readonly Float64Array[]): string {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = Buffer.alloc(8 * length);
  let offset = 0;
  for (const part of parts) {
    for (const value of part) offset = bytes.writeDoubleLE(value, offset);
  }
  return bytes.toString('base64');
}

/** Fills the parts with what `encodeDoubles` wrote.
 *  @throws STATE_MISMATCH where the text holds another number of doubles */
export function decodeDoubles(text: string, parts: readonly Float64Array[]): void {
  const bytes = Buffer.from(text, 'base64');
  const wanted = 8 * parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes.length !== wanted || bytes.toString('base64') !== text) {
    throw mismatch('memory', `${bytes.length} bytes`, `${wanted} bytes in base64`);
  }
  let offset = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++, offset += 8) part[i] = bytes.readDoubleLE(offset);
  }
}

/** Types what came from a disk, and refuses the snapshot of another format or schema.
 *  @throws STATE_MISMATCH naming the field and its value */
export function parseSnapshot(value: unknown): FeatureStreamSnapshot {
  if (typeof value !== 'object' || value === null) throw mismatch('snapshot', String(value), 'an object');
  const fields = value as {readonly [Field in keyof FeatureStreamSnapshot]?: unknown};
  requireField('format', fields.format, fields.format === SNAPSHOT_FORMAT, SNAPSHOT_FORMAT);
  requireField('schemaId', fields.schemaId, fields.schemaId === FEATURE_SCHEMA.id, FEATURE_SCHEMA.id);
  requireField(
    'schemaHash',
    fields.schemaHash,
    fields.schemaHash === FEATURE_SCHEMA.hash,
    FEATURE_SCHEMA.hash,
  );
  requireField('regime', fields.regime, isRegime(fields.regime), 'mean, variance and stay, two numbers each');
  requireField(
    'lastOpenTimeMs',
    fields.lastOpenTimeMs,
    fields.lastOpenTimeMs === null || Number.isSafeInteger(fields.lastOpenTimeMs),
    'ms since the epoch or null',
  );
  requireField('candlesSeen', fields.candlesSeen, isCount(fields.candlesSeen), 'a count');
  requireField('candlesBehindGap', fields.candlesBehindGap, isCount(fields.candlesBehindGap), 'a count');
  requireField('memory', typeof fields.memory, typeof fields.memory === 'string', 'text');
  return value as FeatureStreamSnapshot;
}

function requireField(field: string, value: unknown, holds: boolean, wanted: string): void {
  if (!holds) throw mismatch(field, typeof value === 'string' ? value : inspect(value), wanted);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRegime(value: unknown): value is RegimeParameters {
  if (typeof value !== 'object' || value === null) return false;
  const {mean, variance, stay} = value as Record<string, unknown>;
  return [mean, variance, stay].every(
    (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((number) => typeof number === 'number'),
  );
}

function mismatch(field: string, value: string, wanted: string): DlTradeError {
  return new DlTradeError(
    'STATE_MISMATCH',
    `feature snapshot: ${field} was "${value}", want ${wanted}; delete the snapshot to start from candles`,
    {details: {field}},
  );
}
