import {describe, expect, it} from 'vitest';
import {printable} from '../../../src/domain/printable.js';

describe('printable', () => {
  it('leaves ordinary text of any language as it is', () => {
    expect(printable('größe 価格 "x" \\ ok')).toBe('größe 価格 "x" \\ ok');
  });

  it('writes out what would move the cursor, break the line or turn the text around', () => {
    expect(printable('a\u001b[2J\nb\u009b\u202e')).toBe('a\\u001b[2J\\u000ab\\u009b\\u202e');
  });
});
