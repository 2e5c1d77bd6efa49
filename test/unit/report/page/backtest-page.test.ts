import {createHash} from 'node:crypto';
import {expect, it} from 'vitest';
import {backtestPage} from '../../../../src/report/page/backtest-page.js';
import {readPageAssets} from '../../../../src/report/page/page-assets.js';
import type {PageData} from '../../../../src/report/page/page-data.js';
import {decodeSeries} from '../../../../src/report/page/series-code.js';
import {madeReport} from '../../../support/backtest-reports.js';

const ASSETS = {script: 'let a = 1;', style: 'p{color:red}'};

function dataOf(page: string): PageData {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)![1]!) as PageData;
}

it('gives the same bytes for the same report', () => {
  const [first, again] = [0, 1].map(() => backtestPage(madeReport({candles: 500, trades: 9})));
  expect(first).toBe(again);
});

it('allows its own script and style by their hashes and nothing from anywhere else', () => {
  const page = backtestPage(madeReport({candles: 500, trades: 9}), ASSETS);
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)![1]!;
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(ASSETS.script)}`,
    `style-src ${hash(ASSETS.style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).toContain(`<script>${ASSETS.script}</script>`);
  expect(page).toContain(`<style>${ASSETS.style}</style>`);
  expect(page).not.toMatch(/<(link|img|iframe|object|embed|base)\b/);
  expect(page).not.toMatch(/\ssrc=/);
});

it('escapes every text that comes from a file', () => {
  const text = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'';
  const page = backtestPage(madeReport({candles: 200, trades: 3, symbols: [text, `${text}2`], text}), ASSETS);
  // The data and the script of the page itself.
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).not.toContain('<img');
  // In the title, the heading, the chooser, warnings, card, refusals and configuration.
  expect(page.split('&lt;/script&gt;').length).toBeGreaterThan(20);
});

it('carries a hundred thousand candles in less than three megabytes', () => {
  const page = backtestPage(madeReport({candles: 100_000, trades: 2000}));
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
});

it('carries candles to the cent and equity at the close of each', () => {
  const report = madeReport({candles: 300, trades: 4});
  const [symbol] = report.symbols;
  const {views, stepMs, symbols} = dataOf(backtestPage(report, ASSETS));
  const {candles, curve, trades, heldOutFromMs} = views[0]!;
  expect(symbols).toEqual(['BTC/USDT']);
  expect(Array.from(decodeSeries(candles!.times), (time) => time * stepMs)).toEqual(
    symbol!.series.openTimesMs,
  );
  for (const name of ['opens', 'highs', 'lows', 'closes'] as const)
    expect(Array.from(decodeSeries(candles![name]))).toEqual(symbol!.series[name]);
  expect(decodeSeries(candles!.probabilities)[5]).toBe(-1);
  expect(Array.from(decodeSeries(curve.times), (time) => time * stepMs)).toEqual(symbol!.series.openTimesMs);
  expect(decodeSeries(curve.equity).at(-1)).toBeCloseTo(symbol!.curve.equityQuote.at(-1)!, 2);
  expect(trades).toHaveLength(4);
  expect(heldOutFromMs).toBe(symbol!.series.openTimesMs[150]);
});

it('shows the books of all symbols first, with the round trips of all in the order that they were closed', () => {
  const page = backtestPage(madeReport({candles: 300, trades: 4, symbols: ['BTC/USDT', 'ETH/USDT']}), ASSETS);
  const {views} = dataOf(page);
  expect(views.map(({candles}) => candles === null)).toEqual([true, false, false]);
  const closed = views[0]!.trades.map((trade) => trade[3]);
  expect(closed).toHaveLength(8);
  expect(closed).toEqual([...closed].sort((a, b) => a - b));
  expect(page).toContain('All symbols');
});

it('has no chooser for one symbol', () => {
  expect(backtestPage(madeReport({candles: 300, trades: 4}), ASSETS)).not.toContain('<select');
});

it('says of a run without a decision that there was none', () => {
  const page = backtestPage(madeReport({candles: 0, trades: 0}), ASSETS);
  expect(page).toContain('Nothing was decided.');
  expect(page).toContain('nothing was traded');
  expect(page).toContain('Nothing was refused.');
  expect(page).toContain('nothing to measure');
  expect(page).not.toMatch(/NaN|undefined|Infinity|null</);
});

it('writes no number that is none, with one round trip either', () => {
  const page = backtestPage(madeReport({candles: 120, trades: 1}), ASSETS);
  expect(page).not.toMatch(/NaN|undefined|Infinity|null</);
});

it('holds the licence of its chart library', () => {
  expect(readPageAssets().script).toContain('Apache License 2.0');
});
