import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Decimal, ZERO} from '../../src/domain/decimal.js';
import type {Fill} from '../../src/domain/order.js';
import {PositionManager} from '../../src/ledger/position-manager.js';
import type {LedgerEvent} from '../../src/ledger/position-manager.js';
import {FillAudit} from '../../src/risk/recompute-account.js';
import {START_MS, SYMBOL, d} from '../support/trading.js';

const LOT = d('0.001');
const options = {symbol: SYMBOL, lotSizeBase: LOT};

/** Fills and marks in any order: longs, shorts, reversals, fees in quote and base, rebates, dust. */
const events: fc.Arbitrary<LedgerEvent[]> = fc
  .array(
    fc.record({
      isFill: fc.boolean(),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.oneof(fc.integer({min: 1, max: 5}), fc.integer({min: 1, max: 100_000})),
      cents: fc.integer({min: 1, max: 10_000_000}),
      feePart: fc.constantFrom('0', '0.001', '0.00075', '-0.0001'),
      feeCurrency: fc.constantFrom('quote' as const, 'base' as const),
      minutes: fc.integer({min: 0, max: 700}),
      double: fc.boolean(),
    }),
    {maxLength: 40, size: 'max'},
  )
  .map((steps) => {
    let timeMs = START_MS;
    return steps.flatMap((step, index): LedgerEvent[] => {
      timeMs += step.minutes * 60_000;
      const price = d(step.cents).dividedBy(100);
      if (!step.isFill) return [{kind: 'mark', price: step.cents / 100, timeMs}];
      const quantityBase = LOT.times(step.lots);
      const feeIn = step.feeCurrency === 'base' ? quantityBase : quantityBase.times(price);
      const fill: Fill = {
        fillId: `f${index}`,
        clientOrderId: `o${index}`,
        symbol: SYMBOL,
        side: step.side,
        quantityBase,
        price,
        fee: feeIn.times(step.feePart),
        feeCurrency: step.feeCurrency,
        timeMs,
      };
      return step.double
        ? [
            {kind: 'fill', fill},
            {kind: 'fill', fill},
          ]
        : [{kind: 'fill', fill}];
    });
  });

const last: LedgerEvent = {kind: 'mark', price: 123.45, timeMs: START_MS + 1e12};

describe('the ledger', () => {
  it('conserves value to fees, to the last digit', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const view = PositionManager.fold(options, [...happened, last]).view();
        const unrealised = view.positions.reduce((sum, held) => sum.plus(held.unrealisedPnlQuote), ZERO);
        const expected = d(10_000).plus(view.realisedPnlQuote).plus(unrealised).minus(view.feesPaidQuote);
        expect(view.equityQuote.toFixed()).toBe(expected.toFixed());
      }),
    );
  });

  it('has an equity of cash and what is held, always', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const ledger = new PositionManager(options);
        for (const event of happened) {
          if (event.kind === 'fill') ledger.apply(event.fill);
          if (event.kind !== 'mark') continue;
          ledger.mark(event.price, event.timeMs);
          const view = ledger.view();
          const held = view.positions.reduce(
            (sum, {side, quantityBase}) =>
              side === 'long' ? sum.plus(quantityBase) : sum.minus(quantityBase),
            ZERO,
          );
          expect(view.equityQuote.toFixed()).toBe(view.cashQuote.plus(held.times(event.price)).toFixed());
        }
      }),
    );
  });

  it('keeps the peaks that a look at every mark would find', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const ledger = new PositionManager(options);
        const looked = {peak: d(10_000), dayStart: ZERO, dayPeak: ZERO, day: -1};
        for (const event of [...happened, last]) {
          if (event.kind === 'fill') ledger.apply(event.fill);
          if (event.kind !== 'mark') continue;
          ledger.mark(event.price, event.timeMs);
          // Equity alone is asked for here, and it is another test's: the peaks are built by hand.
          const equity = ledger.view().equityQuote;
          const day = Math.floor(event.timeMs / 86_400_000);
          if (day !== looked.day) Object.assign(looked, {day, dayStart: equity, dayPeak: equity});
          looked.peak = Decimal.max(looked.peak, equity);
          looked.dayPeak = Decimal.max(looked.dayPeak, equity);
        }
        const view = ledger.view();
        expect(view.peakEquityQuote.toFixed()).toBe(looked.peak.toFixed());
        expect(view.dayStartEquityQuote.toFixed()).toBe(looked.dayStart.toFixed());
        expect(view.dayPeakEquityQuote.toFixed()).toBe(looked.dayPeak.toFixed());
      }),
    );
  });

  it('agrees with the account that the risk audit recomputes on its own', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const ledger = PositionManager.fold(options, [...happened, last]);
        const audit = new FillAudit(SYMBOL, d(10_000));
        for (const event of [...happened, last]) {
          if (event.kind === 'fill') audit.apply(event.fill, LOT);
          if (event.kind === 'mark') audit.mark(event.price, event.timeMs);
        }
        const view = ledger.view();
        const own = audit.account();
        expect(own.cashQuote.toFixed()).toBe(view.cashQuote.toFixed());
        expect(own.exposureBase.abs().toFixed()).toBe((view.positions[0]?.quantityBase ?? ZERO).toFixed());
        expect(own.equityQuote.toFixed()).toBe(view.equityQuote.toFixed());
        expect(own.peakEquityQuote.toFixed()).toBe(view.peakEquityQuote.toFixed());
        expect(own.dayStartEquityQuote.toFixed()).toBe(view.dayStartEquityQuote.toFixed());
        expect(own.dayPeakEquityQuote.toFixed()).toBe(view.dayPeakEquityQuote.toFixed());
        expect(audit.streak.lastCloseMs).toBe(ledger.trades.at(-1)?.closedAtMs);
      }),
    );
  });

  it('takes a duplicate for nothing', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const once = happened.filter(
          (event, index) => event !== happened[index - 1] && !isRepeat(happened, index),
        );
        const folded = (list: readonly LedgerEvent[]): string =>
          JSON.stringify(PositionManager.fold(options, [...list, last]).view());
        expect(folded(happened)).toBe(folded(once));
      }),
    );
  });

  it('makes PnL of trades, with what is still open, out of all that was realised', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const ledger = new PositionManager({symbol: SYMBOL});
        let realised = ZERO;
        for (const event of happened) {
          if (event.kind === 'fill')
            realised = realised.plus(ledger.apply(event.fill)?.realisedPnlQuote ?? ZERO);
        }
        ledger.mark(1, START_MS);
        expect(ledger.view().realisedPnlQuote.toFixed()).toBe(realised.toFixed());
        if (ledger.view().positions.length > 0) return;
        const traded = ledger.trades.reduce((sum, {grossPnlQuote}) => sum.plus(grossPnlQuote), ZERO);
        expect(traded.toFixed()).toBe(realised.toFixed());
      }),
    );
  });
});

function isRepeat(happened: readonly LedgerEvent[], index: number): boolean {
  const event = happened[index]!;
  const before = happened[index - 1];
  return event.kind === 'fill' && before?.kind === 'fill' && before.fill.fillId === event.fill.fillId;
}
