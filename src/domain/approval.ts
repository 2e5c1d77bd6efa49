import {DlTradeError} from './errors.js';
import type {ApprovedOrder, OrderTerms} from './order.js';

const stamped = new WeakSet<OrderTerms>();

/** Makes the one kind of order that a broker takes. For `src/risk` alone: a test scans the sources for other callers.
 *  @returns a frozen copy, so that nothing can be changed between approval and submission */
export function stampApproved(terms: OrderTerms): ApprovedOrder {
  const order = Object.freeze({...terms}) as ApprovedOrder;
  stamped.add(order);
  return order;
}

/** The runtime half of the brand: refuses an order that no RiskAudit approved, whatever its type claims.
 *  @throws UNEXPECTED */
export function requireApproved(order: OrderTerms): ApprovedOrder {
  if (stamped.has(order)) return order as ApprovedOrder;
  throw new DlTradeError(
    'UNEXPECTED',
    `order "${order.clientOrderId}" reached a broker without the approval of the risk audit; nothing was sent`,
    {details: {clientOrderId: order.clientOrderId, decisionId: order.decisionId}},
  );
}
