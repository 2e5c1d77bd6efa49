import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {Progress} from '../../../src/cli/progress.js';
import {TrainingBar} from '../../../src/cli/training-progress.js';
import {withoutProgress} from '../../support/progress-lines.js';

const WARNING = 'dl-trade: WARNING 3 of 12 candles: 25% of them (2/s) are flat, 5 s left [SOME_CODE]\n';

/** What a plain stream was told. */
function toldBy(tell: (stream: NodeJS.WriteStream) => void): string {
  const stream = new PassThrough();
  tell(stream as unknown as NodeJS.WriteStream);
  return String(stream.read() ?? '');
}

describe('withoutProgress', () => {
  beforeEach(() => {
    vi.useFakeTimers({toFake: ['performance']});
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['features', undefined, 12_345],
    ['run', undefined, 3],
    ['replay', 40, 0],
    ['compare my-model.2', 1000, 10],
    ['forecast BTC/USDT', 9, 3],
    ['trials', 100_000, 100_000],
    ['fetch', 1_000_000, 100],
  ])('leaves nothing of %s at %o, of which %o are done', (label, total, done) => {
    const told = toldBy((stream) => {
      const progress = new Progress(label, total, stream);
      for (let i = 0; i < 2; i++) {
        vi.advanceTimersByTime(6000);
        progress.update(done);
      }
    });
    expect(told.split('\n')).toHaveLength(3);
    expect(withoutProgress(told)).toBe('');
    expect(withoutProgress(`${told}${WARNING}${told}`)).toBe(WARNING);
  });

  it.each([1000, 1e7, NaN])('leaves nothing of a training that takes another %o ms', (etaMs) => {
    const told = toldBy((stream) => {
      const bar = new TrainingBar(stream);
      vi.advanceTimersByTime(11_000);
      bar.update({
        ...{epoch: 1, epochs: 3, batch: 2, batches: 50, samplesPerSecond: 1234, etaMs},
        ...{loss: 0.7, batchLoss: 0.7, gradientNorm: 1, learningRate: 0.001},
      });
    });
    expect(told).not.toBe('');
    expect(withoutProgress(told)).toBe('');
  });

  it.each([
    WARNING,
    'run: failed\n',
    'epoch 1 went wrong\n',
    'replay: 5 (1/s) and more\n',
    'dl-trade: 5% of 20\n',
  ])('keeps %j', (line) => {
    expect(withoutProgress(line)).toBe(line);
  });
});
