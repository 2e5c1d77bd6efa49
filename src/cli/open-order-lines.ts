import type {OpenOrder, RunResult} from '../index.js';

/** An open order in a list; an order's id tells two of them apart. */
export function openOrderWords({clientOrderId, ...order}: OpenOrder, base: string): string {
  return `${termsOf(order, base, '')} (${clientOrderId})`;
}

/** The line of a run's summary on orders that are open at its end; none where there are none. */
export function openOrderLines({
  openOrders,
  symbol,
  account,
}: Pick<RunResult, 'openOrders' | 'symbol' | 'account'>): string[] {
  if (openOrders.length === 0) return [];
  const [base = symbol] = symbol.split('/');
  const where = account === 'paper' ? ' on paper' : ` at ${account}`;
  const words = openOrders.map((order) => {
    const terms = termsOf(order, base, where);
    if (order.stopPrice !== undefined) return terms;
    return account === 'paper' ? `${terms}, not filled yet` : `${terms}, its end not known yet`;
  });
  // A stop rests there without this process, and what is on paper goes nowhere.
  const isUnderWay = account !== 'paper' && openOrders.some(({stopPrice}) => stopPrice === undefined);
  return [
    `  open orders  ${String(openOrders.length)}: ${words.join('; ')}${isUnderWay ? '; start again to settle it' : ''}`,
  ];
}

function termsOf(
  {side, quantityBase, stopPrice}: Omit<OpenOrder, 'clientOrderId'>,
  base: string,
  where: string,
): string {
  const stop = stopPrice === undefined ? '' : `, a stop that rests at ${stopPrice}`;
  return `${side} ${quantityBase} ${base}${where}${stop}`;
}
