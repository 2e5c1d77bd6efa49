import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {describeIssue} from './manifest-issue.js';

const positive = z.number().positive();
const count = z.number().int().positive();
/** Rows of a window at most: beyond it a buffer of one would not fit into memory. */
export const LONGEST_SEQUENCE = 100_000;
const fraction = z.number().gt(0).lt(1);
const dropout = z.number().min(0).lt(1);
const pair = <T extends z.ZodType>(of: T) => z.tuple([of, of]).readonly();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, {error: 'a sha256 of 64 hexadecimal digits'});
const isoTime = z.iso.datetime({error: 'a UTC time such as 2024-01-31T12:00:00Z'});
const timeframe = z.string().refine(isTimeframe, {error: 'a timeframe such as 5m or 1h'});

const hyperparameters = z.discriminatedUnion('architecture', [
  z.strictObject({
    architecture: z.literal('bilstm'),
    input_size: count,
    hidden_size: count,
    num_layers: count,
    dropout,
  }),
  z.strictObject({
    architecture: z.literal('transformer'),
    input_size: count,
    d_model: count,
    nhead: count,
    num_layers: count,
    dim_feedforward: count,
    max_len: count,
    dropout,
  }),
]);

const scaler = z.strictObject({
  mean: z.array(z.number()).readonly(),
  scale: z.array(positive).readonly(),
  constant: z.array(z.number().int().min(0)).readonly(),
  clip: positive.nullable(),
});

/** A measure, with the bounds of its interval where it has one. */
const metric = z.union([z.number(), z.strictObject({value: z.number(), low: z.number(), high: z.number()})], {
  error: 'a number, or {value, low, high}',
});

/** Fitted parameters of the regime filter: what the two regime features are computed with. */
export const regimeShape = z.strictObject({
  mean: pair(z.number()),
  variance: pair(positive),
  stay: pair(fraction),
});

const manifest = z.strictObject({
  /** Of this file's layout. */
  format: z.literal(1),
  architecture: z.enum(['bilstm', 'transformer']),
  hyperparameters,
  schema: z.strictObject({id: z.string().min(1), hash: sha256}),
  inputScale: z.enum(['anchored', 'raw']),
  scaler,
  regime: regimeShape,
  /** Rows that a forecast looks at. */
  sequenceLength: count.max(LONGEST_SEQUENCE),
  /** Candles from the forecast to the close that it speaks of. */
  horizon: count,
  /** Buy above it, sell below 1 minus it. */
  decisionThreshold: z.number().min(0.5).lt(1),
  /** What could not be known where the weights came from elsewhere is null. */
  trainedOn: z.strictObject({
    symbol: z.string().min(1),
    timeframe,
    source: z.string().min(1),
    from: isoTime.nullable(),
    to: isoTime.nullable(),
    rows: count.nullable(),
    /** Open time of the first candle that neither training nor selection saw; everything before it proves nothing. */
    heldOutFrom: isoTime.nullable().default(null),
    split: z
      .strictObject({
        train: count,
        validation: count,
        test: count,
        purged: z.number().int().min(0),
        embargo: z.number().int().min(0),
      })
      .nullable(),
    seed: z.number().int().min(0).nullable(),
    /** Of the libraries that trained it. */
    versions: z.record(z.string(), z.string()),
  }),
  /** Measured on held-out candles alone; null where nothing was. */
  metrics: z
    .strictObject({
      part: z.enum(['validation', 'test']),
      samples: count,
      values: z.record(z.string(), metric),
      /** Simpler classifiers on the same samples, and a test of the model against each. */
      baselines: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            accuracy: metric,
            /** McNemar's exact one, or Diebold and Mariano's where labels overlap. */
            test: z.enum(['McNemar', 'Diebold-Mariano']).default('McNemar'),
            /** Two-sided. */
            pValue: z.number().min(0).max(1),
            /** The model beside it, at the 5% level. */
            verdict: z.enum(['significantly better', 'not significantly different', 'significantly worse']),
          }),
        )
        .default([]),
    })
    .nullable(),
  weightsSha256: sha256,
  created: isoTime,
  /** For people: what the model is good for and what not. */
  card: z.strictObject({
    summary: z.string().min(1),
    limitations: z.array(z.string().min(1)),
    notes: z.string().optional(),
  }),
});

/** What is to be known of a model besides its weights; `manifest.json` holds it. */
export type Manifest = Readonly<z.output<typeof manifest>>;

/** Turns the content of a `manifest.json` into a manifest whose parts agree with each other.
 *  @param place for messages: the file's path
 *  @throws MANIFEST_INVALID, naming the field, what it was and what is wanted */
export function parseManifest(content: unknown, place: string): Manifest {
  const parsed = manifest.safeParse(content);
  if (!parsed.success) {
    const {field, was, want} = describeIssue(parsed.error.issues[0]!, content);
    throw invalid(place, field, was, want);
  }
  requireAgreement(parsed.data, place);
  return parsed.data;
}

/** The same from the file's text.
 *  @throws MANIFEST_INVALID */
export function parseManifestText(text: string, place: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause);
    throw new DlTradeError('MANIFEST_INVALID', `${place} is no JSON: ${reason}`, {cause, details: {place}});
  }
  return parseManifest(content, place);
}

function requireAgreement(parsed: Manifest, place: string): void {
  const sizes = parsed.hyperparameters;
  const {mean, scale, constant} = parsed.scaler;
  if (parsed.architecture !== sizes.architecture) {
    throw invalid(place, 'architecture', parsed.architecture, `${sizes.architecture} as in hyperparameters`);
  }
  for (const [field, values] of Object.entries({mean, scale})) {
    if (values.length === sizes.input_size) continue;
    throw invalid(
      place,
      `scaler.${field}`,
      `${String(values.length)} values`,
      `${String(sizes.input_size)}, the input_size`,
    );
  }
  const stray = constant.find((column, i) => column >= sizes.input_size || column <= (constant[i - 1] ?? -1));
  if (stray !== undefined) {
    throw invalid(place, 'scaler.constant', String(stray), 'ascending column numbers below input_size');
  }
  if (sizes.architecture === 'transformer') {
    if (sizes.d_model % sizes.nhead !== 0) {
      throw invalid(
        place,
        'hyperparameters.nhead',
        String(sizes.nhead),
        `a divisor of d_model, ${String(sizes.d_model)}`,
      );
    }
    if (parsed.sequenceLength > sizes.max_len) {
      throw invalid(
        place,
        'sequenceLength',
        String(parsed.sequenceLength),
        `at most max_len, ${String(sizes.max_len)}`,
      );
    }
  }
  const {variance} = parsed.regime;
  if (!(variance[0] < variance[1])) {
    throw invalid(
      place,
      'regime.variance',
      variance.join(', '),
      'the calm state, of the smaller variance, first',
    );
  }
}

function invalid(place: string, field: string, was: string, want: string): DlTradeError {
  return new DlTradeError('MANIFEST_INVALID', `${place}: ${field} was "${was}", want ${want}`, {
    details: {place, field, was, want},
  });
}

function isTimeframe(name: string): boolean {
  try {
    return parseTimeframe(name).ms > 0;
  } catch {
    return false;
  }
}
