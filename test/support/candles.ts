import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {Candle} from '../../src/domain/candle.js';
import type {Clock} from '../../src/domain/clock.js';

/** 2024-01-01T00:00:00Z. */
export const START_MS = 1_704_067_200_000;
export const FIVE_MINUTES = {name: '5m', ms: 300_000} as const;

/** Long after every candle of the tests. */
export const LATE_CLOCK: Clock = {nowMs: () => 4e12};

/** A sound 5m candle, `step` candles after the start. */
export function candleAt(step: number, changes: Partial<Candle> = {}): Candle {
  return {
    openTimeMs: START_MS + step * FIVE_MINUTES.ms,
    open: 100 + step,
    high: 102 + step,
    low: 99 + step,
    close: 101 + step,
    volume: 10,
    ...changes,
  };
}

/** The folder of real candles; `undefined` where this machine has none. */
export function realCandlesPath(name: string): string | undefined {
  const folder = process.env['DL_TRADE_DATA'] ?? join(import.meta.dirname, '../../../shared/data');
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}
