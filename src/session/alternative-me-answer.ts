import {z} from 'zod';
import {invalidSentiment, RecordedSentiment} from '../features/sentiment.js';
import type {SentimentPoint} from '../features/sentiment.js';

/** Digits of a count of seconds: in ms there would be 13, and every value would lie in the far future. */
const SECONDS = /^\d{1,10}$/;
const INDEX = /^\d{1,3}$/;

const wholeNumber = (shape: RegExp, want: string) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    if (shape.test(String(value))) return Number(value);
    context.addIssue({code: 'custom', message: `was "${String(value).slice(0, 40)}", want ${want}`});
    return z.NEVER;
  });

const answer = z.object({
  data: z
    .array(
      z.object({
        value: wholeNumber(INDEX, 'a whole number from 0 to 100'),
        timestamp: wholeNumber(SECONDS, 'seconds since the epoch'),
      }),
    )
    .min(1),
  metadata: z.object({error: z.null('want null')}).optional(),
});

/** Types the answer of `/fng/?limit=0&format=json`: newest first, numbers as text, times in seconds.
 *  Taken whole or not at all: an answer with one value off the scale is no answer to trade on. What claims to be
 *  published later than `nowMs` is left out, since nobody can know it yet.
 *  @param origin where the text comes from, for messages
 *  @returns at least one point, oldest first
 *  @throws SENTIMENT_INVALID */
export function parseAlternativeMe(
  text: string,
  {origin, nowMs}: {readonly origin: string; readonly nowMs: number},
): readonly SentimentPoint[] {
  const points = parse(text, origin)
    .data.map(({value, timestamp}) => ({timeMs: timestamp * 1000, value}))
    .filter(({timeMs}) => timeMs <= nowMs)
    .sort((a, b) => a.timeMs - b.timeMs);
  if (points.length === 0) throw invalidSentiment(`${origin} has no value up to now`, {origin});
  try {
    // Its rules are the series' own: the scale, and one value a time.
    new RecordedSentiment(points);
  } catch (cause) {
    throw invalidSentiment(`${origin}: ${(cause as Error).message}`, {origin}, cause);
  }
  return points;
}

function parse(text: string, origin: string): z.output<typeof answer> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw invalidSentiment(`${origin} gave no JSON but "${text.trim().slice(0, 40)}"`, {origin}, cause);
  }
  const result = answer.safeParse(document);
  if (result.success) return result.data;
  const {path, message} = result.error.issues[0]!;
  throw invalidSentiment(
    `${origin} gave no list of values: ${path.map(String).join('.') || 'the answer'} ${message}`,
    {origin},
    result.error,
  );
}
