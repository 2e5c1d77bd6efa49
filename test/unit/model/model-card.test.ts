import {describe, expect, it} from 'vitest';
import {modelCard} from '../../../src/model/model-card.js';
import type {Manifest} from '../../../src/model/manifest.js';
import {SMALL_MANIFEST} from '../../support/models.js';

const MANIFEST: Manifest = {...SMALL_MANIFEST, weightsSha256: 'b'.repeat(64)};

describe('modelCard', () => {
  it('says what the model is, what it was made of, what it reached with its interval, and what it is not', () => {
    const card = modelCard('small', MANIFEST);
    expect(card).toMatch(/^# Model card: small\n\nA model for tests\.\n/);
    for (const line of [
      '| inputs | small/1, raw, the last 3 candles |',
      '| output | probability that the close 5 candles on is higher |',
      '| decides | buy above 0.6, sell below 0.4 |',
      '| split, in time order | 480 training, 95 validation, 95 test; 10 purged, embargo 0 |',
      '| accuracy | 0.5100 | 0.4000 to 0.6000 |',
      '| log loss (a coin: 0.6931) | 0.6900 |  |',
      '- It has learnt nothing.',
    ]) {
      expect(card).toContain(line);
    }
    expect(card).not.toContain('Simpler classifiers');
  });

  it('sets baselines beside it, and says that a validation part flatters', () => {
    const card = modelCard('small', {
      ...MANIFEST,
      metrics: {
        ...MANIFEST.metrics!,
        part: 'validation',
        baselines: [
          {
            name: 'trees',
            accuracy: 0.52,
            test: 'Diebold-Mariano',
            pValue: 0.0123,
            verdict: 'significantly worse',
          },
        ],
      },
    });
    expect(card).toContain('**on which it was selected**');
    expect(card).toContain(
      '| trees | 0.5200 |  | the model is significantly worse (Diebold-Mariano p 0.012) |',
    );
  });

  it('says what is not known of weights from elsewhere, and breaks no table', () => {
    const card = modelCard('mine', {
      ...MANIFEST,
      metrics: null,
      trainedOn: {
        ...MANIFEST.trainedOn,
        ...{from: null, to: null, rows: null, heldOutFrom: null, split: null, seed: null, versions: {}},
        source: 'a|b\nc.csv',
      },
    });
    expect(card).toContain('Nothing was measured on held-out candles.');
    expect(card).toContain('| range | not known |');
    expect(card).toContain('a\\|b c.csv');
    expect(card).not.toMatch(/null|undefined|NaN/);
  });
});
