import type {SeededRandom} from '../../../src/domain/seeded-random.js';
import {HTML, binanceError} from '../test-exchange/faults.js';
import type {Fault} from '../test-exchange/faults.js';
import type {SpotBehaviour} from '../test-exchange/spot-orders.js';
import type {SoakExchange} from './soak-exchange.js';

const ORDER = '/api/v3/order';

/** Everything that goes wrong with an answer in a soak. Each passes by itself, so that a run can always recover. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'dropped before it was seen': {kind: 'dropped', when: 'before'},
  'dropped after it was seen': {kind: 'dropped', when: 'after'},
  'cut in the middle': {kind: 'cut'},
  truncated: {kind: 'truncated'},
  'stalled in the middle': {kind: 'stalled'},
  'no answer': {kind: 'silent'},
  'late by 3 s': {kind: 'late', afterMs: 3000},
  'late by a minute': {kind: 'late', afterMs: 60_000},
  'HTML as 200': {kind: 'answer', status: 200, body: HTML},
  'empty object as 200': {kind: 'answer', status: 200, body: '{}'},
  'HTML as 502': {kind: 'answer', status: 502, body: HTML},
  '500': {kind: 'answer', status: 500, body: binanceError(-1, 'Internal error')},
  '504 -1007': {kind: 'answer', status: 504, body: binanceError(-1007, 'Timeout waiting for response.')},
  '400 -1006': {kind: 'answer', status: 400, body: binanceError(-1006, 'Execution status unknown.')},
  '429': {kind: 'answer', status: 429, body: '{"code":-1003,"msg":"slow"}', headers: {'retry-after': '2'}},
  '418': {kind: 'answer', status: 418, body: '{"code":-1003,"msg":"banned"}', headers: {'retry-after': '3'}},
  'refused -1021': {kind: 'refused', status: 400, body: binanceError(-1021, 'Outside of the recvWindow.')},
  'refused -2010': {kind: 'refused', status: 400, body: binanceError(-2010, 'Insufficient balance.')},
  'refused 503': {kind: 'refused', status: 503, body: HTML},
};

/** Where a fault waits, the more often named the more often. */
const PATHS = [
  ...[`POST ${ORDER}`, `POST ${ORDER}`, `POST ${ORDER}`, `POST ${ORDER}`, `GET ${ORDER}`, `GET ${ORDER}`],
  ...[`DELETE ${ORDER}`, '/api/v3/myTrades', '/api/v3/myTrades', '/api/v3/klines', '/api/v3/time'],
  ...['/api/v3/account', '/api/v3/openOrders', '/api/v3/exchangeInfo'],
];

/** Seconds of waiting: seldom. */
const SLOW: ReadonlySet<string> = new Set(['stalled in the middle', 'no answer', 'late by a minute']);
/** Only an order can be refused for the account's sake. */
const OF_ORDERS: ReadonlySet<string> = new Set(['refused -2010']);

/** What a fault is called in the tallies. */
export function faultName(fault: Fault): string {
  return Object.keys(FAULTS).find((name) => FAULTS[name] === fault) ?? fault.kind;
}

/** Plans what goes wrong at the exchange during one life, and how it goes about orders meanwhile. */
export function plan(random: SeededRandom, {exchange, venue}: SoakExchange): void {
  exchange.heal();
  const count = Math.floor(random.uniform() * 6);
  for (let index = 0; index < count; index++) {
    const path = pick(random, PATHS);
    const name = pick(random, Object.keys(FAULTS));
    if (SLOW.has(name) && random.uniform() < 0.6) continue;
    if (OF_ORDERS.has(name) && path !== `POST ${ORDER}`) continue;
    const times = random.uniform() < 0.3 ? 2 : 1;
    exchange.fail(path, FAULTS[name]!, {skip: Math.floor(random.uniform() * 4), times});
  }
  Object.assign(venue.orders.behaviour, behaviour(random));
}

/** Nothing goes wrong any more, and every order fills at once. */
export function heal({exchange, venue}: SoakExchange): void {
  exchange.heal();
  Object.assign(venue.orders.behaviour, {...calm});
}

const calm: SpotBehaviour = {
  ...{fillAfterMs: 0, fillParts: 1, fillEveryMs: 500, fillAtMost: undefined, hiddenMs: 0},
  ...{fillBeforeCancel: false, feeIn: 'received', feeRate: '0.001'},
};

function behaviour(random: SeededRandom): SpotBehaviour {
  return {
    fillAfterMs: pick(random, [0, 0, 700, 3000]),
    fillParts: pick(random, [1, 1, 2, 4]),
    fillEveryMs: pick(random, [200, 900]),
    fillAtMost: pick(random, [undefined, undefined, undefined, '0.00500', '0']),
    hiddenMs: pick(random, [0, 0, 1000, 4000]),
    fillBeforeCancel: random.uniform() < 0.3,
    feeIn: pick(random, ['received', 'received', 'quote', 'BNB']),
    feeRate: '0.001',
  };
}

/** One of them, each as likely. */
export function pick<T>(random: SeededRandom, choices: readonly T[]): T {
  return choices[Math.floor(random.uniform() * choices.length)]!;
}
