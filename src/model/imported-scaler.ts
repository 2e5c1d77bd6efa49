import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {parseTimeText} from '../domain/time-text.js';
import type {InputScale} from './anchored-inputs.js';
import {regimeShape} from './manifest.js';
import type {ScalerParameters} from './standard-scaler.js';

const numbers = z.array(z.number());

/** Names as scikit-learn's attributes have them, and as our manifest does. */
const scalerFile = z
  .object({
    mean: numbers.optional(),
    mean_: numbers.optional(),
    /** The deviation that inputs are divided by; 0 where a column was constant. */
    scale: numbers.optional(),
    scale_: numbers.optional(),
    /** Tells constant columns, whose `scale_` scikit-learn gives as 1. */
    var_: numbers.optional(),
    /** Of the columns, in order: compared where given. */
    names: z.array(z.string()).optional(),
    feature_names_in_: z.array(z.string()).optional(),
    clip: z.number().positive().nullable().optional(),
    inputScale: z.enum(['anchored', 'raw']).optional(),
    sequenceLength: z.number().int().positive().optional(),
    horizon: z.number().int().positive().optional(),
    threshold: z.number().min(0.5).lt(1).optional(),
    symbol: z.string().min(1).optional(),
    timeframe: z.string().min(1).optional(),
    /** Open times, ms or ISO 8601, of the first and last candle that the weights were trained on. */
    from: z.union([z.number(), z.string()]).optional(),
    to: z.union([z.number(), z.string()]).optional(),
    /** Open time of the first candle that neither training nor selection saw. */
    heldOutFrom: z.union([z.number(), z.string()]).optional(),
    seed: z.number().int().min(0).optional(),
    /** What `features --json` said of the table that the weights were trained on. */
    schema: z.object({id: z.string(), hash: z.string()}).optional(),
    regime: regimeShape.optional(),
  })
  .loose();

/** What a Python training says of its inputs. */
export interface ImportedScaler {
  readonly scaler: Omit<ScalerParameters, 'clip'>;
  /** Bound of scaled inputs; null: none; undefined: not said. */
  readonly clip?: number | null;
  readonly inputScale?: InputScale;
  readonly sequenceLength?: number;
  readonly horizon?: number;
  readonly threshold?: number;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly heldOutFromMs?: number;
  readonly seed?: number;
  readonly schema?: {readonly id: string; readonly hash: string};
  readonly regime?: RegimeParameters;
}

/** Reads the scaler of weights that were trained in Python: `{"mean": [...], "scale": [...]}`, or scikit-learn's
 *  `mean_`, `scale_` and `var_`; what else it says of the training is taken over.
 *  @param names the columns that the schema has, in order
 *  @throws MANIFEST_INVALID naming the field */
export function parseImportedScaler(text: string, place: string, names: readonly string[]): ImportedScaler {
  const said = parse(text, place);
  const mean = said.mean ?? said.mean_;
  const scale = said.scale ?? said.scale_;
  requireColumns('mean', mean, names, place);
  requireColumns('scale', scale, names, place);
  const order = said.names ?? said.feature_names_in_;
  const stray = order === undefined ? -1 : names.findIndex((name, i) => order[i] !== name);
  if (stray >= 0) throw invalid(place, `names[${stray}]`, String(order![stray]), names[stray]!);
  if (order !== undefined && order.length !== names.length) {
    throw invalid(place, 'names', `${order.length} names`, `${names.length}, one a feature`);
  }
  if (said.var_ !== undefined) requireColumns('var_', said.var_, names, place);
  const negative = scale.findIndex((value) => !(value >= 0));
  if (negative >= 0) throw invalid(place, `scale[${negative}]`, String(scale[negative]), 'a deviation >= 0');

  const isConstant = (column: number): boolean => scale[column] === 0 || said.var_?.[column] === 0;
  if (names.every((_, column) => isConstant(column))) {
    throw invalid(place, 'scale', '0 throughout', 'deviations: constant columns feed 0, and nothing is left');
  }
  const extreme = mean.findIndex(
    (value, column) => !isConstant(column) && !fitsFloat32(value, scale[column]!),
  );
  if (extreme >= 0) {
    throw invalid(
      place,
      `mean and scale of ${names[extreme]!}`,
      `${mean[extreme]} and ${scale[extreme]}`,
      'values whose quotient a float32 can hold',
    );
  }
  const {clip, inputScale, sequenceLength, horizon, threshold, symbol, timeframe, seed, schema, regime} =
    said;
  const fields = {
    ...{clip, inputScale, sequenceLength, horizon, threshold, symbol, timeframe, seed, schema, regime},
    fromMs: timeOf('from', said.from, place),
    toMs: timeOf('to', said.to, place),
    heldOutFromMs: timeOf('heldOutFrom', said.heldOutFrom, place),
  };
  return {
    scaler: {
      mean,
      scale: scale.map((value, column) => (isConstant(column) ? 1 : value)),
      constant: names.flatMap((_, column) => (isConstant(column) ? [column] : [])),
    },
    ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as object),
  };
}

/** A scale next to 0 or a mean out of all proportion would make every input infinite. */
function fitsFloat32(mean: number, scale: number): boolean {
  return scale >= 1e-20 && Math.abs(mean) / scale <= 1e30;
}

function parse(text: string, place: string): z.output<typeof scalerFile> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const why = /\b(NaN|Infinity)\b/.test(text) ? 'it holds NaN or Infinity; ' : '';
    throw new DlTradeError(
      'MANIFEST_INVALID',
      `${place} is no JSON: ${why}want {"mean": [...], "scale": [...]} of finite numbers`,
      {
        cause,
      },
    );
  }
  const parsed = scalerFile.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DlTradeError(
    'MANIFEST_INVALID',
    `${place}: ${issue!.path.map(String).join('.') || 'the file'}: ${issue!.message}`,
    {cause: parsed.error, details: {place}},
  );
}

function requireColumns(
  field: string,
  values: readonly number[] | undefined,
  names: readonly string[],
  place: string,
): asserts values is number[] {
  const was = values === undefined ? 'missing' : `${values.length} values`;
  if (values?.length !== names.length)
    throw invalid(place, field, was, `${names.length} numbers, one a feature`);
}

function timeOf(field: string, time: number | string | undefined, place: string): number | undefined {
  if (time === undefined) return undefined;
  const ms = parseTimeText(String(time));
  if (ms !== undefined) return ms;
  throw invalid(place, field, String(time), 'ms since 1970, or a UTC time such as 2024-01-31T12:00:00Z');
}

function invalid(place: string, field: string, was: string, want: string): DlTradeError {
  return new DlTradeError('MANIFEST_INVALID', `${place}: ${field} was "${was}", want ${want}`, {
    details: {place, field, was, want},
  });
}
