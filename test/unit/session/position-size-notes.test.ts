import {describe, expect, it} from 'vitest';
import {positionSizeNotes} from '../../../src/session/position-size-notes.js';
import {RULES} from '../../support/trading.js';

function notesFor(maxPositionSizeQuote: number, startingCashQuote = 10_000): string {
  const costs = {feeBps: 10, slippageBps: 2};
  return positionSizeNotes({maxPositionSizeQuote, startingCashQuote, ...costs}, RULES).join('\n');
}

describe('positionSizeNotes', () => {
  it('says nothing of a size with room for a loss', () => {
    expect(notesFor(1000)).toBe('');
    expect(notesFor(10)).toBe('');
    expect(notesFor(10, 10.07)).toBe('');
  });

  it('warns of a size that a loss leaves too small to sell', () => {
    expect(notesFor(9.99)).toMatch(
      /^TRADING_MAX_POSITION_SIZE_USD is 9\.99, .* less than 5 USDT: after a loss .* no stop closes it then; give at least 10\.00$/,
    );
    expect(notesFor(5.01)).toContain('after a loss');
  });

  it('warns of a size that no order reaches: whole lots are worth less than the size', () => {
    expect(notesFor(4.99)).toMatch(/less than 5 USDT: nothing can be opened; give at least 10\.00$/);
    expect(notesFor(5)).toContain('nothing can be opened');
  });

  it('names the cash where that is what bounds, which pays for the costs as well', () => {
    expect(notesFor(1000, 8)).toMatch(/^--cash is 8, .*after a loss .* give at least 10\.07$/);
    expect(notesFor(1000, 5.03)).toMatch(/^--cash is 5\.03, .*nothing can be opened/);
    expect(notesFor(1000, 5.04)).toContain('after a loss');
    expect(notesFor(10, 10.06)).toMatch(/^--cash is 10\.06/);
  });
});
