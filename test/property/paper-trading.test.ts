import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Decimal} from '../../src/domain/decimal.js';
import {PositionManager} from '../../src/ledger/position-manager.js';
import {PaperRun} from '../support/paper-run.js';
import type {PaperRunOptions, RunRecord} from '../support/paper-run.js';
import {randomSteps} from '../support/random-market.js';
import type {RandomStep} from '../support/random-market.js';
import {RULES, SYMBOL, d} from '../support/trading.js';

const settings = fc.record({
  decision: fc.record({
    allowShorts: fc.boolean(),
    maxNotionalQuote: fc.constantFrom(d(3), d(1000), d(50_000)),
    exits: fc.constantFrom(
      {},
      {stopLoss: 0.02, takeProfit: 0.03},
      {trailingStop: 0.02, maxHoldingMs: 3_000_000},
    ),
  }),
  limits: fc.record({
    maxPositionSizeQuote: fc.constantFrom(d(1000), d(50_000)),
    maxDailyDrawdown: fc.constantFrom(0.01, 0.2),
    maxConsecutiveLosses: fc.constantFrom(0, 1),
  }),
  paper: fc.record({
    feeIn: fc.constantFrom('quote' as const, 'received' as const),
    feeBps: fc.constantFrom(0, 10, 33),
    maxParticipation: fc.constantFrom(0.1, 1),
  }),
});

const options: fc.Arbitrary<PaperRunOptions> = settings.map((chosen) => ({
  ...chosen,
  paper: {...chosen.paper, allowShorts: chosen.decision.allowShorts},
}));

async function trade(run: PaperRun, steps: readonly RandomStep[]): Promise<PaperRun> {
  for (const {candle, forecast, halted} of steps) await run.step(candle, forecast, halted);
  return run;
}

/** What must be the same whichever way a state came about. */
function stateOf(run: PaperRun): unknown {
  return JSON.parse(
    JSON.stringify({
      view: run.ledger.view(),
      trades: run.ledger.trades,
      fills: run.fills,
      venue: run.broker.balances,
    }),
  );
}

describe('trading on paper', () => {
  it('keeps the ledger and the venue in agreement after every candle', async () => {
    await fc.assert(
      fc.asyncProperty(options, randomSteps, async (chosen, steps) => {
        const run = new PaperRun(chosen);
        for (const {candle, forecast, halted} of steps) {
          await run.step(candle, forecast, halted);
          const view = run.ledger.view();
          const position = view.positions[0];
          const held = (position?.quantityBase ?? d(0)).times(position?.side === 'short' ? -1 : 1);
          expect(run.broker.balances.quote.toFixed()).toBe(view.cashQuote.toFixed());
          expect(run.broker.balances.base.toFixed()).toBe(held.toFixed());
        }
      }),
    );
  });

  it('goes on after a kill at any record as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(options, randomSteps, fc.nat(), async (chosen, steps, at) => {
        const whole = await trade(new PaperRun(chosen), steps);
        const journal: RunRecord[] = whole.records.slice(0, at % (whole.records.length + 1));
        const decided = journal.filter(({kind}) => kind === 'decided').length;
        const recovered = await trade(await PaperRun.recover(chosen, journal), steps.slice(decided));
        expect(stateOf(recovered)).toEqual(stateOf(whole));
        expect(recovered.tracker.pending.map(({status}) => status)).toEqual(
          whole.tracker.pending.map(({status}) => status),
        );
      }),
    );
  });

  it('folds any prefix of the journal to the ledger that it had then', async () => {
    await fc.assert(
      fc.asyncProperty(options, randomSteps, async (chosen, steps) => {
        const run = new PaperRun(chosen);
        for (const {candle, forecast, halted} of steps) {
          await run.step(candle, forecast, halted);
          const folded = PositionManager.fold(
            {symbol: SYMBOL, lotSizeBase: RULES.lotSizeBase},
            run.ledgerEvents(),
          );
          expect(JSON.stringify(folded.view())).toBe(JSON.stringify(run.ledger.view()));
        }
      }),
      {numRuns: 40},
    );
  });

  it('approves nothing that breaks a limit, whatever the market does', async () => {
    await fc.assert(
      fc.asyncProperty(options, randomSteps, async (chosen, steps) => {
        const run = new PaperRun(chosen);
        const seen = new Set<string>();
        for (const {candle, forecast, halted} of steps) {
          const {verdict} = await run.step(candle, forecast, halted);
          if (verdict.kind !== 'approved') continue;
          const {order} = verdict;
          const view = run.ledger.view();
          expect(seen.has(order.decisionId)).toBe(false);
          seen.add(order.decisionId);
          expect(order.quantityBase.modulo(RULES.lotSizeBase).isZero()).toBe(true);
          const notional = order.quantityBase.times(candle.close);
          expect(notional.gte(RULES.minNotionalQuote)).toBe(true);
          const held = view.positions[0]?.quantityBase ?? d(0);
          if (order.reduceOnly) {
            expect(order.quantityBase.lte(held)).toBe(true);
            continue;
          }
          expect(halted).toBe(false);
          expect(candle.filled).toBeUndefined();
          expect(forecast!.maxAbsInput).toBeLessThanOrEqual(100);
          const value = held.plus(order.quantityBase).times(candle.close);
          expect(value.lte(chosen.limits!.maxPositionSizeQuote!)).toBe(true);
          const drawdown = new Decimal(1).minus(view.equityQuote.dividedBy(view.dayPeakEquityQuote));
          expect(drawdown.lt(chosen.limits!.maxDailyDrawdown!)).toBe(true);
          expect(view.pendingOrders.length).toBe(1);
          expect(notional.lte(view.cashQuote)).toBe(true);
        }
      }),
    );
  });

  it('reaches approvals, refusals, partial fills and losses, so that the facts above mean something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(options, randomSteps, async (chosen, steps) => {
        const run = await trade(new PaperRun(chosen), steps);
        for (const {verdict, intent, events} of run.steps) {
          met.add(verdict.kind);
          met.add(intent.reason);
          if (verdict.kind === 'refused') verdict.reasons.forEach((reason) => met.add(reason));
          for (const event of events) if (event.kind === 'order') met.add(event.report.status);
        }
        if (run.ledger.trades.some(({pnlQuote}) => pnlQuote.lt(0))) met.add('loss');
      }),
    );
    expect([...met]).toEqual(
      expect.arrayContaining([
        ...['approved', 'refused', 'nothing-to-do', 'loss', 'filled', 'partially-filled', 'expired'],
        ...['stop-loss', 'take-profit', 'trailing-stop', 'max-holding-time', 'signal'],
        ...[
          'HALTED',
          'DAILY_DRAWDOWN',
          'LOSSES_IN_A_ROW',
          'CANDLE_FILLED',
          'AFTER_GAP',
          'INPUT_OUT_OF_RANGE',
        ],
        ...['POSITION_TOO_LARGE', 'NOTIONAL_TOO_SMALL'],
      ]),
    );
    expect([...met]).not.toContain('EXPOSURE_DISAGREES');
    expect([...met]).not.toContain('EQUITY_DISAGREES');
  });
});
