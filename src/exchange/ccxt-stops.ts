import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {OrderTerms} from '../domain/order.js';
import type {CcxtConnection} from './ccxt-connection.js';

/** How a stop rests at an exchange: once it is reached it becomes a market order, or one with a limit. */
export type StopForm = 'market' | 'limit';

/** How far beyond the stop the limit lies where an exchange takes no other stops: in a fall that leaps over it nothing is sold. */
const LIMIT_BEYOND = 0.05;

/** What of ccxt's `createOrder` makes an order rest. */
export interface StopRequest {
  readonly type: StopForm;
  readonly price: string | undefined;
  readonly stopLossPrice: string;
}

/** How stops rest in a market of an exchange.
 *  @throws PROVIDER_UNSUPPORTED where none do, or none that could be followed to its end; else as `CcxtConnection.read` */
export async function requireStopForm(connection: CcxtConnection, symbol: string): Promise<StopForm> {
  const {provider} = connection;
  const refuse = (why: string): DlTradeError =>
    new DlTradeError(
      'PROVIDER_UNSUPPORTED',
      `provider was "${provider}", ${why}; leave --resting-stop out: the stop loss is then watched at closes, while this process runs`,
      {details: {provider, symbol}},
    );
  const form = Object.hasOwn(STOP_FORMS, provider) ? STOP_FORMS[provider]! : undefined;
  // Elsewhere stops lie in lists of their own, in which they would be lost.
  if (form === undefined) throw refuse('whose stop orders are not followed here');
  const feature = connection.feature('createOrder') as {stopLossPrice?: unknown} | undefined;
  if (feature?.stopLossPrice !== true) throw refuse('for which ccxt has no stop orders');
  const found = form(await connection.orderTypes(symbol));
  if (found === undefined) throw refuse(`which takes no stop orders for ${symbol}`);
  return found;
}

/** A stop as ccxt sends it. */
export function stopRequest(
  {side, stopPrice}: Pick<OrderTerms, 'side'> & {readonly stopPrice: Decimal},
  form: StopForm,
  {tickSizeQuote}: Pick<MarketRules, 'tickSizeQuote'>,
): StopRequest {
  const stopLossPrice = stopPrice.toFixed();
  if (form === 'market') return {type: form, price: undefined, stopLossPrice};
  const beyond = new Decimal(1).plus(side === 'sell' ? -LIMIT_BEYOND : LIMIT_BEYOND);
  const ticks = stopPrice
    .times(beyond)
    .dividedBy(tickSizeQuote)
    .integerValue(side === 'sell' ? Decimal.ROUND_FLOOR : Decimal.ROUND_CEIL);
  return {type: form, price: Decimal.max(ticks, 1).times(tickSizeQuote).toFixed(), stopLossPrice};
}

/** @param orderTypes as the exchange's list of markets names them */
function binanceForm(orderTypes: readonly string[]): StopForm | undefined {
  if (orderTypes.includes('STOP_LOSS')) return 'market';
  return orderTypes.includes('STOP_LOSS_LIMIT') ? 'limit' : undefined;
}

const STOP_FORMS: Readonly<Record<string, (orderTypes: readonly string[]) => StopForm | undefined>> = {
  ...{binance: binanceForm, binanceus: binanceForm},
  // Every market there takes them, and no list says so.
  kraken: () => 'market',
};
