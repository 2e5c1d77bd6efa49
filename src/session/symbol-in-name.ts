import {basename} from 'node:path';

/** Words that are a quote currency wherever they stand. The longer first: FDUSD ends with USD. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'USD', 'EUR'];

/** What is traded against BTC: before any other word, BTC is what the candles are of, as in `my-btc-1h.csv`. */
const AGAINST_BTC =
  'ETH BNB SOL XRP ADA DOGE TRX LTC BCH LINK AVAX DOT XMR ETC ATOM XLM NEAR UNI ALGO DASH ZEC'.split(' ');

/** What a candle file's name says that its candles are of: a file itself does not say. `BTC-USDT-5m.csv` and `ETHUSDT_5m.csv` do.
 *  @returns such as `BTC/USDT`; undefined where the name says nothing */
export function symbolInName(path: string): string | undefined {
  const words = basename(path)
    .toUpperCase()
    .split(/[^A-Z0-9]+/);
  return symbolIn(words, QUOTES, isBase) ?? symbolIn(words, ['BTC'], (base) => AGAINST_BTC.includes(base));
}

/** No year and no timeframe. */
function isBase(word: string): boolean {
  return /^[A-Z0-9]{2,10}$/.test(word) && !/^\d+[SMHDW]?$/.test(word);
}

/** The first word that ends with a quote currency behind a base, or is one behind a word that is a base. */
function symbolIn(
  words: readonly string[],
  quotes: readonly string[],
  fits: (word: string) => boolean,
): string | undefined {
  for (const [i, word] of words.entries()) {
    const quote = quotes.find((one) => word.endsWith(one));
    if (quote === undefined) continue;
    const base = word === quote ? words[i - 1] : word.slice(0, -quote.length);
    if (base !== undefined && fits(base)) return `${base}/${quote}`;
  }
  return undefined;
}
