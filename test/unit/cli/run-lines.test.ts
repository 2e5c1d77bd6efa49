import {describe, expect, it} from 'vitest';
import {lineOf, summaryLines} from '../../../src/cli/run-lines.js';
import type {RunSummary, StepRecord} from '../../../src/index.js';
import {MemoryJournal, feed, paperStrategy, simulatedCandles} from '../../support/strategy.js';
import {d, fill} from '../../support/trading.js';

const CONTEXT = {symbol: 'BTC/USDT', timeframe: '5m', simulated: false};
const SUMMARY: RunSummary = {
  ...{candles: 1000, warmUpCandles: 649, decisions: 351, firstDecisionMs: 1, lastDecisionMs: 2},
  ...{signals: {buy: 3, sell: 2, neutral: 346}, probability: {lowest: 0.31, highest: 0.72}},
  ...{
    orders: 4,
    fills: 4,
    refusals: {COOLDOWN: 2, GAP: 1},
    unfilledOrders: {expired: 1},
    feesPaidQuote: '4.123',
    maxDrawdown: 0.0123,
  },
  ...{startEquityQuote: '10000', endEquityQuote: '10100', openBase: '0.5'},
};
const RUN = {
  ...{symbol: 'BTC/USDT', timeframe: '1h', label: 'replay of btc.csv', simulated: false, threshold: 0.6},
  ...{startingCashQuote: '10000', stateDirectory: 'state', finished: true, seconds: 2, candlesThisTime: 1000},
  ...{account: 'binance', openOrders: []},
};

describe('lineOf', () => {
  it('says what was decided, in one line a candle', async () => {
    const records = await feed(paperStrategy(new MemoryJournal()), simulatedCandles(40));
    const lines = records.map((record) => lineOf(record, CONTEXT)).filter((line) => line !== undefined);
    expect(lines.filter((line) => line.includes('p(up)'))).toHaveLength(40);
    expect(
      lines.some((line) =>
        /^2024-\d\d-\d\d \d\d:00 +[\d,]+\.\d\d {2}p\(up\) 0\.\d{3} {2}(buy|sell) /.test(line),
      ),
    ).toBe(true);
    expect(lines.some((line) => line.includes('-> buy 0.0'))).toBe(true);
    expect(lines.some((line) => line.includes('order dlt-') && line.endsWith(' open'))).toBe(true);
    expect(lines.some((line) => line.includes('-> nothing to sell'))).toBe(true);
  });

  it('gives the second of a candle that is shorter than a minute', async () => {
    const records = await feed(paperStrategy(new MemoryJournal()), simulatedCandles(1));
    const first = records.find(({kind}) => kind === 'decided');
    expect(lineOf(first!, {...CONTEXT, timeframe: '1s'})).toMatch(/^2024-\d\d-\d\d \d\d:\d\d:00 /);
    expect(lineOf(first!, CONTEXT)).toMatch(/^2024-\d\d-\d\d \d\d:\d\d {2}/);
  });

  it('labels every line of a simulation', async () => {
    const records = await feed(paperStrategy(new MemoryJournal()), simulatedCandles(20));
    const lines = records.map((record) => lineOf(record, {...CONTEXT, simulated: true}));
    expect(lines.every((line) => line === undefined || line.endsWith('[simulated]'))).toBe(true);
  });

  it('gives price, fee and what was realised with a fill', () => {
    const closing = {closedTrade: {}, realisedPnlQuote: d('-1.5')};
    const record = {
      kind: 'fill',
      fill: fill({price: d('61234.5'), fee: d('0.61')}),
      change: closing,
    } as unknown as StepRecord;
    expect(lineOf(record, CONTEXT)).toMatch(
      /fill buy [\d.]+ BTC at 61,234\.50 {2}fee 0\.61 USDT {2}realised -1\.50 USDT$/,
    );
  });
});

describe('summaryLines', () => {
  it('sums a run up', () => {
    const text = summaryLines(SUMMARY, RUN).join('\n');
    expect(text).toContain('Finished: BTC/USDT 1h on replay of btc.csv');
    expect(text).toContain('1,000 (649 to warm up), 351 decided');
    expect(text).toContain('3 buy, 2 sell, 346 neutral at threshold 0.6');
    expect(text).toContain('COOLDOWN 2, GAP 1');
    expect(text).toContain('not filled   expired 1');
    expect(text).toContain('10,000.00 -> 10,100.00 USDT (1.00%), max drawdown 1.23%');
    expect(text).toContain('0.5 BTC');
    expect(text).toContain('500 candles/s over 2.0 s');
    expect(text).not.toContain('SIMULATED');
  });

  it('says plainly what did not happen', () => {
    const silent = {...SUMMARY, signals: {buy: 0, sell: 0, neutral: 351}, refusals: {}};
    expect(summaryLines(silent, RUN).join('\n')).toMatch(
      /No forecast crossed the threshold: probabilities lay in \[0\.310, 0\.720\]/,
    );
    const empty = {...silent, decisions: 0, startEquityQuote: null, endEquityQuote: null, openBase: '0'};
    const text = summaryLines(empty, {...RUN, finished: false, simulated: true}).join('\n');
    expect(text).toContain('Stopped: ');
    expect(text).toContain('SIMULATED');
    expect(text).toContain('Nothing was decided');
    expect(text).toContain('still held   nothing');
  });

  it('names an order that is open at the end, whose fills are not in what is held', () => {
    const buy = {clientOrderId: 'dlt-1', side: 'buy', quantityBase: '0.0033'} as const;
    const stop = {clientOrderId: 'dlt-2', side: 'sell', quantityBase: '0.5', stopPrice: '98.02'} as const;
    const lineWith = (changes: Partial<typeof RUN> | {openOrders: unknown}): string | undefined =>
      summaryLines(SUMMARY, {...RUN, finished: false, ...changes} as typeof RUN).find((line) =>
        line.includes('open orders'),
      );
    expect(lineWith({})).toBeUndefined();
    expect(lineWith({openOrders: [buy]})).toBe(
      '  open orders  1: buy 0.0033 BTC at binance, its end not known yet; start again to settle it',
    );
    expect(lineWith({openOrders: [stop]})).toBe(
      '  open orders  1: sell 0.5 BTC at binance, a stop that rests at 98.02',
    );
    expect(lineWith({openOrders: [buy, stop], finished: true})).toMatch(
      /^ {2}open orders {2}2: buy .* yet; sell .* 98\.02; start again to settle it$/,
    );
    expect(lineWith({openOrders: [buy], account: 'paper'})).toBe(
      '  open orders  1: buy 0.0033 BTC on paper, not filled yet',
    );
  });
});
