import {describe, expect, it} from 'vitest';
import {parseTimeText} from '../../../src/domain/time-text.js';

describe('parseTimeText', () => {
  it('reads ms and ISO 8601, which is UTC where it names no zone', () => {
    expect(parseTimeText('1704067200000')).toBe(1_704_067_200_000);
    for (const text of ['2024-01-01', '2024-01-01T00:00', '2024-01-01 00:00:00', '2024-01-01T02:00+02:00']) {
      expect(parseTimeText(text)).toBe(1_704_067_200_000);
    }
  });

  it('refuses what is no time, a day that no calendar has, and times that no Date reaches', () => {
    for (const text of ['', 'June 1', '1.5', '0x10', '2024-02-30', '1e300', '9000000000000000', 'NaN']) {
      expect(parseTimeText(text)).toBeUndefined();
    }
  });
});
