import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** No jumping back in right after a way out. */
export const cooldown: RiskCheckDefinition = {
  id: 'cooldown',
  summary: 'Opens nothing until the cooldown after the last round trip has passed.',
  codes: ['COOLDOWN'],
  limits: ['cooldownMs'],
  appliesToReducing: false,
  create:
    (limits) =>
    (_intent, _account, {closeTimeMs, fills}) => {
      const {lastCloseMs} = fills.streak;
      const sinceCloseMs = lastCloseMs === undefined ? null : closeTimeMs - lastCloseMs;
      // A venue's fill can be later than the close of the candle that is decided on.
      const isOver = limits.cooldownMs === 0 || sinceCloseMs === null || sinceCloseMs >= limits.cooldownMs;
      return allowIf(isOver, 'COOLDOWN', {sinceCloseMs, cooldownMs: limits.cooldownMs});
    },
};
