import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readCandles} from '../../src/candles/read-candles.js';
import type {Candle} from '../../src/domain/candle.js';
import {simulateCandles} from '../../src/exchange/simulate-candles.js';
import type {FetchSummary} from '../../src/index.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {LATE_CLOCK} from '../support/candles.js';
import {ROOT, runCli} from '../support/cli.js';
import type {CliOptions, CliResult} from '../support/cli.js';
import {watchModules} from '../support/loaded-modules.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';
import {HTML} from '../support/test-exchange/faults.js';
import {LISTED_MS, hour, startBinance} from '../support/test-exchange/markets.js';
import type {TestExchange} from '../support/test-exchange/test-exchange.js';

const MODELS = join(ROOT, 'models');
const KLINES = '/api/v3/klines';

/** `dl-trade fetch` of hourly BTC/USDT from the test exchange. */
async function fetchCli(
  exchange: TestExchange,
  cwd: string,
  flags: readonly string[] = [],
  options: CliOptions = {},
): Promise<CliResult> {
  const market = ['--symbol', 'BTC/USDT', '--timeframe', '1h', '--since', '2024-01-01', '--out', 'btc.csv'];
  return await runCli(['fetch', ...market, ...flags], {
    cwd,
    env: {TRADING_PROVIDER: 'binance', BINANCE_BASE_URL: exchange.url},
    ...options,
  });
}

/** Sends the signal when so many pages have been asked for, the last of them without an answer yet. */
async function stoppedAt(
  exchange: TestExchange,
  cwd: string,
  signal: NodeJS.Signals,
  pages: number,
): Promise<CliResult> {
  const before = exchange.count(KLINES);
  // Without an answer to that page, however late the signal arrives.
  exchange.fail(KLINES, {kind: 'silent'}, {skip: pages - 1});
  return await fetchCli(exchange, cwd, [], {
    onStart(kill) {
      exchange.onRequest = ({path}) => {
        if (path === KLINES && exchange.count(KLINES) === before + pages) kill(signal);
      };
    },
  });
}

describe('dl-trade fetch', () => {
  it('writes the candles, says what they are and where they have gaps', async () => {
    const exchange = await startBinance();
    const cwd = temporaryDirectory();
    const {code, stdout, stderr} = await fetchCli(exchange, cwd);
    expect(withoutProgress(stderr)).toBe('');
    expect(code).toBe(0);
    expect(stdout).toBe(
      '2,968 candles of BTC/USDT 1h from binance, 2024-01-01 00:00 to 2024-05-04 23:00 (2,968 new) -> btc.csv\n'
        + '2 gaps, 32 candles missing, the longest of 30 from 2024-03-11 20:00 to 2024-03-13 01:00\n',
    );
    const {history, gaps} = await readCandles(join(cwd, 'btc.csv'), {clock: LATE_CLOCK});
    expect(history).toHaveLength(2970);
    expect(gaps.map(({missing}) => missing)).toEqual([2, 30]);
  });

  it('prints one JSON object and nothing else with --json', async () => {
    const exchange = await startBinance();
    const {code, stdout, stderr} = await fetchCli(exchange, temporaryDirectory(), [
      ...['--json', '--until', '2024-01-10', '--symbol', 'ETH/USDT', '--out', 'eth.parquet'],
    ]);
    expect([code, withoutProgress(stderr)]).toEqual([0, '']);
    expect(JSON.parse(stdout) as FetchSummary).toEqual({
      ...{provider: 'binance', testnet: false, symbol: 'ETH/USDT', timeframe: '1h', out: 'eth.parquet'},
      ...{candles: 216, fetched: 216, firstMs: LISTED_MS, lastMs: hour(215), missing: 0},
      ...{gaps: [], longestGap: null, warnings: []},
    });
  });

  it('loses at most a page at any kill -9, and ends with the same file', async () => {
    const exchange = await startBinance();
    const [whole, killed] = [temporaryDirectory(), temporaryDirectory()];
    expect((await fetchCli(exchange, whole)).code).toBe(0);
    const expected = [0, 1000];
    for (const [index, pages] of [1, 2].entries()) {
      const {signal, stdout} = await stoppedAt(exchange, killed, 'SIGKILL', pages);
      expect([signal, stdout]).toEqual(['SIGKILL', '']);
      const part = join(killed, 'btc.csv.part');
      expect(existsSync(join(killed, 'btc.csv'))).toBe(false);
      if (expected[index] === 0) expect(existsSync(part)).toBe(false);
      else
        expect((await readCandles(part, {clock: LATE_CLOCK, maxFilledGap: 0})).candles).toBe(expected[index]);
    }
    exchange.onRequest = () => undefined;
    const {code, stdout} = await fetchCli(exchange, killed);
    expect(code).toBe(0);
    expect(stdout).toContain('(1,968 new)');
    expect(readFileSync(join(killed, 'btc.csv'))).toEqual(readFileSync(join(whole, 'btc.csv')));
    expect(readdirSync(killed)).toEqual(['btc.csv']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops at %s, and goes on at the same command', async (signal) => {
    const exchange = await startBinance();
    const cwd = temporaryDirectory();
    const stopped = await stoppedAt(exchange, cwd, signal, 2);
    expect(stopped).toMatchObject({code: 1, signal: null, stdout: ''});
    expect(withoutProgress(stopped.stderr)).toBe(
      'dl-trade: stopped by a signal; 1000 candles are in "btc.csv.part", and the same command goes on behind them [INTERRUPTED]\n',
    );
    exchange.onRequest = () => undefined;
    expect((await fetchCli(exchange, cwd)).stdout).toContain('(1,968 new)');
  });

  it('waits as the exchange says and tells of it, then goes on', async () => {
    const exchange = await startBinance();
    const limited = {kind: 'answer', status: 429, body: '{}', headers: {'retry-after': '1'}} as const;
    exchange.fail(KLINES, limited, {skip: 1});
    exchange.fail(KLINES, {kind: 'cut'});
    const {code, stdout, stderr} = await fetchCli(exchange, temporaryDirectory());
    expect(code).toBe(0);
    expect(stdout).toContain('2,968 candles');
    const lines = withoutProgress(stderr).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.every((line) => /^dl-trade: asking again in [\d.]+ s: binance/.test(line))).toBe(true);
  });

  it('is an exchange error with what to do where the exchange bans us', async () => {
    const exchange = await startBinance();
    exchange.fail(
      KLINES,
      {kind: 'answer', status: 418, body: HTML, headers: {'retry-after': '86400'}},
      {skip: 1},
    );
    const {code, stdout, stderr} = await fetchCli(exchange, temporaryDirectory());
    expect(code).toBe(5);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /1000 candles are in "btc\.csv\.part".*\n.*try again in 86400 s \[EXCHANGE_RATE_LIMITED\]\n$/,
    );
  });

  it('is an exchange error with what to do where nobody answers', async () => {
    const exchange = await startBinance();
    const cwd = temporaryDirectory();
    await exchange.stop();
    const {code, stderr} = await fetchCli(exchange, cwd);
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /binance at 127\.0\.0\.1:\d+ could not be reached .*ECONNREFUSED.*check the network.* \[EXCHANGE_UNREACHABLE\]\n$/,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('is a usage error where the market is not known', async () => {
    const exchange = await startBinance();
    const cases: [flags: string[], message: RegExp][] = [
      [['--provider', 'binanc'], /did you mean binance, binanceus/],
      [['--provider', 'sim'], /the simulated market is no exchange/],
      [['--symbol', 'BTCUSDT'], /did you mean BTC\/USDT/],
      [['--timeframe', '7h'], /timeframe was "7h", which binance does not have/],
      [['--since', 'last week'], /--since was "last week"/],
      [['--testnet', '--provider', 'kraken'], /kraken".*has no test network/],
      [['extra'], /too many arguments/],
    ];
    for (const [flags, message] of cases) {
      const {code, stdout, stderr} = await fetchCli(exchange, temporaryDirectory(), flags);
      expect(stderr).toMatch(message);
      expect([code, stdout]).toEqual([2, '']);
    }
  });

  it('lets out no credential of the environment', async () => {
    const exchange = await startBinance();
    const env = {TRADING_PROVIDER: 'binance', BINANCE_BASE_URL: exchange.url};
    const keys = {BINANCE_API_KEY: 'the-key-itself', BINANCE_API_SECRET: 'the-secret-itself'};
    await fetchCli(exchange, temporaryDirectory(), [], {env: {...env, ...keys}});
    expect(exchange.requests.length).toBeGreaterThan(3);
    expect(JSON.stringify(exchange.requests)).not.toMatch(/the-key-itself|the-secret-itself|signature/i);
  });
});

describe('ccxt', () => {
  it('is loaded by fetch alone, and of it one exchange', async () => {
    const exchange = await startBinance();
    const cwd = temporaryDirectory();
    const {env, loadedBelow} = watchModules(temporaryDirectory());
    const candles = join(cwd, 'candles.csv');
    writeFileSync(candles, candlesToCsv(shortMarket()));
    for (const args of [
      ['--version'],
      ['fetch', '--help'],
      ['predict', '--model', 'lstm', '--candles', candles],
      ['--model', 'lstm', '--speed', 'max', '--max-candles', '1'],
    ]) {
      const {code} = await runCli(args.includes('--model') ? [...args, '--models-dir', MODELS] : args, {
        cwd,
        env,
      });
      expect(code).toBe(0);
    }
    expect(loadedBelow('/ccxt/js/')).toEqual([]);

    const fetched = await fetchCli(exchange, cwd, [], {
      env: {...env, TRADING_PROVIDER: 'binance', BINANCE_BASE_URL: exchange.url},
    });
    expect(fetched.code).toBe(0);
    const exchanges = loadedBelow('/ccxt/js/').filter((path) => /^src\/[a-z0-9]+\.js$/.test(path));
    expect(exchanges).toEqual(['src/binance.js']);
    expect(loadedBelow('/ccxt/js/')).not.toContain('ccxt.js');
  });
});

/** Enough for a prediction. */
function shortMarket(): Candle[] {
  return [
    ...simulateCandles({symbol: 'BTC/USDT', timeframe: {name: '1h', ms: 3_600_000}, seed: 1, candles: 660}),
  ];
}
