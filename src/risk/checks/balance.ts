import {Decimal} from '../../domain/decimal.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** A buy needs free cash with its expected costs; a short needs equity that could buy it back. */
export const balance: RiskCheckDefinition = {
  id: 'balance',
  summary: 'Opens nothing that free cash does not cover, expected fee and slippage included.',
  codes: ['BALANCE_TOO_SMALL'],
  limits: ['feeBps', 'slippageBps'],
  appliesToReducing: false,
  create: (limits) => {
    const withCosts = new Decimal(limits.feeBps).plus(limits.slippageBps).dividedBy(10_000).plus(1);
    return (intent, account, {close}) => {
      const price = Decimal.max(intent.referencePrice, close);
      const neededQuote = intent.quantityBase.times(price).times(withCosts);
      const free =
        intent.side === 'buy'
          ? account.availableQuote
          : Decimal.min(account.availableQuote, account.equityQuote);
      return allowIf(neededQuote.lte(free), 'BALANCE_TOO_SMALL', {
        neededQuote: neededQuote.toFixed(),
        freeQuote: free.toFixed(),
        feeBps: limits.feeBps,
        slippageBps: limits.slippageBps,
      });
    };
  },
};
