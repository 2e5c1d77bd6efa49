import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** No jumping back in right after a way out. */
export const cooldown: RiskCheckDefinition = {
  id: 'cooldown',
  summary: 'Opens nothing until the cooldown after the last round trip has passed.',
  codes: ['COOLDOWN'],
  appliesToReducing: false,
  create:
    (limits) =>
    (_intent, _account, {closeTimeMs, fills}) => {
      const {lastCloseMs} = fills.streak;
      const sinceCloseMs = lastCloseMs === undefined ? null : closeTimeMs - lastCloseMs;
      return allowIf(sinceCloseMs === null || sinceCloseMs >= limits.cooldownMs, 'COOLDOWN', {
        sinceCloseMs,
        cooldownMs: limits.cooldownMs,
      });
    },
};
