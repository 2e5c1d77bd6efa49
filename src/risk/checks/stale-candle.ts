import {allowIf, recordable} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Old news: a catch-up after an outage decides, but does not open on what is past. */
export const staleCandle: RiskCheckDefinition = {
  id: 'stale-candle',
  summary: 'Opens nothing on a candle that closed too long ago, or that has not closed yet.',
  codes: ['CANDLE_STALE', 'CANDLE_FROM_THE_FUTURE'],
  limits: ['maxCandleAgeMs', 'maxClockSkewMs'],
  appliesToReducing: false,
  create:
    (limits) =>
    (_intent, _account, {closeTimeMs, nowMs}) => {
      const ageMs = nowMs - closeTimeMs;
      const numbers = {
        ageMs: recordable(ageMs),
        maxCandleAgeMs: limits.maxCandleAgeMs,
        maxClockSkewMs: limits.maxClockSkewMs,
      };
      if (ageMs < -limits.maxClockSkewMs) return {code: 'CANDLE_FROM_THE_FUTURE', numbers};
      return allowIf(ageMs <= limits.maxCandleAgeMs, 'CANDLE_STALE', numbers);
    },
};
