import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {Progress} from '../../../src/cli/progress.js';

function stream(isTTY: boolean): {stream: NodeJS.WriteStream; written: () => string} {
  const through = Object.assign(new PassThrough(), {isTTY}) as unknown as NodeJS.WriteStream;
  let text = '';
  (through as unknown as PassThrough).on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {stream: through, written: () => text};
}

describe('Progress', () => {
  beforeEach(() => {
    vi.useFakeTimers({toFake: ['performance']});
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('says nothing in the first second', () => {
    const {stream: out, written} = stream(true);
    const progress = new Progress('features', 1000, out);
    vi.advanceTimersByTime(900);
    progress.update(500);
    progress.end();
    expect(written()).toBe('');
  });

  it('redraws a bar on a terminal, and clears it', () => {
    const {stream: out, written} = stream(true);
    const progress = new Progress('features', 1000, out);
    vi.advanceTimersByTime(2000);
    progress.update(500);
    expect(written()).toMatch(/^\rfeatures: \[=+ +\] 50% of 1,000 \(250\/s\) 2 s left/);
    progress.end();
    expect(written().endsWith('\r\u001b[K')).toBe(true);
  });

  it('takes the total when it becomes known, and tells a long time in minutes and hours', () => {
    const {stream: out, written} = stream(true);
    const progress = new Progress('fetch', undefined, out);
    vi.advanceTimersByTime(10_000);
    progress.update(10, 1000);
    vi.advanceTimersByTime(1000);
    progress.update(11, 20_000);
    expect(written()).toContain('1% of 1,000 (1.0/s) 17 min left');
    expect(written()).toContain('0% of 20,000 (1.0/s) 5 h 33 min left');
  });

  it('draws its bar again behind a note', () => {
    const {stream: out, written} = stream(true);
    const progress = new Progress('fetch', 100, out);
    vi.advanceTimersByTime(2000);
    progress.update(50);
    progress.end();
    vi.advanceTimersByTime(200);
    progress.update(60);
    expect(written().split('\r\u001b[K')).toHaveLength(2);
    expect(written()).toMatch(/50% .*60% /s);
  });

  it('writes a plain line now and then elsewhere', () => {
    const {stream: out, written} = stream(false);
    const progress = new Progress('predict', undefined, out);
    for (let i = 1; i <= 11; i++) {
      vi.advanceTimersByTime(1000);
      progress.update(i * 1000);
    }
    progress.end();
    expect(written()).toBe('predict: 5,000 (1,000/s)\npredict: 10,000 (1,000/s)\n');
  });
});
