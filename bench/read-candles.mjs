import {readFileSync} from 'node:fs';

/** The candles of a plain CSV file: a bench wants them in memory, and no data rule checked. */
export function readCandles(path) {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [openTimeMs, open, high, low, close, volume] = line.split(',').map(Number);
      return {openTimeMs, open, high, low, close, volume};
    });
}
