import {z} from 'zod';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {Fill, OrderStatus, OrderTerms, Side} from '../domain/order.js';
import {CCXT_NUMBER} from './ccxt-market.js';

/** What is known of an order before the exchange says anything; of an order of an earlier life only the first two. */
export type ExpectedOrder = Pick<OrderTerms, 'clientOrderId' | 'symbol'>
  & Partial<Pick<OrderTerms, 'side' | 'quantityBase' | 'stopPrice'>>;

/** An order as the exchange has it, checked. */
export interface CcxtOrder {
  readonly venueOrderId: string;
  readonly side: Side;
  readonly quantityBase: Decimal;
  readonly filledBase: Decimal;
  /** Once every fill has been told. */
  readonly status: OrderStatus;
  /** When it was taken, by the exchange's clock, ms; undefined where the exchange does not say. */
  readonly takenMs: number | undefined;
}

const SIDE = z.enum(['buy', 'sell']);
const AMOUNT = CCXT_NUMBER.transform((digits) => new Decimal(digits)).refine((amount) => amount.gte(0));
const POSITIVE = AMOUNT.refine((amount) => amount.gt(0));
const ID = z.string().min(1);

const ORDER = z.looseObject({
  id: ID,
  clientOrderId: z.string().nullish(),
  symbol: z.string(),
  side: SIDE,
  amount: POSITIVE,
  filled: AMOUNT,
  triggerPrice: AMOUNT.nullish(),
  stopLossPrice: AMOUNT.nullish(),
  status: z.enum(['open', 'canceling', 'closed', 'canceled', 'expired', 'rejected']),
  timestamp: z.number().int().positive().nullish(),
});

/** The answer to an order that was taken: little is needed of it, since what became of the order is asked for later. */
const TAKEN = z.looseObject({
  id: ID,
  clientOrderId: z.string().nullish(),
  side: SIDE.nullish(),
  amount: AMOUNT.nullish(),
});

const FEE = z.looseObject({
  cost: CCXT_NUMBER.transform((digits) => new Decimal(digits)),
  currency: ID,
});

const TRADE = z.looseObject({
  id: ID,
  order: ID,
  symbol: z.string(),
  side: SIDE,
  amount: POSITIVE,
  price: POSITIVE,
  timestamp: z.number().int().positive(),
  fee: FEE.nullish().catch(undefined),
  fees: z.array(FEE).nullish(),
});

const STATUS: Readonly<Record<z.output<typeof ORDER>['status'], OrderStatus>> = {
  ...{open: 'open', canceling: 'open', closed: 'filled', canceled: 'canceled', expired: 'expired'},
  rejected: 'rejected',
};

/** Reads an order that is expected to be one of ours.
 *  @returns what is wrong with it, where something is */
export function parseOrder(answer: unknown, expected: ExpectedOrder, venueId: string): CcxtOrder | string {
  const parsed = ORDER.safeParse(answer);
  if (!parsed.success) return flaws(parsed.error);
  const {id, clientOrderId, symbol, side, amount, filled, status, timestamp} = parsed.data;
  // Not every answer repeats it.
  const stopPrice = parsed.data.stopLossPrice ?? parsed.data.triggerPrice ?? expected.stopPrice;
  const contradiction =
    differs('client order id', clientOrderId ?? venueId, venueId)
    ?? differs('symbol', symbol, expected.symbol)
    ?? differs('side', side, expected.side ?? side)
    ?? differs('quantity', amount.toFixed(), (expected.quantityBase ?? amount).toFixed())
    ?? differs(
      'stop price',
      String(stopPrice?.toFixed()),
      String((expected.stopPrice ?? stopPrice)?.toFixed()),
    );
  if (contradiction !== undefined) return contradiction;
  if (!filled.lte(amount)) return `filled was ${filled.toFixed()} of ${amount.toFixed()}`;
  // A missing amount becomes 0 on its way, and an order that filled must not pass for one that did not.
  if (status === 'closed' && !filled.eq(amount)) {
    return `it was closed with ${filled.toFixed()} of ${amount.toFixed()} filled`;
  }
  if (status === 'rejected' && filled.gt(0)) return 'it was rejected and filled';
  return {
    venueOrderId: id,
    side,
    quantityBase: amount,
    filledBase: filled,
    status: filled.eq(amount) ? 'filled' : STATUS[status],
    takenMs: timestamp ?? undefined,
  };
}

/** Reads what an exchange said to an order that was sent.
 *  @returns its own id for the order; what is wrong with the answer, where something is */
export function parseTaken(
  answer: unknown,
  expected: OrderTerms,
  venueId: string,
): {readonly venueOrderId: string} | string {
  const parsed = TAKEN.safeParse(answer);
  if (!parsed.success) return flaws(parsed.error);
  const {id, clientOrderId, side, amount} = parsed.data;
  const {quantityBase} = expected;
  return (
    differs('client order id', clientOrderId ?? venueId, venueId)
    ?? differs('side', side ?? expected.side, expected.side)
    ?? differs('quantity', (amount ?? quantityBase).toFixed(), quantityBase.toFixed()) ?? {venueOrderId: id}
  );
}

/** Reads the trades of an order; those of other orders are left out.
 *  @param pair what fees can be booked in
 *  @returns what is wrong with them, where something is */
export function parseFills(
  answer: unknown,
  order: CcxtOrder,
  expected: ExpectedOrder,
  pair: {readonly base: string; readonly quote: string},
): Fill[] | string {
  const parsed = z.array(TRADE).safeParse(answer);
  if (!parsed.success) return flaws(parsed.error);
  const ours = parsed.data.filter((trade) => trade.order === order.venueOrderId);
  const fills = new Map<string, Fill>();
  for (const trade of ours) {
    const contradiction =
      differs('symbol', trade.symbol, expected.symbol) ?? differs('side', trade.side, order.side);
    if (contradiction !== undefined) return `trade ${trade.id}: ${contradiction}`;
    fills.set(trade.id, {
      fillId: trade.id,
      clientOrderId: expected.clientOrderId,
      symbol: trade.symbol,
      side: trade.side,
      quantityBase: trade.amount,
      price: trade.price,
      ...bookedFees(trade, pair),
      timeMs: trade.timestamp,
    });
  }
  const sum = [...fills.values()].reduce((total, {quantityBase}) => total.plus(quantityBase), ZERO);
  // A trade may be seen before the order that it belongs to has counted it, but never more than was ordered.
  if (!sum.lte(order.quantityBase)) {
    return `its trades add up to ${sum.toFixed()} of ${order.quantityBase.toFixed()}`;
  }
  return [...fills.values()].sort((a, b) => a.timeMs - b.timeMs);
}

function bookedFees(
  {fee, fees}: z.output<typeof TRADE>,
  {base, quote}: {readonly base: string; readonly quote: string},
): Pick<Fill, 'fee' | 'feeCurrency' | 'feesElsewhere'> {
  const charged = fees?.length ? fees : fee ? [fee] : [];
  const booked = charged.find(({currency}) => currency === quote || currency === base);
  const elsewhere = charged.filter((other) => other !== booked && !other.cost.isZero());
  return {
    fee: booked?.cost ?? ZERO,
    feeCurrency: booked?.currency === base ? 'base' : 'quote',
    ...(elsewhere.length === 0
      ? {}
      : {feesElsewhere: elsewhere.map(({cost, currency}) => ({amount: cost, currency}))}),
  };
}

function differs(what: string, given: string, wanted: string): string | undefined {
  return given === wanted ? undefined : `its ${what} was "${given}", want "${wanted}"`;
}

function flaws(error: z.ZodError): string {
  const [first] = error.issues;
  return `${first?.path.join('.') ?? ''}: ${first?.message ?? 'breaks the format'}`;
}
