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
    architecture: z.literal('bilstm').describe('as at the top'),
    input_size: count.describe('features of a row: 86'),
    hidden_size: count.describe('units of each direction'),
    num_layers: count.describe('layers, each in both directions'),
    dropout: dropout.describe('in training; forecasts use none'),
  }),
  z.strictObject({
    architecture: z.literal('transformer').describe('as at the top'),
    input_size: count.describe('features of a row: 86'),
    d_model: count.describe('width of the encoder'),
    nhead: count.describe('attention heads; divides `d_model`'),
    num_layers: count.describe('encoder layers'),
    dim_feedforward: count.describe('width of the feed-forward part'),
    max_len: count.describe('rows of the positional encoding; at least `sequenceLength`'),
    dropout: dropout.describe('in training; forecasts use none'),
  }),
]);

const scaler = z.strictObject({
  mean: z.array(z.number()).readonly().describe('of each input over the training rows, `input_size` of them'),
  scale: z.array(positive).readonly().describe('population deviation of each input over the training rows'),
  constant: z
    .array(z.number().int().min(0))
    .readonly()
    .describe('ascending numbers of the columns that were constant in training and always feed 0'),
  clip: positive.nullable().describe('bound of a scaled input, in deviations; null: none'),
});

/** A measure, with the bounds of its interval where it has one. */
const metric = z.union(
  [
    z.number(),
    z.strictObject({
      value: z.number().describe('the measure'),
      low: z.number().describe('lower bound of its interval'),
      high: z.number().describe('upper bound of its interval'),
    }),
  ],
  {error: 'a number, or {value, low, high}'},
);

/** Fitted parameters of the regime filter: what the two regime features are computed with. */
export const regimeShape = z.strictObject({
  mean: pair(z.number()).describe('of a return in each state'),
  variance: pair(positive).describe('of a return in each state, the calm one first'),
  stay: pair(fraction).describe('probability that each state lasts another candle'),
});

/** What `manifest.json` may hold; docs/model-bundle.md is made of it. */
export const manifestShape = z.strictObject({
  format: z.literal(1).describe("of this file's layout"),
  architecture: z.enum(['bilstm', 'transformer']).describe('which network the weights are of'),
  hyperparameters: hyperparameters.describe(
    "the network's sizes, by architecture; the weights must have them",
  ),
  schema: z
    .strictObject({
      id: z.string().min(1).describe('name and version of the features'),
      hash: sha256.describe('of their ordered names; another one is refused'),
    })
    .describe('the features that the network reads'),
  inputScale: z
    .enum(['anchored', 'raw'])
    .describe(
      "anchored: levels of price and volume are distances from the row's own averages; raw: as they are",
    ),
  scaler: scaler.describe('how inputs are scaled, fitted on training rows alone'),
  regime: regimeShape.describe('parameters of the filter behind the regime features'),
  sequenceLength: count.max(LONGEST_SEQUENCE).describe('rows that a forecast looks at'),
  horizon: count.describe('candles from the forecast to the close that it speaks of'),
  decisionThreshold: z.number().min(0.5).lt(1).describe('buy above it, sell below 1 minus it'),
  trainedOn: z
    .strictObject({
      symbol: z.string().min(1).describe('such as BTC/USDT'),
      timeframe: timeframe.describe('such as 1h'),
      source: z.string().min(1).describe('where the candles came from, in words'),
      from: isoTime.nullable().describe('open time of the first candle'),
      to: isoTime.nullable().describe('open time of the last one'),
      rows: count.nullable().describe('rows of features'),
      heldOutFrom: isoTime
        .nullable()
        .default(null)
        .describe(
          'open time of the first candle that neither training nor selection saw; everything before it proves nothing',
        ),
      split: z
        .strictObject({
          train: count.describe('samples that weights were fitted on'),
          validation: count.describe('samples that the best epoch and the threshold were chosen on'),
          test: count.describe('samples that were looked at once'),
          purged: z
            .number()
            .int()
            .min(0)
            .describe('samples left out because their label looks across a boundary'),
          embargo: z.number().int().min(0).describe('samples left out behind each boundary'),
        })
        .nullable()
        .describe('how samples were split, in time order'),
      seed: z.number().int().min(0).nullable().describe('of initial weights, shuffles and dropout'),
      versions: z.record(z.string(), z.string()).describe('of the libraries that trained it, by name'),
    })
    .describe('what it was trained on; what could not be known of weights from elsewhere is null'),
  metrics: z
    .strictObject({
      part: z.enum(['validation', 'test']).describe('what was measured on'),
      samples: count.describe('how many forecasts'),
      values: z
        .record(z.string(), metric)
        .describe('measures by name, with a 95% interval where there is one'),
      baselines: z
        .array(
          z.strictObject({
            name: z.string().min(1).describe('of the classifier'),
            accuracy: metric.describe('of the classifier'),
            test: z
              .enum(['McNemar', 'Diebold-Mariano'])
              .default('McNemar')
              .describe("McNemar's exact one, or Diebold and Mariano's where labels overlap"),
            pValue: z.number().min(0).max(1).describe('two-sided'),
            verdict: z
              .enum(['significantly better', 'not significantly different', 'significantly worse'])
              .describe('the model beside it, at the 5% level'),
          }),
        )
        .default([])
        .describe('simpler classifiers on the same samples, and a test of the model against each'),
    })
    .nullable()
    .describe('measured on held-out candles alone; null where nothing was'),
  weightsSha256: sha256.describe('of `weights.pth`; other bytes are refused'),
  created: isoTime.describe('when the model was saved'),
  card: z
    .strictObject({
      summary: z.string().min(1).describe('what it is, in a sentence'),
      limitations: z.array(z.string().min(1)).describe('what it is not good for'),
      notes: z.string().optional().describe('anything else'),
    })
    .describe('for people'),
});

/** What is to be known of a model besides its weights; `manifest.json` holds it. */
export type Manifest = Readonly<z.output<typeof manifestShape>>;

/** Turns the content of a `manifest.json` into a manifest whose parts agree with each other.
 *  @param place for messages: the file's path
 *  @throws MANIFEST_INVALID, naming the field, what it was and what is wanted */
export function parseManifest(content: unknown, place: string): Manifest {
  const parsed = manifestShape.safeParse(content);
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
