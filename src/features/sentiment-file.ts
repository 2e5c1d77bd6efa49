import {readFile} from 'node:fs/promises';
import {DlTradeError} from '../domain/errors.js';
import {invalidSentiment, RecordedSentiment, type SentimentPoint} from './sentiment.js';

/** Whole numbers below this are seconds: in ms they would lie before March 1973, when nobody published a sentiment. */
const FIRST_MS = 1e11;

/** Reads a file of sentiment values: CSV with a header that names `timestamp` and `value`, a JSON list of such objects,
 *  or alternative.me's JSON as it was downloaded.
 *  @throws FILE_UNREADABLE SENTIMENT_INVALID */
export async function readSentimentFile(path: string): Promise<RecordedSentiment> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DlTradeError(
      'FILE_UNREADABLE',
      `sentiment file was "${path}" and cannot be read; check the path and its permissions`,
      {cause, details: {path}},
    );
  }
  return parseSentiment(text, path);
}

/** Reads sentiment values from text in any of the forms that `readSentimentFile` knows.
 *  Timestamps: ms or seconds since the epoch, or ISO 8601 (UTC where it names no zone). Values: 0..100.
 *  @param origin where the text comes from, for messages
 *  @throws SENTIMENT_INVALID naming the record, the field and its value */
export function parseSentiment(text: string, origin: string): RecordedSentiment {
  const records = /^\s*[[{]/.test(text) ? jsonRecords(text, origin) : csvRecords(text, origin);
  if (records.length === 0) throw invalidSentiment(`${origin} holds no record, want at least one`, {origin});
  return new RecordedSentiment(
    records.map((record, index) => parsePoint(record, `${origin}, record ${index + 1}`)),
  );
}

function jsonRecords(text: string, origin: string): readonly unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw invalidSentiment(`${origin} is no JSON: ${(cause as Error).message}`, {origin}, cause);
  }
  const records = Array.isArray(document) ? document : (document as {readonly data?: unknown}).data;
  if (!Array.isArray(records)) {
    throw invalidSentiment(`${origin} has no list of records: want [...] or {"data": [...]}`, {origin});
  }
  return records;
}

/** Numbers, times and a label: a field may be quoted, but holds no comma. */
function csvRecords(text: string, origin: string): readonly unknown[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const [header = [], ...rows] = lines.map((line) =>
    line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1')),
  );
  return rows.map((fields, index) => {
    if (fields.length !== header.length) {
      throw invalidSentiment(
        `${origin}, record ${index + 1}: number of fields was "${fields.length}", want ${header.length} as in the header`,
        {origin},
      );
    }
    return Object.fromEntries(header.map((name, i) => [name, fields[i]!]));
  });
}

function parsePoint(record: unknown, where: string): SentimentPoint {
  if (typeof record !== 'object' || record === null) {
    throw invalidSentiment(`${where} was "${String(record)}", want a timestamp and a value`, {where});
  }
  const {timestamp, value} = record as {readonly timestamp?: unknown; readonly value?: unknown};
  return {timeMs: parseTime(timestamp, where), value: parseValue(value, where)};
}

function parseTime(timestamp: unknown, where: string): number {
  const text = asText(timestamp);
  if (/^\d{1,16}$/.test(text)) return Number(text) < FIRST_MS ? Number(text) * 1000 : Number(text);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    text,
  );
  const timeMs = iso === null ? Number.NaN : Date.parse(`${iso[1]!}T${iso[2] ?? '00:00'}${iso[3] ?? 'Z'}`);
  if (Number.isFinite(timeMs)) return timeMs;
  throw invalidSentiment(`${where}: timestamp was "${text}", want ms, seconds or ISO 8601`, {
    where,
    field: 'timestamp',
  });
}

function parseValue(value: unknown, where: string): number {
  const text = asText(value);
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0 && number <= 100) return number;
  throw invalidSentiment(`${where}: value was "${text}", want a number from 0 to 100`, {
    where,
    field: 'value',
  });
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : typeof value;
}
