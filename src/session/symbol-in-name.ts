import {basename} from 'node:path';

/** What a candle file's name says that its candles are of: a file itself does not say. `BTC-USDT-5m.csv` and `ETHUSDT_5m.csv` do.
 *  @returns such as `BTC/USDT`; undefined where the name says nothing */
export function symbolInName(path: string): string | undefined {
  const [, base, quote] =
    /([A-Z0-9]{2,10}?)[-_]?(USDT|USDC|USD|EUR|BTC)(?![A-Z0-9])/.exec(basename(path).toUpperCase()) ?? [];
  return base === undefined || quote === undefined ? undefined : `${base}/${quote}`;
}
