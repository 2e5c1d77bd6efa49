import {describe, expect, it} from 'vitest';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {FileReplay} from '../../../src/exchange/replay.js';
import {parseTimeframe} from '../../../src/domain/timeframe.js';
import {FIVE_MINUTES, LATE_CLOCK, candleAt} from '../../support/candles.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();

function file(steps: readonly number[]): string {
  const rows = steps.map((step) => {
    const {openTimeMs, open, high, low, close, volume} = candleAt(step);
    return [openTimeMs, open, high, low, close, volume].join(',');
  });
  return directory.write('btc.csv', `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
}

describe('FileReplay', () => {
  it('names the file, has its timeframe and says that prices were traded', async () => {
    const replay = await FileReplay.open(file([0, 1]), {symbol: 'BTC/USDT', clock: LATE_CLOCK});
    expect(replay.label).toBe('replay of btc.csv');
    expect(replay.timeframe).toEqual(FIVE_MINUTES);
    expect(replay.simulated).toBe(false);
    expect(replay.rules.base).toBe('BTC');
  });

  it('warns of another timeframe at once and of the rest behind a whole pass', async () => {
    const timeframe = parseTimeframe('1h');
    const path = file([0, 1, 2, 2, 3]);
    const replay = await FileReplay.open(path, {symbol: 'BTC/USDT', clock: LATE_CLOCK, timeframe});
    const warning = `"${path}" holds 5m candles where 1h ones are wanted`;
    expect(replay.warnings).toEqual([warning]);
    expect(replay.findings).toBeUndefined();
    for await (const candle of replay.candles()) expect(candle.close).toBeGreaterThan(0);
    expect(replay.findings!.warnings).toEqual([
      warning,
      `"${path}": 1 duplicate row dropped, with the same values`,
    ]);
  });

  it('refuses a missing file when opened', async () => {
    await expect(
      FileReplay.open(directory.path('none.csv'), {symbol: 'BTC/USDT', clock: LATE_CLOCK}),
    ).rejects.toMatchObject({code: 'FILE_UNREADABLE'});
  });
});

describe('marketRulesFor', () => {
  it('knows the large symbols and has fine steps for any other', () => {
    expect(marketRulesFor('ETH/USDT').lotSizeBase.toFixed()).toBe('0.0001');
    const pepe = marketRulesFor('1000PEPE/USDC');
    expect(pepe).toMatchObject({base: '1000PEPE', quote: 'USDC'});
    expect(pepe.tickSizeQuote.toFixed()).toBe('0.00000001');
    expect(pepe.minNotionalQuote.toFixed()).toBe('5');
  });

  it.each(['BTCUSDT', 'btc/usdt', 'BTC/', 'BTC/USDT:USDT'])('refuses "%s"', (symbol) => {
    expect(() => marketRulesFor(symbol)).toThrow(`symbol was "${symbol}", want base/quote such as BTC/USDT`);
  });
});
