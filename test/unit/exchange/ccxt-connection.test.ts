import {inspect} from 'node:util';
import {describe, expect, it} from 'vitest';
import {CcxtConnection} from '../../../src/exchange/ccxt-connection.js';
import {rejected} from '../../support/caught.js';
import {API_KEY} from '../../support/test-exchange/binance-venue.js';
import {connect} from '../../support/test-exchange/connect.js';
import {HTML} from '../../support/test-exchange/faults.js';
import type {Fault} from '../../support/test-exchange/faults.js';
import {NOW_MS, startBinance} from '../../support/test-exchange/markets.js';

const TIME = '/api/v3/time';

describe('CcxtConnection.open', () => {
  it('names the nearest ids for one that ccxt does not know', async () => {
    const error = await rejected(CcxtConnection.open({provider: 'binanse', testnet: false}));
    expect(error).toMatchObject({code: 'PROVIDER_UNSUPPORTED', exitCode: 2});
    expect(error.message).toBe('provider was "binanse", which ccxt does not know; did you mean binance?');
    const path = await rejected(CcxtConnection.open({provider: '../../etc/passwd', testnet: false}));
    expect(path.message).toContain('which ccxt does not know; want the id of an exchange of ccxt');
  });

  it('refuses an exchange without a spot market, and a test network where there is none', async () => {
    const futures = await rejected(CcxtConnection.open({provider: 'krakenfutures', testnet: false}));
    expect(futures.code).toBe('PROVIDER_UNSUPPORTED');
    expect(futures.message).toMatch(/has no spot market/);
    const testnet = await rejected(CcxtConnection.open({provider: 'kraken', testnet: true}));
    expect(testnet.code).toBe('PROVIDER_UNSUPPORTED');
    expect(testnet.message).toMatch(/kraken.*has no test network; drop --testnet/);
    const live = await rejected(
      CcxtConnection.open({provider: 'kraken', testnet: true, credentials: API_KEY}),
    );
    expect(live.code).toBe('PROVIDER_UNSUPPORTED');
    expect(live.message).toBe(
      'provider was "kraken", which has no test network: live trading there is always real money and needs TRADING_TESTNET=false; without --mode live it is paper',
    );
  });

  it('asks the base URL on a test network as well', async () => {
    const exchange = await startBinance();
    const connection = await CcxtConnection.open({
      ...{provider: 'binance', testnet: true, baseUrl: `${exchange.url}/prefix`},
    });
    await connection.serverTimeMs().catch(() => undefined);
    connection.close();
    expect(exchange.requests.map(({path}) => path)).toContain('/prefix/api/v3/time');
  });

  it.each(['htx', 'bybit', 'kraken', 'gate', 'okx'])(
    'asks %s for spot markets alone, at the base URL alone',
    async (provider) => {
      const exchange = await startBinance();
      const {connection} = await connect(exchange, {provider});
      expect(connection.hasCandles).toBe(true);
      expect(connection.candlesPerPage).toBeGreaterThanOrEqual(300);
      const error = await rejected(connection.requireSymbol('BTC/USDT'));
      expect(error.exitCode).toBe(5);
      expect(exchange.requests.length).toBeGreaterThan(0);
      expect(exchange.requests.filter(({path}) => /swap|linear|contract|futures/.test(path))).toEqual([]);
    },
  );

  it('gives candles as numbers also where orders want digits', async () => {
    const exchange = await startBinance();
    const {connection} = await connect(exchange, {credentials: API_KEY});
    const rows = await connection.read('candles', (api) =>
      api.fetchOHLCV('BTC/USDT', '1h', NOW_MS - 7_200_000, 1),
    );
    expect((rows as unknown[][])[0]?.map((value) => typeof value)).toEqual(Array<string>(6).fill('number'));
  });

  it('shows nothing of ccxt to whoever prints it', async () => {
    const {connection} = await connect(await startBinance());
    expect(inspect(connection, {depth: 5})).not.toMatch(/apiKey|secret|urls/);
  });
});

describe('CcxtConnection.read', () => {
  type Case = [name: string, fault: Fault, code: string, outcome: string, message: RegExp];
  const answer = (status: number, body: string, headers: Record<string, string> = {}): Fault => ({
    ...{kind: 'answer', status, body, headers},
  });
  const cases: Case[] = [
    ['HTML of 502', answer(502, HTML), 'EXCHANGE_FAILED', 'unknown', /502 Bad Gateway/],
    ['HTML of 504', answer(504, HTML), 'EXCHANGE_UNREACHABLE', 'unknown', /no answer in time/],
    ['an empty 503', answer(503, ''), 'EXCHANGE_FAILED', 'unknown', /503/],
    [
      'HTML of 200',
      answer(200, HTML),
      'EXCHANGE_ANSWER_INVALID',
      'unknown',
      /answered "<html>.*no whole JSON/,
    ],
    ['an empty 200', answer(200, ''), 'EXCHANGE_ANSWER_INVALID', 'unknown', /answered "", which is no whole/],
    ['null', answer(200, 'null'), 'EXCHANGE_ANSWER_INVALID', 'unknown', /answered "null"/],
    ['{}', answer(200, '{}'), 'EXCHANGE_ANSWER_INVALID', 'unknown', /answered "\{\}"/],
    [
      'a time in seconds',
      answer(200, '{"serverTime": 1704067200}'),
      ...(['EXCHANGE_ANSWER_INVALID', 'unknown', /its time was "1704067200"/] as const),
    ],
    ['half a body', {kind: 'truncated'}, 'EXCHANGE_ANSWER_INVALID', 'unknown', /no whole JSON/],
    ['a body cut off', {kind: 'cut'}, 'EXCHANGE_UNREACHABLE', 'unknown', /could not be reached or broke off/],
    [
      'a body that stalls',
      {kind: 'stalled'},
      'EXCHANGE_UNREACHABLE',
      'unknown',
      /did not answer within 0\.3 s/,
    ],
    ['silence', {kind: 'silent'}, 'EXCHANGE_UNREACHABLE', 'unknown', /did not answer within 0\.3 s/],
    [
      'a connection dropped early',
      {kind: 'dropped', when: 'before'},
      ...(['EXCHANGE_UNREACHABLE', 'unknown', /broke off/] as const),
    ],
    [
      'a connection dropped late',
      {kind: 'dropped', when: 'after'},
      ...(['EXCHANGE_UNREACHABLE', 'unknown', /broke off/] as const),
    ],
    [
      'a redirect',
      answer(302, '{}', {location: 'http://127.0.0.1:9/'}),
      ...(['EXCHANGE_UNREACHABLE', 'unknown', /redirect/] as const),
    ],
    ['-1001', answer(500, '{"code":-1001,"msg":"Disconnected"}'), 'EXCHANGE_FAILED', 'unknown', /later/],
    ['-1 of 500', answer(500, '{"code":-1,"msg":"Internal error"}'), 'EXCHANGE_FAILED', 'unknown', /later/],
    ['-1121', answer(400, '{"code":-1121,"msg":"Invalid symbol."}'), 'EXCHANGE_FAILED', 'rejected', /-1121/],
    [
      '-2015',
      answer(401, '{"code":-2015,"msg":"Invalid API-key"}'),
      ...(['EXCHANGE_FAILED', 'rejected', /check the credentials/] as const),
    ],
    ['-2010', answer(400, '{"code":-2010,"msg":"No balance"}'), 'EXCHANGE_FAILED', 'rejected', /No balance/],
  ];
  it.each(cases)('says of %s what became of the request', async (_, fault, code, outcome, message) => {
    const exchange = await startBinance();
    exchange.fail(TIME, fault, {times: 10});
    const isUnanswered = fault.kind === 'silent' || fault.kind === 'stalled';
    const {connection} = await connect(exchange, isUnanswered ? {timeoutMs: 300} : {});
    const error = await rejected(connection.serverTimeMs());
    expect(error).toMatchObject({name: 'ExchangeError', code, outcome, exitCode: 5});
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(exchange.count(TIME)).toBe(outcome === 'rejected' ? 1 : 3);
  });

  it('knows that a request to nobody was not sent', async () => {
    const exchange = await startBinance();
    const {connection} = await connect(exchange);
    await exchange.stop();
    expect(await rejected(connection.serverTimeMs())).toMatchObject({
      ...{code: 'EXCHANGE_UNREACHABLE', outcome: 'not-sent'},
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('asks again after what passes, twice as late each time', async () => {
    const exchange = await startBinance();
    const {connection, waits} = await connect(exchange);
    await connection.serverTimeMs();
    exchange.fail(TIME, {kind: 'dropped', when: 'before'}, {times: 3});
    exchange.fail(TIME, {kind: 'answer', status: 502, body: HTML}, {times: 2});
    expect(await connection.serverTimeMs()).toBe(NOW_MS);
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it('waits as long as Retry-After says, at 429 and 418', async () => {
    const exchange = await startBinance();
    const {connection, waits} = await connect(exchange);
    exchange.fail(TIME, {kind: 'answer', status: 429, body: '{}', headers: {'retry-after': '7'}});
    exchange.fail(TIME, {kind: 'answer', status: 418, body: '{}', headers: {'retry-after': '60'}});
    expect(await connection.serverTimeMs()).toBe(NOW_MS);
    expect(waits).toEqual([7000, 60_000]);
  });

  it('does not wait for a long ban, nor ask during one', async () => {
    const exchange = await startBinance();
    let nowMs = NOW_MS;
    const {connection, waits} = await connect(exchange, {nowMs: () => nowMs});
    exchange.fail(TIME, {kind: 'answer', status: 418, body: '{}', headers: {'retry-after': '7200'}});
    const long = await rejected(connection.serverTimeMs());
    expect(long).toMatchObject({code: 'EXCHANGE_RATE_LIMITED', retryAfterMs: 7_200_000});
    expect(long.message).toMatch(/418.*try again in 7200 s/);
    nowMs += 7_199_000;
    // A wait of a second would do now, and is taken.
    expect(await connection.serverTimeMs()).toBe(NOW_MS);
    expect(waits).toEqual([1000]);
    expect(exchange.count(TIME)).toBe(2);
  });

  it('takes a ban without an end for one of five minutes, and a limit for one of a minute', async () => {
    for (const [status, lastsMs] of [
      [418, 300_000],
      [429, 60_000],
    ] as const) {
      const exchange = await startBinance();
      let nowMs = NOW_MS;
      const {connection} = await connect(exchange, {nowMs: () => nowMs});
      exchange.fail(TIME, {kind: 'answer', status, body: '{}'});
      const ask = (): Promise<unknown> => connection.send('the time', (api) => api.fetchTime());
      expect(await rejected(ask())).toMatchObject({code: 'EXCHANGE_RATE_LIMITED', outcome: 'unknown'});
      nowMs += lastsMs - 1;
      const banned = await rejected(ask());
      expect(banned).toMatchObject({code: 'EXCHANGE_RATE_LIMITED', outcome: 'not-sent', retryAfterMs: 1});
      expect(banned.message).toMatch(
        /was not asked for, since the exchange wants no requests for another 1 s/,
      );
      expect(exchange.count(TIME)).toBe(1);
      nowMs += 1;
      expect(await ask()).toBe(NOW_MS);
    }
  });

  it('stops at an abort at once, whatever is under way, with its reason', async () => {
    const exchange = await startBinance();
    exchange.fail(TIME, {kind: 'silent'});
    const {connection} = await connect(exchange);
    const controller = new AbortController();
    const reason = new Error('stop');
    exchange.onRequest = () => {
      controller.abort(reason);
    };
    await expect(connection.serverTimeMs(controller.signal)).rejects.toBe(reason);
    expect(exchange.count(TIME)).toBe(1);
    await expect(connection.serverTimeMs(controller.signal)).rejects.toBe(reason);
    expect(exchange.count(TIME)).toBe(1);
  });

  it('lets nothing more out once it is closed', async () => {
    const exchange = await startBinance();
    exchange.fail(TIME, {kind: 'silent'});
    const {connection} = await connect(exchange);
    exchange.onRequest = () => {
      connection.close();
    };
    await expect(connection.serverTimeMs()).rejects.toThrow('the connection to binance was closed');
    await expect(connection.serverTimeMs()).rejects.toThrow('was closed');
    expect(exchange.count(TIME)).toBe(1);
  });
});

describe('CcxtConnection.requireSymbol', () => {
  it('asks for the markets once', async () => {
    const exchange = await startBinance();
    const {connection} = await connect(exchange);
    await connection.requireSymbol('BTC/USDT');
    await connection.requireSymbol('ETH/USDT');
    expect(exchange.count('/api/v3/exchangeInfo')).toBe(1);
  });

  it.each(['BTCUSDT', 'btc/usdt', 'BTC-USDT', 'BTC/USD'])('names the nearest for %s', async (symbol) => {
    const {connection} = await connect(await startBinance());
    const error = await rejected(connection.requireSymbol(symbol));
    expect(error).toMatchObject({code: 'SYMBOL_UNKNOWN', exitCode: 2});
    expect(error.message).toContain(
      `symbol was "${symbol}", which is no spot market of binance; did you mean BTC/USDT`,
    );
  });

  it('refuses a list of markets that holds none, or what are none', async () => {
    const exchange = await startBinance();
    exchange.fail('/api/v3/exchangeInfo', {kind: 'answer', body: '{"symbols":[]}'}, {times: 9});
    const {connection} = await connect(exchange);
    const none = await rejected(connection.requireSymbol('BTC/USDT'));
    expect(none).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID'});
    expect(none.message).toMatch(/no spot market/);

    const other = await startBinance();
    other.fail('/api/v3/exchangeInfo', {kind: 'answer', body: '{"symbols":[{"symbol":"X"}]}'}, {times: 9});
    const broken = await rejected((await connect(other)).connection.requireSymbol('BTC/USDT'));
    expect(broken.exitCode).toBe(5);
  });
});
