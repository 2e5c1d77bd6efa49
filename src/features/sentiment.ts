import {DlTradeError} from '../domain/errors.js';

/** Market sentiment over time, 0 (extreme fear) to 100 (extreme greed). A decision waits for no sentiment: an
 *  implementation answers at once from what it has, and never throws. */
export interface SentimentSeries {
  /** The last value with timestamp <= timeMs; `undefined` where there is none. */
  valueAt(timeMs: number): number | undefined;
}

/** One published value. */
export interface SentimentPoint {
  /** When it was published, ms since the epoch, UTC. */
  readonly timeMs: number;
  /** 0..100 */
  readonly value: number;
}

/** A sentiment series that is known in full: a file, or an endpoint's answer. */
export class RecordedSentiment implements SentimentSeries {
  readonly #times: Float64Array;
  readonly #values: Float64Array;

  /** @param points in any order; two of the same time must agree
   *  @throws SENTIMENT_INVALID naming the point, the field and its value */
  constructor(points: readonly SentimentPoint[]) {
    points.forEach((point, index) => {
      requirePoint(point, `point ${index}`);
    });
    const sorted = [...points].sort((a, b) => a.timeMs - b.timeMs);
    for (let i = 1; i < sorted.length; i++) {
      const [before, point] = [sorted[i - 1]!, sorted[i]!];
      if (before.timeMs === point.timeMs && before.value !== point.value) {
        throw invalid(
          `sentiment of ${new Date(point.timeMs).toISOString()} was both "${before.value}" and "${point.value}", want one value`,
          {timeMs: point.timeMs},
        );
      }
    }
    this.#times = Float64Array.from(sorted, (point) => point.timeMs);
    this.#values = Float64Array.from(sorted, (point) => point.value);
  }

  get length(): number {
    return this.#times.length;
  }

  valueAt(timeMs: number): number | undefined {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle]! <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.#values[low - 1]!;
  }
}

/** @throws SENTIMENT_INVALID */
function requirePoint(point: SentimentPoint, where: string): void {
  if (!(Number.isFinite(point.timeMs) && Math.abs(point.timeMs) <= LATEST_TIME_MS)) {
    throw invalid(`sentiment ${where}: timestamp was "${point.timeMs}", want ms since the epoch`, {where});
  }
  if (!(point.value >= 0 && point.value <= 100)) {
    throw invalid(`sentiment ${where}: value was "${point.value}", want a number from 0 to 100`, {where});
  }
}

/** The last moment that a Date can hold. */
const LATEST_TIME_MS = 8.64e15;

export function invalid(
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): DlTradeError {
  return new DlTradeError('SENTIMENT_INVALID', message, {details, cause});
}
