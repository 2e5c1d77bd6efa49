import {readFileSync} from 'node:fs';
import type {Candle} from '../../src/domain/candle.js';
import {realCandlesPath} from './candles.js';

/** CSV with a header; doubles in their shortest exact form. */
export function candlesToCsv(candles: readonly Candle[]): string {
  const lines = candles.map((candle) =>
    [
      ...[candle.openTimeMs, candle.open, candle.high, candle.low, candle.close, candle.volume],
      ...[candle.filled === true ? 1 : 0, candle.afterGap === true ? 1 : 0],
    ].join(','),
  );
  return `timestamp,open,high,low,close,volume,filled,after_gap\n${lines.join('\n')}\n`;
}

/** Reads what `candlesToCsv` wrote, or a plain six-column file. */
export function candlesFromCsv(text: string): Candle[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [openTimeMs, open, high, low, close, volume, filled, afterGap] = line.split(',').map(Number);
      return {
        ...{openTimeMs: openTimeMs!, open: open!, high: high!, low: low!, close: close!, volume: volume!},
        ...(filled === 1 ? {filled: true} : {}),
        ...(afterGap === 1 ? {afterGap: true} : {}),
      };
    });
}

/** Real candles with gaps flagged: every missing candle counts as a long gap. */
export function realCandles(name: string, limit = Number.POSITIVE_INFINITY): Candle[] | undefined {
  const path = realCandlesPath(name);
  if (path === undefined) return undefined;
  const candles = candlesFromCsv(readFileSync(path, 'utf8')).slice(0, limit);
  const stepMs = candles[1]!.openTimeMs - candles[0]!.openTimeMs;
  return candles.map((candle, i) =>
    i > 0 && candle.openTimeMs - candles[i - 1]!.openTimeMs !== stepMs ? {...candle, afterGap: true} : candle,
  );
}
