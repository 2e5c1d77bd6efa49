import {balance} from './checks/balance.js';
import {circuitBreaker} from './checks/circuit-breaker.js';
import {confidence} from './checks/confidence.js';
import {cooldown} from './checks/cooldown.js';
import {dailyDrawdown} from './checks/daily-drawdown.js';
import {duplicateDecision} from './checks/duplicate-decision.js';
import {exchangeFilters} from './checks/exchange-filters.js';
import {forecastFinite} from './checks/forecast-finite.js';
import {gap} from './checks/gap.js';
import {halted} from './checks/halted.js';
import {independentAccount} from './checks/independent-account.js';
import {inputRange} from './checks/input-range.js';
import {maxOpenPositions} from './checks/max-open-positions.js';
import {maxPositionSize} from './checks/max-position-size.js';
import {pendingOrder} from './checks/pending-order.js';
import {priceFarFromLastCandle} from './checks/price-far-from-last-candle.js';
import {reduces} from './checks/reduces.js';
import {staleCandle} from './checks/stale-candle.js';
import {wellFormed} from './checks/well-formed.js';
import type {RiskLimits} from './limits.js';
import type {RiskCheck, RiskCheckDefinition} from './risk-check.js';

/** Every check, in the order of review: the documentation is made from this list. */
export const RISK_CHECKS: readonly RiskCheckDefinition[] = [
  wellFormed,
  duplicateDecision,
  reduces,
  exchangeFilters,
  halted,
  independentAccount,
  circuitBreaker,
  dailyDrawdown,
  pendingOrder,
  maxOpenPositions,
  maxPositionSize,
  balance,
  staleCandle,
  gap,
  forecastFinite,
  inputRange,
  confidence,
  cooldown,
  priceFarFromLastCandle,
];

/** The checks of the registry with their limits set. */
export function defaultChecks(limits: RiskLimits): readonly RiskCheck[] {
  return RISK_CHECKS.map(({id, appliesToReducing, create}) => ({
    id,
    appliesToReducing,
    review: create(limits),
  }));
}
