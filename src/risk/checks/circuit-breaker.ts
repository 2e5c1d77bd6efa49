import {allowIf, recordable} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Stands aside where the strategy keeps losing, or where the market jumps. */
export const circuitBreaker: RiskCheckDefinition = {
  id: 'circuit-breaker',
  summary: 'Opens nothing for a while after losses in a row, and nothing on a candle that moved too far.',
  codes: ['LOSSES_IN_A_ROW', 'CANDLE_MOVED_TOO_FAR'],
  limits: ['lossPauseMs', 'maxConsecutiveLosses', 'maxCandleMove'],
  appliesToReducing: false,
  create:
    (limits) =>
    (_intent, _account, {candle, closeTimeMs, fills, market}) => {
      const {consecutiveLosses, lastLossMs} = fills.streak;
      const sinceLossMs = lastLossMs === undefined ? null : closeTimeMs - lastLossMs;
      const from = market.previousClose ?? candle.open;
      const move = Math.max(Math.abs(candle.high - from), Math.abs(candle.low - from)) / from;

      const rested = sinceLossMs === null || sinceLossMs >= limits.lossPauseMs;
      const fewLosses = limits.maxConsecutiveLosses === 0 || consecutiveLosses < limits.maxConsecutiveLosses;
      const calm = limits.maxCandleMove === 0 || move <= limits.maxCandleMove;
      const numbers = {
        consecutiveLosses,
        maxConsecutiveLosses: limits.maxConsecutiveLosses,
        sinceLossMs,
        lossPauseMs: limits.lossPauseMs,
        move: recordable(move),
        maxCandleMove: limits.maxCandleMove,
      };
      if (!(fewLosses || rested)) return {code: 'LOSSES_IN_A_ROW', numbers};
      return allowIf(calm, 'CANDLE_MOVED_TOO_FAR', numbers);
    },
};
