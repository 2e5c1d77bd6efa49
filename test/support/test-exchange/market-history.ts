/** A stretch without candles, open times in ms, the end not included. */
export interface Hole {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Values as exchanges send them: decimal strings. */
export interface Kline {
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

/** All candles that a market of the test exchange ever had: a function of the open time, so that any page of any length can be asked for. */
export class MarketHistory {
  readonly listedMs: number;
  readonly holes: readonly Hole[];
  /** Prices are multiplied by it: another market is another number. */
  readonly #scale: number;

  constructor({
    listedMs,
    holes = [],
    scale = 1,
  }: {
    listedMs: number;
    holes?: readonly Hole[];
    scale?: number;
  }) {
    this.listedMs = listedMs;
    this.holes = holes;
    this.#scale = scale;
  }

  /** The candle that opens then; undefined in a hole and before the listing. */
  kline(openTimeMs: number): Kline | undefined {
    if (openTimeMs < this.listedMs) return undefined;
    if (this.holes.some(({fromMs, toMs}) => openTimeMs >= fromMs && openTimeMs < toMs)) return undefined;
    const step = openTimeMs / 60_000;
    const open = this.#scale * (30_000 + 2000 * Math.sin(step / 977) + 100 * Math.sin(step / 13));
    const close = open + this.#scale * 40 * Math.sin(step / 7 + 1);
    const text = (value: number): string => value.toFixed(2);
    return {
      openTimeMs,
      open: text(open),
      high: text(Math.max(open, close) + this.#scale * 5),
      low: text(Math.min(open, close) - this.#scale * 5),
      close: text(close),
      volume: (10 + 9 * Math.sin(step / 31)).toFixed(5),
    };
  }

  /** Candles that open in [fromMs, toMs], the first `limit` of them. */
  klines({
    fromMs,
    toMs,
    stepMs,
    limit,
  }: {
    fromMs: number;
    toMs: number;
    stepMs: number;
    limit: number;
  }): Kline[] {
    const found: Kline[] = [];
    let openTimeMs = Math.ceil(Math.max(fromMs, this.listedMs) / stepMs) * stepMs;
    for (; openTimeMs <= toMs && found.length < limit; openTimeMs += stepMs) {
      const kline = this.kline(openTimeMs);
      if (kline !== undefined) found.push(kline);
    }
    return found;
  }
}
