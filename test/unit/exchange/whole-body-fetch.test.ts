import {describe, expect, it} from 'vitest';
import {wholeBodyFetch} from '../../../src/exchange/whole-body-fetch.js';
import {rejected} from '../../support/caught.js';
import {TestExchange} from '../../support/test-exchange/test-exchange.js';

const NEVER = new AbortController().signal;
const GET = {method: 'GET', headers: {}, signal: NEVER};

/** A venue that answers with what it was asked. */
async function startEcho(): Promise<TestExchange> {
  const echo = {
    answer: ({
      method,
      path,
      body,
      headers,
    }: {
      method: string;
      path: string;
      body: string;
      headers: object;
    }) => ({
      status: 200,
      body: {method, path, body, headers},
    }),
  };
  return await TestExchange.start(echo, 0);
}

describe('wholeBodyFetch', () => {
  it('sends what ccxt hands over, and gives the whole answer', async () => {
    const exchange = await startEcho();
    const response = await wholeBodyFetch('test', NEVER)(`${exchange.url}/order?x=1`, {
      ...{method: 'POST', headers: {'x-key': 'k'}, body: 'text=\u00e9\u{1f600}', signal: NEVER},
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(await response.text())).toMatchObject({
      ...{method: 'POST', path: '/order', body: 'text=\u00e9\u{1f600}'},
      headers: {'x-key': 'k'},
    });
  });

  it('gives an answer that is an error as it is, whatever its body', async () => {
    const exchange = await startEcho();
    exchange.fail('/', {kind: 'answer', status: 500, body: 'no JSON'});
    const response = await wholeBodyFetch('test', NEVER)(`${exchange.url}/`, GET);
    expect([response.status, response.statusText]).toEqual([500, 'Internal Server Error']);
    expect(await response.text()).toBe('no JSON');
  });

  it('does not read an answer without an end', async () => {
    const exchange = await startEcho();
    exchange.fail('/', {kind: 'answer', body: JSON.stringify(['x'.repeat(5000)])});
    const error = await rejected(wholeBodyFetch('test', NEVER, 1000)(`${exchange.url}/`, GET));
    expect(error).toMatchObject({code: 'EXCHANGE_UNREACHABLE', outcome: 'unknown'});
    expect(error.message).toContain('the answer is larger than 1000 bytes');
  });

  it('knows that nothing was sent where no address of a host listens', async () => {
    const exchange = await startEcho();
    await exchange.stop();
    const url = exchange.url.replace('127.0.0.1', 'localhost');
    const error = await rejected(wholeBodyFetch('test', NEVER)(`${url}/`, GET));
    expect(error).toMatchObject({code: 'EXCHANGE_UNREACHABLE', outcome: 'not-sent'});
    expect(error.message).toMatch(
      /^test at localhost:\d+ could not be reached or broke off \(.*ECONNREFUSED/,
    );
  });
});
