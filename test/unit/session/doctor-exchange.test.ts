import {describe, expect, it} from 'vitest';
import type {CheckResult} from '../../../src/session/doctor-check.js';
import {checkTradingAccess} from '../../../src/session/doctor-exchange.js';
import {API_KEY} from '../../support/test-exchange/binance-venue.js';
import {connect} from '../../support/test-exchange/connect.js';
import {HTML, binanceError} from '../../support/test-exchange/faults.js';
import {openBroker} from '../../support/test-exchange/open-broker.js';
import type {TestBroker, TestBrokerOptions} from '../../support/test-exchange/open-broker.js';
import type {ConnectionOptions} from '../../../src/exchange/ccxt-connection.js';
import {SYMBOL} from '../../support/trading.js';

async function checks(
  options: TestBrokerOptions & {
    readonly asked?: Partial<ConnectionOptions>;
    readonly traded?: string;
    readonly before?: (test: TestBroker) => void;
  } = {},
): Promise<readonly CheckResult[]> {
  const test = await openBroker(options);
  options.before?.(test);
  const {connection} = await connect(test.exchange, {
    ...{credentials: API_KEY, nowMs: () => test.exchange.nowMs + test.clock.aheadMs},
    ...options.asked,
  });
  const results = await checkTradingAccess(connection, options.traded ?? SYMBOL);
  expect(test.venue.orders.taken).toEqual([]);
  return results;
}

function verdicts(results: readonly CheckResult[]): [string, string][] {
  return results.map(({check, verdict}) => [check, verdict]);
}

describe('checkTradingAccess', () => {
  it('finds everything in order, and sends no order', async () => {
    const results = await checks();
    expect(results).toEqual([
      {check: 'exchange', verdict: 'ok', text: 'binance answers; its clock is within a second of ours'},
      {
        check: 'market',
        verdict: 'ok',
        text: 'BTC/USDT is traded in steps of 0.001 BTC, at least 5 USDT an order',
      },
      {check: 'credentials', verdict: 'ok', text: 'taken; the account holds 10000 USDT and 0 BTC'},
      {
        check: 'permissions',
        verdict: 'ok',
        text: 'the key may trade, may not withdraw, and is bound to addresses',
      },
    ]);
  });

  it('warns of a key that may withdraw', async () => {
    const results = await checks({before: ({venue}) => (venue.key.canWithdraw = true)});
    expect(results.at(-1)).toMatchObject({check: 'permissions', verdict: 'warning'});
    expect(results.at(-1)?.text).toMatch(/may withdraw; make one that may not/);
  });

  it.each<[string, object, CheckResult['verdict'], RegExp]>([
    ['may not trade', {enableSpotAndMarginTrading: false}, 'failed', /may not trade/],
    ['works from anywhere', {ipRestrict: false}, 'warning', /from any address/],
    ['is not described', {enableWithdrawals: undefined}, 'failed', /not sound/],
  ])('looks at a key that %s', async (_, change, verdict, text) => {
    const results = await checks({
      before: ({exchange}) => {
        const fault = {
          kind: 'rewrite',
          change: (body: unknown) => ({...(body as object), ...change}),
        } as const;
        exchange.fail('/sapi/v1/account/apiRestrictions', fault, {times: 3});
      },
    });
    expect(results.at(-1)).toMatchObject({check: 'permissions', verdict});
    expect(results.at(-1)?.text).toMatch(text);
  });

  it('says that the test network does not tell what a key may do', async () => {
    const results = await checks({asked: {testnet: true}});
    expect(results.at(-1)).toMatchObject({check: 'permissions', verdict: 'warning'});
    expect(results.at(-1)?.text).toMatch(/does not tell what the key may do/);
  });

  it('warns of a clock that is off, either way', async () => {
    for (const [aheadMs, text] of [
      [3000, /3\.0 s ahead: set it by NTP/],
      [-3000, /3\.0 s behind/],
    ] as const) {
      const results = await checks({before: ({clock}) => (clock.aheadMs = aheadMs)});
      expect(results[0]).toMatchObject({check: 'exchange', verdict: 'warning'});
      expect(results[0]?.text).toMatch(text);
    }
  });

  it('warns of an account with nothing in it', async () => {
    const results = await checks({balances: {BTC: '0', USDT: '0'}});
    expect(results[2]).toMatchObject({check: 'credentials', verdict: 'warning'});
    expect(results[2]?.text).toMatch(/nothing to trade with/);
  });

  it('stops where a check has nothing to build on', async () => {
    const unreachable = await checks({
      before: ({exchange}) => {
        exchange.fail('/api/v3/time', {kind: 'answer', status: 503, body: HTML}, {times: 9});
      },
    });
    expect(verdicts(unreachable)).toEqual([['exchange', 'failed']]);
    const unknown = await checks({traded: 'BTC/USD'});
    expect(verdicts(unknown)).toEqual([
      ['exchange', 'ok'],
      ['market', 'failed'],
    ]);
    expect(unknown[1]).toMatchObject({code: 'SYMBOL_UNKNOWN'});
  });

  it.each([
    [
      'a wrong secret',
      {apiKey: API_KEY.apiKey, secret: 'another-secret'},
      /Signature for this request is not valid/,
    ],
    [
      'an unknown key',
      {apiKey: 'another-key', secret: API_KEY.secret},
      /Invalid API-key.*check the credentials/,
    ],
  ])('fails for %s, in words of the exchange', async (_, credentials, text) => {
    const results = await checks({asked: {credentials}});
    expect(results.at(-1)).toMatchObject({check: 'credentials', verdict: 'failed', code: 'EXCHANGE_FAILED'});
    expect(results.at(-1)?.text).toMatch(text);
  });

  it('fails for a symbol that is not traded at present', async () => {
    const results = await checks({
      before: ({exchange}) => {
        const halt = (body: unknown): unknown => {
          const {symbols, ...rest} = body as {symbols: object[]};
          return {...rest, symbols: symbols.map((symbol) => ({...symbol, status: 'BREAK'}))};
        };
        exchange.fail('/api/v3/exchangeInfo', {kind: 'rewrite', change: halt});
      },
    });
    expect(results.at(-1)).toMatchObject({check: 'market', verdict: 'failed', code: 'SYMBOL_UNKNOWN'});
    expect(results.at(-1)?.text).toMatch(/does not trade at present/);
  });

  it('hands an error of the exchange on where the permissions are asked for', async () => {
    const results = await checks({
      before: ({exchange}) => {
        const body = binanceError(-1002, 'You are not authorized to execute this request.');
        exchange.fail('/sapi/v1/account/apiRestrictions', {kind: 'refused', status: 401, body});
      },
    });
    expect(results.at(-1)).toMatchObject({check: 'permissions', verdict: 'failed'});
  });
});
