import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {describe, expect, it, onTestFinished} from 'vitest';
import {CcxtBroker} from '../../../src/exchange/ccxt-broker.js';
import {CcxtConnection} from '../../../src/exchange/ccxt-connection.js';
import {ROOT} from '../../support/cli.js';
import {API_KEY} from '../../support/test-exchange/binance-venue.js';
import {NOW_MS} from '../../support/test-exchange/markets.js';
import {SYMBOL, approved, d} from '../../support/trading.js';

const SERVE = 'test/support/test-exchange/serve.ts';

interface Truth {
  readonly ordersSent: number;
  readonly orders: readonly {readonly clientOrderId: string; readonly status: string}[];
  readonly balances: Readonly<Record<string, string>>;
}

/** Starts the exchange as a process; it ends with the test. */
async function serve(): Promise<string> {
  const args = ['--import', './test/support/typescript-hooks.mjs', SERVE, '0', String(NOW_MS)];
  const child = spawn(process.execPath, args, {cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit']});
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return url;
}

async function command(url: string, path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : {method: 'POST', body: JSON.stringify(body)};
  const response = await fetch(`${url}/control/${path}`, init);
  expect(response.status).toBe(200);
  return await response.json();
}

describe('the test exchange as a process of its own', () => {
  it('takes orders, faults and commands, and says what really happened', async () => {
    const url = await serve();
    let nowMs = NOW_MS;
    const connection = await CcxtConnection.open({
      ...{provider: 'binance', testnet: false, baseUrl: url, credentials: API_KEY, timeoutMs: 5000},
      nowMs: () => nowMs,
    });
    onTestFinished(() => {
      connection.close();
    });
    const broker = await CcxtBroker.open(connection, {symbol: SYMBOL});
    await command(url, 'price', {price: '100'});
    const lost = {kind: 'dropped', when: 'after'};
    await command(url, 'fault', {path: 'POST /api/v3/order', fault: lost});
    expect((await broker.submit(approved())).status).toBe('unknown');
    await command(url, 'clock', {advanceMs: 60_000});
    nowMs += 60_000;
    expect((await broker.news()).map(({kind}) => kind)).toEqual(['fill', 'order']);
    const {ordersSent, orders, balances} = (await command(url, 'truth')) as Truth;
    expect([ordersSent, orders.length]).toEqual([1, 1]);
    expect(orders[0]).toMatchObject({clientOrderId: 'dlt-1', status: 'FILLED'});
    expect(d(balances['BTC']!).toFixed()).toBe('0.999');
  });
});
