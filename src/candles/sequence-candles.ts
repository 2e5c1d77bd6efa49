import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {findCandleFault, isOnGrid} from './check-candle.js';

/** Gaps of up to this many missing candles are filled. */
export const DEFAULT_MAX_FILLED_GAP = 3;

/** A stretch for which the source had no candles. */
export interface CandleGap {
  /** Open time of the first missing candle, ms, UTC. */
  readonly fromMs: number;
  /** Open time of the last missing candle, ms, UTC. */
  readonly toMs: number;
  /** How many candles are missing, >= 1. */
  readonly missing: number;
  /** True where flat candles stand in for them; else a new segment starts behind the gap. */
  readonly filled: boolean;
}

/** How candles are put in order, and which gaps are filled. */
export interface SequenceOptions {
  readonly timeframe: Timeframe;
  /** Longest gap that is filled, in candles; 3 unless said otherwise, 0 fills none. */
  readonly maxFilledGap?: number;
  /** Where the candle being pushed stands, for error messages: `btc.csv line 17`. */
  readonly locate?: () => string;
}

/** The data rules as a push-based stream, for a live source as for a file: values, grid, order, duplicates, gaps. */
export class CandleSequencer {
  readonly #timeframe: Timeframe;
  readonly #maxFilledGap: number;
  readonly #locate: () => string;
  readonly #gaps: CandleGap[] = [];
  #last: Candle | undefined;
  #duplicates = 0;

  constructor({timeframe, maxFilledGap = DEFAULT_MAX_FILLED_GAP, locate}: SequenceOptions) {
    this.#timeframe = timeframe;
    this.#maxFilledGap = maxFilledGap;
    this.#locate = locate ?? (() => `the ${timeframe.name} source`);
  }

  /** Gaps met so far, filled or not, in time order. */
  get gaps(): readonly CandleGap[] {
    return this.#gaps;
  }

  /** Duplicates that agreed and were dropped so far. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** The newest candle taken in. */
  get last(): Candle | undefined {
    return this.#last;
  }

  /** Takes in the next closed candle of the source.
   *  @returns what follows from it, in order: nothing for a duplicate that agrees, flat candles in front of it for a short gap
   *  @throws CANDLES_INVALID for a value out of range, a time off the grid, a time that goes back, a duplicate that disagrees */
  push(candle: Candle): readonly Candle[] {
    const fault = findCandleFault(candle);
    if (fault !== undefined) throw this.#invalid(`${fault.field} was "${fault.was}", want ${fault.want}`);
    const {openTimeMs} = candle;
    if (!isOnGrid(openTimeMs, this.#timeframe)) {
      throw this.#invalid(
        `timestamp was "${timeText(openTimeMs)}", which is not on the ${this.#timeframe.name} grid`,
      );
    }
    const last = this.#last;
    if (last === undefined) {
      this.#last = candle;
      return [candle];
    }
    const steps = (openTimeMs - last.openTimeMs) / this.#timeframe.ms;
    if (steps === 1) {
      this.#last = candle;
      return [candle];
    }
    if (steps === 0) return this.#dropDuplicate(last, candle);
    if (steps < 0) {
      throw this.#invalid(
        `timestamp was "${timeText(openTimeMs)}", which goes back behind "${timeText(last.openTimeMs)}"; sort the rows`,
      );
    }
    return this.#bridge(last, candle, steps - 1);
  }

  #dropDuplicate(last: Candle, candle: Candle): readonly Candle[] {
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
      if (last[field] === candle[field]) continue;
      throw this.#invalid(
        `${field} was "${String(candle[field])}", but "${String(last[field])}" in the row before of the same time,`
          + ` "${timeText(candle.openTimeMs)}"; keep the right one`,
      );
    }
    this.#duplicates += 1;
    return [];
  }

  #bridge(last: Candle, candle: Candle, missing: number): readonly Candle[] {
    const {ms} = this.#timeframe;
    const filled = missing <= this.#maxFilledGap;
    const fromMs = last.openTimeMs + ms;
    this.#gaps.push({fromMs, toMs: candle.openTimeMs - ms, missing, filled});
    this.#last = candle;
    if (!filled) return [{...candle, afterGap: true}];
    const {close} = last;
    const bridge: Candle[] = [];
    for (let openTimeMs = fromMs; openTimeMs < candle.openTimeMs; openTimeMs += ms) {
      bridge.push({openTimeMs, open: close, high: close, low: close, close, volume: 0, filled: true});
    }
    bridge.push(candle);
    return bridge;
  }

  #invalid(what: string): DlTradeError {
    return new DlTradeError('CANDLES_INVALID', `${this.#locate()}: ${what}`, {
      details: {where: this.#locate()},
    });
  }
}

/** `CandleSequencer` over candles at hand. */
export function* sequenceCandles(
  candles: Iterable<Candle>,
  options: SequenceOptions,
): Generator<Candle, void, undefined> {
  const sequencer = new CandleSequencer(options);
  for (const candle of candles) yield* sequencer.push(candle);
}

/** A time as people and spreadsheets read it: `2024-01-31T12:00:00.000Z`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
