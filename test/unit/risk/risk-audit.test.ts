import {describe, expect, it} from 'vitest';
import {requireApproved} from '../../../src/domain/approval.js';
import type {OrderIntent} from '../../../src/domain/order.js';
import type {Verdict} from '../../../src/domain/verdict.js';
import {RISK_CHECKS} from '../../../src/risk/check-registry.js';
import {riskLimits} from '../../../src/risk/limits.js';
import {RiskAudit} from '../../../src/risk/risk-audit.js';
import type {ReviewContext, RiskCheck} from '../../../src/risk/risk-check.js';
import {
  RULES,
  SYMBOL,
  TIMEFRAME_MS,
  account,
  candleAt,
  d,
  fill,
  forecastAt,
  intent,
  openTime,
  position,
} from '../../support/trading.js';

const context: ReviewContext = {
  candle: candleAt(0, 100),
  forecast: forecastAt(0, 0.7),
  rules: RULES,
  nowMs: openTime(1),
  halted: false,
};

function auditWith(checks?: readonly RiskCheck[]): RiskAudit {
  const limits = riskLimits(TIMEFRAME_MS);
  const audit = new RiskAudit({
    symbol: SYMBOL,
    timeframeMs: TIMEFRAME_MS,
    limits,
    ...(checks === undefined ? {} : {checks}),
  });
  audit.observe(candleAt(0, 100));
  return audit;
}

/** Sells all of a long that the audit knows of. */
const selling: Partial<OrderIntent> = {side: 'sell', reduceOnly: true, decisionId: 'test:close'};

function reasonsOf(verdict: Verdict): readonly string[] {
  return verdict.kind === 'refused' ? verdict.reasons : [];
}

describe('RiskAudit', () => {
  it('has nothing to say of a hold', () => {
    const verdict = auditWith().review({kind: 'hold', reason: 'neutral'}, account(), context);
    expect(verdict).toEqual({kind: 'nothing-to-do'});
  });

  it('goes on under other limits with the losses and the decisions that it has seen', () => {
    const audit = auditWith();
    audit.apply(fill({side: 'buy', fillId: 'a', price: d(100)}));
    audit.apply(fill({side: 'sell', fillId: 'b', price: d(90), timeMs: openTime(0) + 1}));
    audit.remember('seen');
    const asked = intent({decisionId: 'seen'});
    const before = reasonsOf(audit.review(asked, account(), context));
    expect(before).toContain('DUPLICATE_DECISION');
    expect(before).not.toContain('LOSSES_IN_A_ROW');
    audit.changeLimits(riskLimits(TIMEFRAME_MS, {maxConsecutiveLosses: 1}));
    const after = reasonsOf(audit.review(asked, account(), context));
    expect(after).toEqual(expect.arrayContaining(['DUPLICATE_DECISION', 'LOSSES_IN_A_ROW']));
  });

  it('approves a healthy order, as an order that a broker accepts', () => {
    const verdict = auditWith().review(intent(), account(), context);
    expect(verdict.kind).toBe('approved');
    if (verdict.kind !== 'approved') return;
    expect(requireApproved(verdict.order)).toMatchObject({
      decisionId: intent().decisionId,
      type: 'market',
      side: 'buy',
      symbol: SYMBOL,
      openTimeMs: openTime(0),
    });
    expect(verdict.order.clientOrderId).toMatch(/^dlt-[0-9a-f]{32}$/);
  });

  it('records every check, whatever the others say', () => {
    const verdict = auditWith().review(intent({quantityBase: d('99.0001')}), account(), {
      ...context,
      halted: true,
    });
    expect(verdict.kind).toBe('refused');
    if (verdict.kind !== 'refused') return;
    expect(verdict.reasons).toEqual(['OFF_LOT', 'HALTED', 'POSITION_TOO_LARGE']);
    expect(verdict.audit.findings.map(({check}) => check)).toEqual(RISK_CHECKS.map(({id}) => id));
    expect(verdict.audit.findings.filter(({passed}) => !passed).map(({code}) => code)).toEqual(
      verdict.reasons,
    );
  });

  it('refuses where a check gives no code to explain itself', () => {
    const check: RiskCheck = {
      id: 'mute',
      appliesToReducing: true,
      review: () => ({code: '', numbers: {}}),
    };
    expect(auditWith([check]).review(intent(), account(), context).kind).toBe('refused');
  });

  it('approves a decision once', () => {
    const audit = auditWith();
    expect(audit.review(intent(), account(), context).kind).toBe('approved');
    expect(reasonsOf(audit.review(intent(), account(), context))).toEqual(['DUPLICATE_DECISION']);
  });

  it('remembers the decisions of an earlier life', () => {
    const audit = auditWith();
    audit.remember(intent().decisionId);
    expect(reasonsOf(audit.review(intent(), account(), context))).toEqual(['DUPLICATE_DECISION']);
  });

  it('may approve later what it refused first', () => {
    const audit = auditWith();
    expect(audit.review(intent(), account(), {...context, halted: true}).kind).toBe('refused');
    expect(audit.review(intent(), account(), context).kind).toBe('approved');
  });

  it('lets a reducing order past every limit, and says that it did', () => {
    const held = account({positions: [position()], equityQuote: d(1), availableQuote: d(0)});
    const troubled = {...context, halted: true, nowMs: openTime(99), forecast: undefined};
    const verdict = auditWith().review(intent(selling), held, troubled);
    expect(verdict.kind).toBe('approved');
    if (verdict.kind !== 'approved') return;
    const halted = verdict.audit.findings.find(({check}) => check === 'halted');
    expect(halted).toEqual({check: 'halted', passed: true, numbers: {halted: true, skipped: true}});
  });

  it('holds a reducing order to what the venue accepts', () => {
    const held = account({positions: [position({quantityBase: d('0.0005')})]});
    const tiny = intent({...selling, quantityBase: d('0.0005')});
    expect(reasonsOf(auditWith().review(tiny, held, context))).toEqual(['OFF_LOT']);
  });

  it('halts opening where the ledger and the fills disagree', () => {
    const audit = auditWith();
    audit.apply(fill({quantityBase: d('0.5')}));
    const verdict = audit.review(intent(), account(), context);
    expect(reasonsOf(verdict)).toEqual(['EXPOSURE_DISAGREES']);
    if (verdict.kind !== 'refused') return;
    const finding = verdict.audit.findings.find(({check}) => check === 'independent-account');
    expect(finding?.numbers).toMatchObject({ledgerExposureBase: '0', recomputedExposureBase: '0.5'});
  });

  it('writes the same bytes for the same review', () => {
    const record = (): string => JSON.stringify(auditWith().review(intent(), account(), context));
    expect(record()).toBe(record());
  });
});
