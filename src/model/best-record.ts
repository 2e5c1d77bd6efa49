import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';

const record = z.strictObject({
  /** Of this file's layout. */
  format: z.literal(1),
  /** A name in the same directory. */
  winner: z.string().min(1),
  /** How it was picked, in words. */
  rule: z.string().min(1),
  /** True where the winner's accuracy lies above the base rate, interval and all. */
  beatsBaseRate: z.boolean(),
  /** What was compared, and on what. */
  candidates: z
    .array(
      z.strictObject({
        model: z.string().min(1),
        weightsSha256: z.string().regex(/^[0-9a-f]{64}$/),
        logLoss: z.number(),
        accuracy: z.number(),
      }),
    )
    .min(1),
  candles: z.strictObject({
    name: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    samples: z.number().int().positive(),
  }),
  created: z.iso.datetime(),
});

/** Which model of a directory won the last comparison: `best.json` beside the models, what `--model best` means. */
export type BestRecord = Readonly<z.output<typeof record>>;

export const BEST_FILE = 'best.json';

/** @param place for messages: the file's path
 *  @throws MODEL_INVALID for the text of something else, or a winner that was no candidate */
export function parseBestRecord(text: string, place: string): BestRecord {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(place, 'it is no JSON', cause);
  }
  const parsed = record.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(place, `${issue!.path.map(String).join('.')}: ${issue!.message}`, parsed.error);
  }
  const {winner, candidates} = parsed.data;
  if (!candidates.some(({model}) => model === winner)) {
    throw invalid(place, `winner was "${winner}", which is none of its candidates`);
  }
  return parsed.data;
}

function invalid(place: string, reason: string, cause?: unknown): DlTradeError {
  return new DlTradeError(
    'MODEL_INVALID',
    `${place} does not say which model is best: ${reason}; run dl-trade compare`,
    {
      cause,
      details: {place},
    },
  );
}
