import type {OrderReport} from '../domain/order.js';
import type {Broker} from './broker.js';
import {isFinal} from './order-state.js';
import type {OrderState} from './order-state.js';

/** An order whose fate the venue did not tell: nothing may be opened while there is one. */
export interface UnresolvedOrder {
  readonly clientOrderId: string;
  readonly reason: string;
}

export interface Reconciliation {
  /** To be folded into the tracker and the ledger, in order. */
  readonly reports: readonly OrderReport[];
  readonly unresolved: readonly UnresolvedOrder[];
}

/** Asks the venue about every order that the journal left open: once each, sending nothing. A venue's `query` says
 *  `undefined` only where the order can no longer arrive (its receive window has passed), so absence is an end. */
export async function reconcile(orders: readonly OrderState[], broker: Broker): Promise<Reconciliation> {
  const reports: OrderReport[] = [];
  const unresolved: UnresolvedOrder[] = [];
  for (const state of orders) {
    if (isFinal(state.status)) continue;
    const {clientOrderId, symbol} = state.order;
    const answer = await ask(broker, clientOrderId, symbol);
    if (answer.failure !== undefined) unresolved.push({clientOrderId, reason: answer.failure});
    else if (answer.report === undefined) {
      if (state.filledBase.isZero()) reports.push(absent(state));
      else unresolved.push({clientOrderId, reason: 'the venue does not know an order that it filled'});
    } else {
      reports.push(answer.report);
      if (answer.report.status === 'unknown')
        unresolved.push({clientOrderId, reason: 'the venue gave no clear answer'});
    }
  }
  return {reports, unresolved};
}

async function ask(
  broker: Broker,
  clientOrderId: string,
  symbol: string,
): Promise<{report?: OrderReport | undefined; failure?: string}> {
  try {
    return {report: await broker.query(clientOrderId, symbol)};
  } catch (error) {
    return {failure: error instanceof Error ? error.message : String(error)};
  }
}

function absent(state: OrderState): OrderReport {
  return {
    clientOrderId: state.order.clientOrderId,
    status: 'expired',
    filledBase: state.filledBase,
    reason: 'absent at the venue: it never arrived',
  };
}
