import type {AccountView} from '../domain/account-view.js';
import {stampApproved} from '../domain/approval.js';
import type {Candle} from '../domain/candle.js';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {ApprovedOrder, Fill, Intent, OrderIntent} from '../domain/order.js';
import type {CheckFinding, Verdict} from '../domain/verdict.js';
import {defaultChecks} from './check-registry.js';
import {clientOrderIdOf} from './client-order-id.js';
import type {RiskLimits} from './limits.js';
import {MarketWatch} from './market-watch.js';
import {FillAudit} from './recompute-account.js';
import type {CheckContext, ReviewContext, RiskCheck} from './risk-check.js';

export interface RiskAuditOptions {
  readonly symbol: string;
  readonly timeframeMs: number;
  readonly limits: RiskLimits;
  /** Default 10,000, as the ledger's. */
  readonly startingCashQuote?: Decimal;
  /** As the ledger's: a rest below it ends a round trip; default 0. */
  readonly lotSizeBase?: Decimal;
  /** Default: every check of the registry. */
  readonly checks?: readonly RiskCheck[];
}

const NOTHING_TO_DO: Verdict = Object.freeze({kind: 'nothing-to-do'});

/** The last word before an order leaves: ordered checks over one symbol, with an account of its own that is
 *  recomputed from the fills. The only maker of an ApprovedOrder. */
export class RiskAudit {
  #checks: readonly RiskCheck[];
  readonly #timeframeMs: number;
  readonly #lotSizeBase: Decimal;
  readonly #market: MarketWatch;
  readonly #fills: FillAudit;
  readonly #approved = new Set<string>();

  constructor(options: RiskAuditOptions) {
    this.#checks = options.checks ?? defaultChecks(options.limits);
    this.#timeframeMs = options.timeframeMs;
    this.#lotSizeBase = options.lotSizeBase ?? ZERO;
    this.#market = new MarketWatch(options.limits.windowLength);
    this.#fills = new FillAudit(options.symbol, options.startingCashQuote ?? new Decimal(10_000));
  }

  /** Sees every closed candle once, in order, before its review and after the fills that came before its close. */
  observe(candle: Candle): void {
    this.#market.push(candle);
    this.#fills.mark(candle.close, candle.openTimeMs + this.#timeframeMs);
  }

  /** Sees every fill, in the order in which the ledger does; one seen twice counts once. */
  apply(fill: Fill): void {
    this.#fills.apply(fill, this.#lotSizeBase);
  }

  /** Goes on under other limits; what was seen of market and fills stays. The window is a model's, and no limit. */
  changeLimits(limits: RiskLimits): void {
    this.#checks = defaultChecks(limits);
  }

  /** Marks a decision as approved in an earlier life, from the journal. */
  remember(decisionId: string): void {
    this.#approved.add(decisionId);
  }

  /** Asks every check, whatever the others say, so that the record is complete.
   *  An order that reduces skips the limits, and its findings say so: `skipped` is true there. */
  review(intent: Intent, account: AccountView, context: ReviewContext): Verdict {
    if (intent.kind === 'hold') return NOTHING_TO_DO;

    const seen = this.#contextOf(context);
    const findings = this.#checks.map((check) => findingOf(check, intent, account, seen));
    const audit = {decisionId: intent.decisionId, findings};
    const reasons = findings.filter(({passed}) => !passed).map(({code, check}) => code ?? check);
    if (reasons.length > 0) return {kind: 'refused', reasons, audit};

    this.#approved.add(intent.decisionId);
    return {kind: 'approved', order: approvedOrderOf(intent), audit};
  }

  #contextOf(context: ReviewContext): CheckContext {
    return {
      ...context,
      timeframeMs: this.#timeframeMs,
      closeTimeMs: context.candle.openTimeMs + this.#timeframeMs,
      close: new Decimal(context.candle.close),
      market: this.#market,
      fills: this.#fills,
      approvedDecisionIds: this.#approved,
    };
  }
}

function findingOf(
  check: RiskCheck,
  intent: OrderIntent,
  account: AccountView,
  context: CheckContext,
): CheckFinding {
  const {code, numbers} = check.review(intent, account, context);
  if (intent.reduceOnly && !check.appliesToReducing) {
    return {check: check.id, passed: true, numbers: {...numbers, skipped: true}};
  }
  return code === undefined
    ? {check: check.id, passed: true, numbers}
    : {check: check.id, passed: false, code, numbers};
}

function approvedOrderOf(intent: OrderIntent): ApprovedOrder {
  return stampApproved({
    clientOrderId: clientOrderIdOf(intent.decisionId),
    decisionId: intent.decisionId,
    symbol: intent.symbol,
    type: intent.stopPrice === undefined ? 'market' : 'stop',
    side: intent.side,
    reduceOnly: intent.reduceOnly,
    quantityBase: intent.quantityBase,
    referencePrice: intent.referencePrice,
    ...(intent.stopPrice === undefined ? {} : {stopPrice: intent.stopPrice}),
    openTimeMs: intent.openTimeMs,
  });
}
