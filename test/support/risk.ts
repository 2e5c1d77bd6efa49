import type {AccountView} from '../../src/domain/account-view.js';
import type {OrderIntent} from '../../src/domain/order.js';
import {riskLimits} from '../../src/risk/limits.js';
import type {RiskLimits} from '../../src/risk/limits.js';
import {MarketWatch} from '../../src/risk/market-watch.js';
import {FillAudit} from '../../src/risk/recompute-account.js';
import type {CheckContext, CheckOutcome, RiskCheckDefinition} from '../../src/risk/risk-check.js';
import {RULES, SYMBOL, TIMEFRAME_MS, account, candleAt, d, forecastAt, intent, openTime} from './trading.js';

/** What a check is asked about: the healthy case with some things changed. */
export interface Scenario {
  readonly intent?: Partial<OrderIntent>;
  readonly account?: Partial<AccountView>;
  readonly context?: Partial<CheckContext>;
  readonly limits?: Partial<RiskLimits>;
}

/** A flat market of one candle before this one, and an account that never traded. */
export function checkContext(changes: Partial<CheckContext> = {}): CheckContext {
  const candle = changes.candle ?? candleAt(0, 100);
  const market = new MarketWatch(50);
  market.push(candleAt(-1, 100));
  market.push(candle);
  const fills = new FillAudit(SYMBOL, d(10_000));
  fills.mark(100, openTime(1));
  return {
    candle,
    forecast: forecastAt(0, 0.7),
    rules: RULES,
    nowMs: openTime(1) + 1000,
    halted: false,
    timeframeMs: TIMEFRAME_MS,
    closeTimeMs: openTime(1),
    close: d(candle.close),
    market,
    fills,
    approvedDecisionIds: new Set(),
    ...changes,
  };
}

/** One check's answer to a scenario. */
export function ask(definition: RiskCheckDefinition, scenario: Scenario = {}): CheckOutcome {
  const review = definition.create(riskLimits(TIMEFRAME_MS, scenario.limits));
  return review(intent(scenario.intent), account(scenario.account), checkContext(scenario.context));
}
