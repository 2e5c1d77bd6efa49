import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {civilDate, dayNumber, isNyseClosed} from '../../../src/features/nyse-calendar.js';

const {closures} = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../fixtures/features/nyse-closures.json'), 'utf8'),
) as {closures: Record<string, string[]>};

function closedWeekdays(year: number): string[] {
  const found: string[] = [];
  for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day++) {
    const {month, dayOfMonth, dayOfWeek} = civilDate(day);
    if (dayOfWeek >= 5) expect(isNyseClosed(day)).toBe(true);
    else if (isNyseClosed(day)) {
      found.push(`${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`);
    }
  }
  return found;
}

describe('the NYSE calendar', () => {
  it('covers 2010 to 2035 in the reference', () => {
    expect(Object.keys(closures)).toEqual(Array.from({length: 26}, (_, i) => String(2010 + i)));
  });

  it.each(Object.keys(closures))('agrees with pandas_market_calendars on every weekday of %s', (year) => {
    expect(closedWeekdays(Number(year))).toEqual(closures[year]);
  });

  it('knows the closures that no rule foretells', () => {
    const special = [
      [2012, 10, 29],
      [2012, 10, 30],
      [2018, 12, 5],
      [2025, 1, 9],
    ] as const;
    for (const [year, month, day] of special) expect(isNyseClosed(dayNumber(year, month, day))).toBe(true);
  });

  it('does not keep a New Year that falls on a Saturday', () => {
    expect(civilDate(dayNumber(2022, 1, 1)).dayOfWeek).toBe(5);
    expect(isNyseClosed(dayNumber(2021, 12, 31))).toBe(false);
  });

  it('counts days on both sides of the epoch', () => {
    expect(civilDate(0)).toEqual({year: 1970, month: 1, dayOfMonth: 1, dayOfWeek: 3});
    expect(civilDate(-1)).toEqual({year: 1969, month: 12, dayOfMonth: 31, dayOfWeek: 2});
    expect(civilDate(dayNumber(2024, 2, 29))).toEqual({year: 2024, month: 2, dayOfMonth: 29, dayOfWeek: 3});
  });
});
