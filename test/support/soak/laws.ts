import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {Decimal, ZERO} from '../../../src/domain/decimal.js';
import type {SpotOrder} from '../test-exchange/spot-orders.js';
import type {FillFact, JournalFacts, OrderFact} from './journal-facts.js';
import {DEPOSITS, isLive} from './soak-exchange.js';
import type {SoakExchange} from './soak-exchange.js';

/** What must hold after every run, whatever happened in it. */
export type Law =
  | 'sent once'
  | 'one order a decision'
  | 'journalled before it was sent'
  | 'no order lost'
  | 'fills as at the exchange'
  | 'books as at the exchange'
  | 'every candle once'
  | 'chain sound'
  | 'replay'
  | 'status'
  | 'within its limit'
  | 'one sell of one holding'
  | 'nothing rests without a holding'
  | 'others left alone'
  | 'no secret'
  | 'ends as it should';

export interface Violation {
  readonly law: Law;
  readonly text: string;
}

/** The most that a strategy of a soak may hold, in quote: the default. */
const MAX_POSITION_QUOTE = 1000;
const CASH = 5000;
const LOT = '0.00001';

/** Compares a settled run's journal with what really happened at the exchange. */
export function compare(journal: JournalFacts, soak: SoakExchange): Violation[] {
  return [
    ...sentOnce(soak),
    ...ordersAgree(journal, soak),
    ...nothingLost(journal, soak),
    ...fillsAgree(journal, soak),
    ...booksAgree(journal, soak),
    ...candlesOnce(journal, soak),
    ...withinLimit(journal, soak),
    ...soldOnce(soak),
    ...restsBehindHolding(journal, soak),
    ...othersLeftAlone(soak),
    ...(journal.brokenAt === undefined
      ? []
      : [violation('chain sound', `line ${String(journal.brokenAt)} is not what was written`)]),
  ];
}

/** What a strategy owns by the fills that its journal holds. */
export function booksOf(fills: readonly FillFact[]): {base: Decimal; cash: Decimal} {
  let [base, cash] = [ZERO, new Decimal(CASH)];
  for (const {side, quantityBase, price, fee, feeCurrency} of fills) {
    const signed = new Decimal(quantityBase).times(side === 'buy' ? 1 : -1);
    base = base.plus(signed).minus(feeCurrency === 'base' ? fee : ZERO);
    cash = cash.minus(signed.times(price)).minus(feeCurrency === 'quote' ? fee : ZERO);
  }
  return {base, cash};
}

/** @param texts everything that was printed; @param folder everything below it is read */
export function secretsLeft(
  {credentials}: SoakExchange,
  texts: readonly string[],
  folder: string,
): Violation[] {
  const canaries = [credentials.apiKey, credentials.secret];
  const files = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return canaries.flatMap((canary) => [
    ...(texts.some((text) => text.includes(canary))
      ? [violation('no secret', `"${canary}" was printed`)]
      : []),
    ...files
      .filter((file) => readFileSync(file).includes(canary))
      .map((file) => violation('no secret', `"${canary}" lies in ${file}`)),
  ]);
}

export function violation(law: Law, text: string): Violation {
  return {law, text};
}

function sentOnce({sentIds, ours}: SoakExchange): Violation[] {
  return [
    ...repeated(sentIds).map((id) => violation('sent once', `order ${id} was sent more than once`)),
    ...repeated(ours.map(({clientOrderId}) => clientOrderId)).map((id) =>
      violation('sent once', `order ${id} was taken more than once`),
    ),
  ];
}

function ordersAgree({orders}: JournalFacts, {ours, sentIds}: SoakExchange): Violation[] {
  const known = new Map(orders.map((order) => [order.clientOrderId, order]));
  return [
    ...repeated(orders.map(({decisionId}) => decisionId)).map((id) =>
      violation('one order a decision', `decision ${id} was ordered more than once`),
    ),
    ...repeated(orders.map(({clientOrderId}) => clientOrderId)).map((id) =>
      violation('one order a decision', `order ${id} was journalled more than once`),
    ),
    ...sentIds
      .filter((id) => !known.has(id))
      .map((id) => violation('journalled before it was sent', `the journal knows no order ${id}`)),
    ...ours.flatMap((taken) => {
      const order = known.get(taken.clientOrderId);
      const same =
        order === undefined
        || (order.side === taken.side.toLowerCase()
          && taken.origQty.eq(order.quantityBase)
          && taken.stopPrice?.toFixed() === order.stopPrice);
      return same ? [] : [violation('one order a decision', `order ${taken.clientOrderId} is another there`)];
    }),
  ];
}

/** Every order is over but a stop that rests. */
function nothingLost({openOrders, reports}: JournalFacts, {ours, stops}: SoakExchange): Violation[] {
  const last = new Map(reports.map((report) => [report.clientOrderId, report]));
  const resting = new Set(stops.filter(isLive).map(({clientOrderId}) => clientOrderId));
  return [
    ...openOrders
      .filter(({clientOrderId}) => !resting.has(clientOrderId))
      .map(({clientOrderId}) =>
        violation('no order lost', `the journal does not know how order ${clientOrderId} ended`),
      ),
    ...ours.flatMap((taken) => {
      const report = last.get(taken.clientOrderId);
      const same =
        report !== undefined
        && report.status === (taken.status === 'NEW' ? 'open' : taken.status.toLowerCase())
        && taken.executedQty.eq(report.filledBase);
      return same
        ? []
        : [
            violation(
              'no order lost',
              `order ${taken.clientOrderId} is ${report?.status ?? 'untold'} in the journal, ${taken.status} with ${taken.executedQty.toFixed()} at the exchange`,
            ),
          ];
    }),
  ];
}

function fillsAgree({fills}: JournalFacts, {ours}: SoakExchange): Violation[] {
  const there = new Map(
    ours.flatMap((order) => order.fills.map((fill) => [String(fill.tradeId), wordsOf(order, fill)] as const)),
  );
  const here = new Map(fills.map((fill) => [fill.fillId, journalledWords(fill)]));
  return [
    ...repeated(fills.map(({fillId}) => fillId)).map((id) =>
      violation('fills as at the exchange', `fill ${id} was journalled more than once`),
    ),
    ...[...new Set([...there.keys(), ...here.keys()])]
      .filter((id) => there.get(id) !== here.get(id))
      .map((id) =>
        violation(
          'fills as at the exchange',
          `fill ${id} is ${here.get(id) ?? 'missing'} in the journal, ${there.get(id) ?? 'missing'} at the exchange`,
        ),
      ),
  ];
}

function wordsOf({clientOrderId, side}: SpotOrder, fill: SpotOrder['fills'][number]): string {
  const {qty, price, commission, commissionAsset} = fill;
  const fee = commission.isZero() ? '' : `${commission.toFixed()} ${commissionAsset}`;
  return [clientOrderId, side.toLowerCase(), qty.toFixed(), price.toFixed(), fee].join(' ');
}

function journalledWords(fill: FillFact): string {
  const {clientOrderId, side, quantityBase, price, fee, feeCurrency, feesElsewhere = []} = fill;
  const fees = [
    ...(new Decimal(fee).isZero() ? [] : [{amount: fee, currency: feeCurrency === 'base' ? 'BTC' : 'USDT'}]),
    ...feesElsewhere,
  ].map(({amount, currency}) => `${new Decimal(amount).toFixed()} ${currency}`);
  const [quantity, at] = [new Decimal(quantityBase).toFixed(), new Decimal(price).toFixed()];
  return [clientOrderId, side, quantity, at, fees.join(' ')].join(' ');
}

function booksAgree({fills}: JournalFacts, {venue}: SoakExchange): Violation[] {
  const {base, cash} = booksOf(fills);
  const {account} = venue.orders;
  const elsewhere = fills.flatMap(({feesElsewhere = []}) => feesElsewhere);
  const amounts = [
    ['BTC', base, account.total('BTC').minus(DEPOSITS.BTC)],
    ['USDT', cash.minus(CASH), account.total('USDT').minus(DEPOSITS.USDT)],
    [
      'BNB',
      elsewhere.reduce((sum, {amount}) => sum.minus(amount), ZERO),
      account.total('BNB').minus(DEPOSITS.BNB),
    ],
  ] as const;
  return amounts
    .filter(([, here, there]) => !here.eq(there))
    .map(([asset, here, there]) =>
      violation(
        'books as at the exchange',
        `${asset} moved by ${here.toFixed()} in the journal, by ${there.toFixed()} at the exchange`,
      ),
    );
}

/** Candles are those of the market, second by second; once the strategy decides, it decides on each. */
function candlesOnce({lines}: JournalFacts, {history}: SoakExchange): Violation[] {
  const found: Violation[] = [];
  let [previousMs, decides] = [NaN, false];
  for (const {seq, kind, candleMs, body} of lines) {
    if (kind !== 'candle' && kind !== 'step') continue;
    const at = `line ${String(seq)}: the ${kind} of ${String(candleMs)}`;
    if (candleMs! - previousMs !== 1000 && !Number.isNaN(previousMs))
      found.push(violation('every candle once', `${at} follows that of ${String(previousMs)}`));
    if (decides && kind === 'candle') found.push(violation('every candle once', `${at} was not decided on`));
    const {openTimeMs, open, high, low, close, volume} = history.kline(candleMs!)!;
    const want = {openTimeMs, ...mapNumbers({open, high, low, close, volume})};
    if (JSON.stringify(sorted(body['candle'] as object)) !== JSON.stringify(sorted(want)))
      found.push(violation('every candle once', `${at} is not what the market had`));
    previousMs = candleMs!;
    decides ||= kind === 'step';
  }
  return found;
}

function mapNumbers(texts: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Number(text)]));
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values).sort(([a], [b]) => a.localeCompare(b));
}

/** What is held at the exchange, at any moment, is what one order may buy: dust aside, at the price that it was decided at. */
function withinLimit({orders}: JournalFacts, {ours}: SoakExchange): Violation[] {
  const known = new Map<string, OrderFact>(orders.map((order) => [order.clientOrderId, order]));
  const fills = ours
    .flatMap((order) => order.fills.map((fill) => ({order, fill})))
    .sort((a, b) => a.fill.tradeId - b.fill.tradeId);
  let held = ZERO;
  const found: Violation[] = [];
  for (const {order, fill} of fills) {
    held = held.plus(fill.qty.times(order.side === 'BUY' ? 1 : -1));
    if (fill.commissionAsset === 'BTC') held = held.minus(fill.commission);
    const referencePrice = known.get(order.clientOrderId)?.referencePrice;
    if (referencePrice === undefined || order.side === 'SELL') continue;
    if (!held.times(referencePrice).lte(MAX_POSITION_QUOTE)) {
      const text = `order ${order.clientOrderId} led to ${held.toFixed()} BTC at ${referencePrice}`;
      found.push(violation('within its limit', text));
    }
  }
  return found;
}

/** What the exchange took while another sell of ours was live, and what was sold beyond what was held: the account has more. */
function soldOnce({doubleSells, ours}: SoakExchange): Violation[] {
  const found = doubleSells.map((id) =>
    violation('one sell of one holding', `order ${id} came on top of another sell`),
  );
  let held = ZERO;
  const there = ours.flatMap((order) => order.fills.map((fill) => ({order, fill})));
  for (const {order, fill} of there.sort((a, b) => a.fill.tradeId - b.fill.tradeId)) {
    held = held.plus(fill.qty.times(order.side === 'BUY' ? 1 : -1));
    if (fill.commissionAsset === 'BTC') held = held.minus(fill.commission);
    if (!held.gte(0)) {
      const text = `fill ${String(fill.tradeId)} of ${order.clientOrderId} left ${held.toFixed()} BTC`;
      found.push(violation('one sell of one holding', text));
    }
  }
  return found;
}

/** Once settled, what rests at the exchange is one stop for all whole lots that are held. */
function restsBehindHolding({fills}: JournalFacts, {ours}: SoakExchange): Violation[] {
  const lots = booksOf(fills).base.dividedToIntegerBy(LOT).times(LOT);
  const live = ours.filter(isLive);
  const [stop, ...more] = live;
  const isSound =
    stop === undefined || (more.length === 0 && stop.stopPrice !== undefined && stop.origQty.eq(lots));
  if (isSound) return [];
  const orders = live.map(
    ({clientOrderId, type, origQty}) => `${type} ${clientOrderId} of ${origQty.toFixed()}`,
  );
  const text = `${orders.join(', ')} rests behind ${lots.toFixed()} BTC`;
  return [violation('nothing rests without a holding', text)];
}

function othersLeftAlone({foreign, exchange}: SoakExchange): Violation[] {
  const ids = new Set(foreign.flatMap(({clientOrderId, orderId}) => [clientOrderId, String(orderId)]));
  return [
    ...foreign
      .filter(({status}) => status !== 'NEW')
      .map(({clientOrderId, status}) =>
        violation('others left alone', `order ${clientOrderId} is ${status}`),
      ),
    ...exchange.requests
      .filter(({method, query, body}) => {
        if (method !== 'DELETE') return false;
        const given = new URLSearchParams([...query, ...new URLSearchParams(body)]);
        return ids.has(given.get('orderId') ?? '') || ids.has(given.get('origClientOrderId') ?? '');
      })
      .map(() => violation('others left alone', 'an order of somebody else was to be cancelled')),
  ];
}

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
