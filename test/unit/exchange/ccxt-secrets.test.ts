import {inspect} from 'node:util';
import {describe, expect, it} from 'vitest';
import {reportEntry} from '../../../src/engine/journal-bodies.js';
import {canonicalJson} from '../../../src/store/journal-entry.js';
import {checkTradingAccess} from '../../../src/session/doctor-exchange.js';
import {HTML, binanceError} from '../../support/test-exchange/faults.js';
import type {Fault} from '../../support/test-exchange/faults.js';
import {IMPATIENT, openBroker} from '../../support/test-exchange/open-broker.js';
import {connect} from '../../support/test-exchange/connect.js';
import {SYMBOL, approved} from '../../support/trading.js';

const CANARY = {apiKey: 'canary-key-5f0c1d7e9b', secret: 'canary-secret-8a2e64b0f3'};
const FORBIDDEN = /canary|signature=/;

/** Everything that a log, a crash or a curious user could print of a value. */
function printed(value: unknown): string {
  const options = {depth: 12, showHidden: true, getters: true};
  const stack = value instanceof Error ? `${value.message} ${value.stack ?? ''}` : '';
  return `${inspect(value, options)} ${JSON.stringify(value)} ${stack}`;
}

describe('the credentials of an exchange', () => {
  it('are in nothing that a broker, its troubles, its reports and the journal show', async () => {
    const test = await openBroker({connection: {...IMPATIENT, credentials: CANARY}});
    Object.assign(test.venue.key, CANARY);
    const faults: Fault[] = [
      {kind: 'dropped', when: 'after'},
      {kind: 'silent'},
      {kind: 'cut'},
      {kind: 'answer', body: HTML},
      {kind: 'answer', status: 502, body: HTML},
      {kind: 'answer', status: 429, body: '{}', headers: {'retry-after': '0'}},
      // An exchange may quote what it was sent.
      {
        kind: 'refused',
        status: 400,
        body: binanceError(-1022, `key ${CANARY.apiKey} signed with ${CANARY.secret}`),
      },
      {kind: 'refused', status: 400, body: `<html>${CANARY.apiKey} ${CANARY.secret}</html>`},
      {kind: 'answer', body: `"${CANARY.apiKey} ${CANARY.secret}"`},
    ];
    const shown: unknown[] = [test.broker];
    for (const [index, fault] of faults.entries()) {
      test.exchange.fail('/api/v3/order', fault);
      const report = await test.broker.submit(approved({clientOrderId: `dlt-${String(index)}`}));
      shown.push(report, canonicalJson(reportEntry(report).body));
      test.exchange.fail('/api/v3/account', fault, {times: 7});
      shown.push(await test.broker.balances().catch((error: unknown) => error));
      test.exchange.nowMs += 3_600_000;
      test.exchange.heal();
    }
    shown.push(...test.troubles, await test.broker.news(), test.broker);
    expect(test.troubles.length).toBeGreaterThanOrEqual(faults.length);
    // The canary sang: the key was really used.
    expect(test.exchange.requests.some(({headers}) => headers['x-mbx-apikey'] === CANARY.apiKey)).toBe(true);
    for (const value of shown) expect(printed(value)).not.toMatch(FORBIDDEN);
  });

  it('are not in what ccxt itself would log', async () => {
    const written: string[] = [];
    const test = await openBroker({connection: {credentials: CANARY}});
    Object.assign(test.venue.key, CANARY);
    for (const [stream, write] of [
      [process.stdout, process.stdout.write.bind(process.stdout)],
      [process.stderr, process.stderr.write.bind(process.stderr)],
    ] as const) {
      stream.write = (chunk: string | Uint8Array, ...rest: never[]) => {
        written.push(String(chunk));
        return write(chunk, ...rest);
      };
    }
    try {
      await test.broker.submit(approved());
      await test.broker.news();
    } finally {
      delete (process.stdout as {write?: unknown}).write;
      delete (process.stderr as {write?: unknown}).write;
    }
    expect(written.join('')).not.toMatch(FORBIDDEN);
  });

  it('are not in what the checks before trading say', async () => {
    const test = await openBroker();
    const {connection} = await connect(test.exchange, {
      credentials: CANARY,
      nowMs: () => test.exchange.nowMs,
    });
    const results = await checkTradingAccess(connection, SYMBOL);
    expect(results.at(-1)).toMatchObject({verdict: 'failed'});
    expect(printed(results) + printed(connection)).not.toMatch(FORBIDDEN);
  });
});
