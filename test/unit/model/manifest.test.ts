import {describe, expect, it} from 'vitest';
import {parseManifest, parseManifestText} from '../../../src/model/manifest.js';
import {SMALL_MANIFEST} from '../../support/models.js';

const SOUND = {...SMALL_MANIFEST, weightsSha256: 'b'.repeat(64)};
const TRANSFORMER = {
  ...SOUND,
  architecture: 'transformer',
  hyperparameters: {
    architecture: 'transformer',
    ...{input_size: 5, d_model: 8, nhead: 2, num_layers: 1, dim_feedforward: 16, max_len: 50, dropout: 0},
  },
};

/** The manifest with one field, given by its path, set or (undefined) taken away. */
function changed(path: string, value: unknown, base: object = SOUND): object {
  const copy = structuredClone(base);
  const keys = path.split('.');
  const last = keys.pop()!;
  const holder = keys.reduce<Record<string, unknown>>(
    (object, key) => object[key] as Record<string, unknown>,
    copy as Record<string, unknown>,
  );
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return copy;
}

describe('parseManifest', () => {
  it('takes a sound manifest of either network as it is', () => {
    expect(parseManifest(SOUND, 'm')).toEqual(SOUND);
    expect(parseManifest(TRANSFORMER, 'm')).toEqual(TRANSFORMER);
  });

  it('takes null for what weights from elsewhere do not say', () => {
    const trainedOn = {
      ...SOUND.trainedOn,
      from: null,
      to: null,
      rows: null,
      split: null,
      seed: null,
      versions: {},
    };
    const scaler = {...SOUND.scaler, clip: null};
    expect(parseManifest({...SOUND, trainedOn, scaler, metrics: null}, 'm').metrics).toBeNull();
  });

  const faults: [string, unknown, string][] = [
    ['format', 2, 'format was "2", want 1'],
    ['architecture', 'gru', 'architecture was "gru", want one of bilstm, transformer'],
    ['architecture', 'transformer', 'architecture was "transformer", want bilstm as in hyperparameters'],
    [
      'hyperparameters.architecture',
      'gru',
      'hyperparameters.architecture was "gru", want bilstm or transformer',
    ],
    ['hyperparameters.hidden_size', undefined, 'hyperparameters.hidden_size was "missing", want a number'],
    ['hyperparameters.hidden_size', 1.5, 'hyperparameters.hidden_size was "1.5", want a whole number'],
    ['hyperparameters.dropout', 1, 'hyperparameters.dropout was "1", want less than 1'],
    ['hyperparameters.nhead', 4, 'hyperparameters.nhead was "4", want no such field'],
    ['schema.hash', 'abc', 'schema.hash was "abc", want a sha256 of 64 hexadecimal digits'],
    ['schema.id', '', 'schema.id was "", want at least 1 characters'],
    ['inputScale', 'log', 'inputScale was "log", want one of anchored, raw'],
    ['scaler', undefined, 'scaler was "missing", want an object'],
    ['scaler.mean', [0, 0, 'x', 0, 0], 'scaler.mean.2 was "x", want a number'],
    ['scaler.mean', [0], 'scaler.mean was "1 values", want 5, the input_size'],
    ['scaler.scale', [1, 1, 0, 1, 1], 'scaler.scale.2 was "0", want more than 0'],
    ['scaler.scale', [1, 1, 1, 1], 'scaler.scale was "4 values", want 5, the input_size'],
    ['scaler.constant', [5], 'scaler.constant was "5", want ascending column numbers below input_size'],
    ['scaler.constant', [2, 1], 'scaler.constant was "1", want ascending column numbers below input_size'],
    ['regime.stay', [0.9, 1], 'regime.stay.1 was "1", want less than 1'],
    ['regime.stay', [0.9], 'regime.stay was "[0.9]", want at least 2 values'],
    [
      'regime.variance',
      [1, 1],
      'regime.variance was "1, 1", want the calm state, of the smaller variance, first',
    ],
    ['sequenceLength', 0, 'sequenceLength was "0", want more than 0'],
    ['decisionThreshold', 0.4, 'decisionThreshold was "0.4", want at least 0.5'],
    ['trainedOn.timeframe', 'hourly', 'trainedOn.timeframe was "hourly", want a timeframe such as 5m or 1h'],
    ['trainedOn.from', 'June', 'trainedOn.from was "June", want a UTC time such as 2024-01-31T12:00:00Z'],
    [
      'metrics.values',
      {accuracy: 'good'},
      'metrics.values.accuracy was "good", want a number, or {value, low, high}',
    ],
    ['weightsSha256', undefined, 'weightsSha256 was "missing", want a string'],
    ['extra', {a: 1}, 'extra was "{"a":1}", want no such field'],
    ['card.limitations', 'none', 'card.limitations was "none", want an array'],
  ];
  it.each(faults)('refuses %s = %j in one line', (path, value, message) => {
    expect(() => parseManifest(changed(path, value), 'models/x/manifest.json')).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_INVALID',
        exitCode: 4,
        message: `models/x/manifest.json: ${message}`,
      }) as Error,
    );
  });

  it.each([
    ['hyperparameters.nhead', 3, 'hyperparameters.nhead was "3", want a divisor of d_model, 8'],
    ['sequenceLength', 51, 'sequenceLength was "51", want at most max_len, 50'],
  ] as const)('refuses a transformer with %s = %j', (path, value, message) => {
    expect(() => parseManifest(changed(path, value, TRANSFORMER), 'm')).toThrow(`m: ${message}`);
  });

  it.each([
    [null, 'the manifest was "null", want an object'],
    [[], 'the manifest was "[]", want an object'],
    ['x'.repeat(99), `the manifest was "${'x'.repeat(60)}...", want an object`],
  ])('refuses %j', (content, message) => {
    expect(() => parseManifest(content, 'm')).toThrow(`m: ${message}`);
  });
});

describe('parseManifestText', () => {
  it('reads JSON and refuses what is none', () => {
    expect(parseManifestText(JSON.stringify(SOUND), 'm')).toEqual(SOUND);
    expect(() => parseManifestText('{"format": 1,', 'm')).toThrow(/^m is no JSON: [^\n]+$/);
  });
});
