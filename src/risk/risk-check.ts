import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Decimal} from '../domain/decimal.js';
import type {Forecast} from '../domain/forecast.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {OrderIntent} from '../domain/order.js';
import type {CheckFinding} from '../domain/verdict.js';
import type {RiskLimits} from './limits.js';
import type {MarketWatch} from './market-watch.js';
import type {FillAudit} from './recompute-account.js';

/** What the caller knows at the moment of a review. */
export interface ReviewContext {
  /** The closed candle that was decided on. */
  readonly candle: Candle;
  /** Undefined where an exit rule asked, not a network. */
  readonly forecast: Forecast | undefined;
  readonly rules: MarketRules;
  /** By the run's clock; journalled by the caller, since replay needs it again. */
  readonly nowMs: number;
  /** True while the kill switch is on. */
  readonly halted: boolean;
}

/** What a check sees: the caller's context, and what the audit itself remembers. */
export interface CheckContext extends ReviewContext {
  readonly timeframeMs: number;
  /** openTimeMs of the candle + timeframeMs. */
  readonly closeTimeMs: number;
  /** Close of the candle, in quote per base. */
  readonly close: Decimal;
  readonly market: MarketWatch;
  readonly fills: FillAudit;
  /** Decisions that were approved before. */
  readonly approvedDecisionIds: {has(decisionId: string): boolean};
}

/** A check's answer: a code where it refuses, and its numbers either way. */
export interface CheckOutcome {
  readonly code?: string;
  readonly numbers: CheckFinding['numbers'];
}

/** One question about an order. Written as "is it surely fine?", so that a NaN refuses. */
export interface RiskCheck {
  /** kebab-case, unique. */
  readonly id: string;
  /** False for a limit, which an order that only reduces skips. */
  readonly appliesToReducing: boolean;
  readonly review: (intent: OrderIntent, account: AccountView, context: CheckContext) => CheckOutcome;
}

/** A check as the registry and the documentation know it. */
export interface RiskCheckDefinition {
  readonly id: string;
  /** One sentence: what it refuses. */
  readonly summary: string;
  /** Every code that it can refuse with. */
  readonly codes: readonly string[];
  /** Every limit that it compares with. */
  readonly limits: readonly (keyof RiskLimits)[];
  readonly appliesToReducing: boolean;
  readonly create: (limits: RiskLimits) => RiskCheck['review'];
}

/** A finding's answer: the code only where the condition does not surely hold. */
export function allowIf(condition: boolean, code: string, numbers: CheckFinding['numbers']): CheckOutcome {
  return condition ? {numbers} : {code, numbers};
}

/** A number for a record: JSON has no NaN and no infinity, so those are written as text. */
export function recordable(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
