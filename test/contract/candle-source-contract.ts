import {describe, expect, it} from 'vitest';
import type {CandleSource} from '../../src/candles/candle-source.js';
import {findCandleFault, isOnGrid} from '../../src/candles/check-candle.js';
import type {Candle} from '../../src/domain/candle.js';

/** So many candles of an endless source are looked at. */
const LOOKED_AT = 2000;

async function take(source: CandleSource, signal?: AbortSignal): Promise<Candle[]> {
  const candles: Candle[] = [];
  for await (const candle of source.candles(signal)) {
    candles.push(candle);
    if (candles.length === LOOKED_AT) break;
  }
  return candles;
}

/** What every `CandleSource` promises, whatever it stands for.
 *  @param make a source of at least 100 candles */
export function candleSourceContract(name: string, make: () => CandleSource | Promise<CandleSource>): void {
  describe(`${name} as a CandleSource`, () => {
    it('says what it is', async () => {
      const source = await make();
      expect(source.label).toMatch(/\S/);
      expect(source.symbol).toMatch(/^[A-Z0-9]+\/[A-Z0-9]+$/);
      expect(source.timeframe.ms).toBeGreaterThan(0);
    });

    it('gives sound candles on the grid, one timeframe apart except behind a flagged gap', async () => {
      const source = await make();
      const candles = await take(source);
      expect(candles.length).toBeGreaterThanOrEqual(100);
      expect(candles[0]!.afterGap).toBeUndefined();
      for (const [i, candle] of candles.entries()) {
        expect(findCandleFault(candle)).toBeUndefined();
        expect(isOnGrid(candle.openTimeMs, source.timeframe)).toBe(true);
        if (i === 0) continue;
        const steps = (candle.openTimeMs - candles[i - 1]!.openTimeMs) / source.timeframe.ms;
        if (candle.afterGap === true) expect(steps).toBeGreaterThan(1);
        else expect(steps).toBe(1);
      }
    });

    it('fills flat at the last close, without volume', async () => {
      const candles = await take(await make());
      for (const [i, candle] of candles.entries()) {
        if (candle.filled !== true) continue;
        const {close} = candles[i - 1]!;
        expect(candle).toMatchObject({open: close, high: close, low: close, close, volume: 0});
      }
    });

    it('gives the same candles at every call, also side by side', async () => {
      const source = await make();
      const [first, second] = await Promise.all([take(source), take(source)]);
      expect(second).toEqual(first);
      expect(await take(source)).toEqual(first);
    });

    it('stops at an abort, with its reason', async () => {
      const source = await make();
      const reason = new Error('stop');
      await expect(take(source, AbortSignal.abort(reason))).rejects.toBe(reason);
      const controller = new AbortController();
      let seen = 0;
      const consume = async (): Promise<void> => {
        for await (const candle of source.candles(controller.signal)) {
          seen += Number(candle.close > 0);
          if (seen === 10) controller.abort(reason);
        }
      };
      await expect(consume()).rejects.toBe(reason);
      expect(seen).toBe(10);
    });

    it('lets timers run in between', async () => {
      const source = await make();
      let ran = 0;
      const timer = setImmediate(() => (ran += 1));
      let seen = 0;
      for await (const candle of source.candles()) {
        seen += Number(candle.close > 0);
        if (seen === 100) break;
      }
      clearImmediate(timer);
      expect(ran).toBe(1);
    });
  });
}
