import {describe, expect, it} from 'vitest';
import {Exits} from '../../../src/decision/exits.js';
import type {ExitRules} from '../../../src/decision/decision-config.js';
import {START_MS, openTime, position} from '../../support/trading.js';

const long = position();
const short = position({side: 'short'});

/** What the rules say after some closes of a position that was entered at 100. */
function after(
  rules: ExitRules,
  closes: readonly number[],
  held = long,
  timeMs = openTime(1),
): string | undefined {
  const exits = new Exits(rules);
  for (const close of closes) exits.observe(held, close);
  return exits.reason(held, closes.at(-1)!, timeMs);
}

describe('Exits', () => {
  it('is off without a rule', () => {
    expect(new Exits().off).toBe(true);
    expect(new Exits({}).off).toBe(true);
    expect(new Exits({stopLoss: 0.1}).off).toBe(false);
  });

  it('goes on under other rules with the best close that it has seen, also where there was no rule', () => {
    for (const before of [{}, {stopLoss: 0.5}, {trailingStop: 0.2}]) {
      const exits = new Exits(before);
      for (const close of [100, 120, 108]) exits.observe(long, close);
      expect(exits.reason(long, 108, openTime(1))).toBeUndefined();
      exits.change({trailingStop: 0.1});
      expect(exits.reason(long, 108, openTime(1))).toBe('trailing-stop');
      exits.change({stopLoss: 0.05});
      expect(exits.reason(long, 94, openTime(1))).toBe('stop-loss');
      exits.change({});
      expect(exits.off).toBe(true);
      expect(exits.reason(long, 1, openTime(1))).toBeUndefined();
    }
  });

  it.each<[string, ExitRules, number[], typeof long, string | undefined]>([
    ['stops a long at the loss', {stopLoss: 0.05}, [95], long, 'stop-loss'],
    ['leaves a long above it', {stopLoss: 0.05}, [95.01], long, undefined],
    ['stops a short at the loss', {stopLoss: 0.05}, [105], short, 'stop-loss'],
    ['leaves a short below it', {stopLoss: 0.05}, [104.99], short, undefined],
    ['takes the gain of a long', {takeProfit: 0.1}, [110], long, 'take-profit'],
    ['takes the gain of a short', {takeProfit: 0.1}, [90], short, 'take-profit'],
    ['leaves a gain short of the aim', {takeProfit: 0.1}, [109.99], long, undefined],
    ['trails the best close of a long', {trailingStop: 0.1}, [100, 120, 108], long, 'trailing-stop'],
    ['trails the best close of a short', {trailingStop: 0.1}, [100, 80, 88], short, 'trailing-stop'],
    ['leaves a long near its best close', {trailingStop: 0.1}, [100, 120, 108.01], long, undefined],
    ['names the loss before the trail', {stopLoss: 0.05, trailingStop: 0.01}, [100, 95], long, 'stop-loss'],
    ['says nothing of a price that is no number', {stopLoss: 0.05, takeProfit: 0.05}, [NaN], long, undefined],
  ])('%s', (_name, rules, closes, held, reason) => {
    expect(after(rules, closes, held)).toBe(reason);
  });

  it('ends a position at its age', () => {
    const rules = {maxHoldingMs: 600_000};
    expect(after(rules, [100], long, START_MS + 599_999)).toBeUndefined();
    expect(after(rules, [100], long, START_MS + 600_000)).toBe('max-holding-time');
  });

  it('forgets the best close of an earlier position', () => {
    const exits = new Exits({trailingStop: 0.1});
    exits.observe(long, 200);
    exits.observe(undefined, 100);
    const next = position({openedAtMs: openTime(5)});
    exits.observe(next, 100);
    expect(exits.reason(next, 100, openTime(6))).toBeUndefined();
  });
});
