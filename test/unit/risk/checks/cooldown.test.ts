import {describe} from 'vitest';
import {cooldown} from '../../../../src/risk/checks/cooldown.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {FillAudit} from '../../../../src/risk/recompute-account.js';
import {SYMBOL, TIMEFRAME_MS, d, fill, openTime} from '../../../support/trading.js';

function closedAt(timeMs: number): FillAudit {
  const fills = new FillAudit(SYMBOL, d(10_000));
  fills.apply(fill({timeMs: openTime(-9)}), d('0.001'));
  fills.apply(fill({side: 'sell', timeMs}), d('0.001'));
  return fills;
}
const limits = {cooldownMs: 3 * TIMEFRAME_MS};

describe('cooldown', () => {
  keepsTheRiskCheckContract(cooldown, {
    refusals: {COOLDOWN: {limits, context: {fills: closedAt(openTime(-1))}}},
    allows: {
      'nothing was ever closed': {limits},
      'exactly the cooldown has passed': {limits, context: {fills: closedAt(openTime(-2))}},
      'the check is off': {limits: {cooldownMs: 0}, context: {fills: closedAt(openTime(1))}},
      'the check is off, and the last close was filled behind the candle': {
        limits: {cooldownMs: 0},
        context: {fills: closedAt(openTime(9))},
      },
    },
  });
});
