import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import type {NativeNetwork} from './native-network.js';

/** What lies further off is another network, whatever a file says. */
const LARGEST_TOLERANCE = 0.01;

const golden = z
  .object({
    format: z.literal(1),
    /** Who computed the logits: `PyTorch 2.13.0`, or our naive path where the model was trained here. */
    computedBy: z.string().min(1),
    /** Largest absolute difference of a logit that counts as the same. */
    tolerance: z.number().positive().max(LARGEST_TOLERANCE),
    /** shape [windows, T, F]: little-endian float32 as base64, or nested numbers. Scaled as the network sees them. */
    windows: z.union([z.base64(), z.array(z.array(z.array(z.number())))]),
    logits: z.array(z.number()).min(1),
  })
  .readonly();

/** Windows and the logits that a reference gave for them: `golden.json`. */
export type Golden = z.output<typeof golden>;

/** What a network made of a golden file's windows. */
export interface GoldenReport {
  readonly windows: number;
  /** Of any logit. */
  readonly largestDifference: number;
  readonly tolerance: number;
  readonly computedBy: string;
  /** True where every logit lies within the tolerance. */
  readonly agrees: boolean;
}

/** @throws MODEL_INVALID for the text of something else */
export function parseGolden(text: string, place: string): Golden {
  try {
    return golden.parse(JSON.parse(text));
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? `${cause.issues[0]!.path.map(String).join('.')}: ${cause.issues[0]!.message}`
        : String(cause);
    throw new DlTradeError('MODEL_INVALID', `${place} is no golden file: ${reason.split('\n', 1)[0]!}`, {
      cause,
      details: {place},
    });
  }
}

/** Makes a golden file of windows and the logits of a reference.
 *  @param windows float32, shape [logits.length, T, F] */
export function makeGolden(
  windows: Float32Array,
  logits: ArrayLike<number>,
  about: {readonly computedBy: string; readonly tolerance: number},
): Golden {
  const bytes = Buffer.from(windows.buffer, windows.byteOffset, windows.byteLength);
  return {format: 1, ...about, windows: bytes.toString('base64'), logits: Array.from(logits)};
}

/** Runs a network over the windows of a golden file.
 *  @param steps T
 *  @throws MODEL_INVALID where the windows do not have the network's shape */
export function verifyGolden(network: NativeNetwork, steps: number, expected: Golden): GoldenReport {
  const windows = windowsOf(expected);
  const batch = expected.logits.length;
  const {input_size: inputs} = network.hyperparameters;
  if (windows.length !== batch * steps * inputs) {
    throw new DlTradeError(
      'MODEL_INVALID',
      `golden.json: windows was "${String(windows.length)} values", want ${String(batch)} x ${String(steps)} x ${String(inputs)}`,
      {details: {values: windows.length, batch, steps, inputs}},
    );
  }
  const stray = windows.find((value) => !Number.isFinite(value));
  if (stray !== undefined) {
    throw new DlTradeError(
      'MODEL_INVALID',
      `golden.json: a value of windows was "${stray}", want float32 numbers`,
    );
  }
  const logits = network.predict(windows, batch, steps);
  const differences = expected.logits.map((logit, i) => Math.abs(logit - logits[i]!));
  // NaN, wherever it came from, does not agree.
  const agrees = differences.every((difference) => difference <= expected.tolerance);
  return {
    windows: batch,
    largestDifference: Math.max(...differences),
    tolerance: expected.tolerance,
    computedBy: expected.computedBy,
    agrees,
  };
}

function windowsOf({windows}: Golden): Float32Array {
  if (typeof windows !== 'string') return Float32Array.from(windows.flat(2));
  const bytes = Buffer.from(windows, 'base64');
  // A copy: a small buffer lies in a pool, at an offset that no float may begin at.
  return new Float32Array(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 4));
}
