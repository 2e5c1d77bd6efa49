import {expect, it} from 'vitest';
import * as features from '../../../src/features/index.js';

it('the public subpath exports schema, stream, batch, regime, sentiment, calendar and the proof of the laws', () => {
  expect(Object.keys(features).sort()).toEqual([
    'DEFAULT_REGIME',
    'DlTradeError',
    'FEATURE_COUNT',
    'FEATURE_NAMES',
    'FEATURE_SCHEMA',
    'FEATURE_TABLE',
    'FeatureStream',
    'GAP_CANDLES',
    'RecordedSentiment',
    'RegimeFilter',
    'WARM_UP_CANDLES',
    'computeFeatures',
    'dlFeatures',
    'fitRegime',
    'isNyseClosed',
    'parseSentiment',
    'proveFeatureLaws',
    'readSentimentFile',
    'requiredHistory',
    'returnsOf',
  ]);
});
