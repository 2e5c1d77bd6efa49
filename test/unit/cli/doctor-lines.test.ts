import {describe, expect, it} from 'vitest';
import {checkLines, proofLines} from '../../../src/cli/doctor-lines.js';
import type {LawProofReport} from '../../../src/index.js';

const PROOF: LawProofReport = {
  ...{schemaId: 'dl86/1', candlesFile: 'btc.csv', timeframe: '5m', warnings: [], holds: true, breaches: []},
  ...{candles: 1000, candlesProved: 1000, stretches: 1, rows: 400, trials: 16},
};

describe('the lines of a doctor', () => {
  it('stand in columns and count what failed', () => {
    const lines = checkLines({
      ...{ok: false, exitCode: 4},
      checks: [
        {check: 'node', verdict: 'ok', text: 'fine'},
        {check: 'model \u001b[2J', verdict: 'failed', text: 'broken', code: 'MODEL_INVALID'},
      ],
    });
    expect(lines).toEqual([
      'ok       node             fine',
      'failed   model \\u001b[2J  broken [MODEL_INVALID]',
      '1 of 2 checks failed.',
    ]);
  });
});

describe('the lines of a proof', () => {
  it('name every law, and how to look at more', () => {
    expect(proofLines({...PROOF, candles: 100_000, stretches: 8})).toEqual([
      expect.stringMatching(
        /^features dl86\/1 on btc\.csv .* in 8 stretches, 16 trials; --thorough takes all 100,000 candles$/,
      ),
      '',
      expect.stringMatching(/^ {2}finite +holds/),
      expect.stringMatching(/^ {2}causality +holds/),
      expect.stringMatching(/^ {2}stream-equals-batch +holds/),
      expect.stringMatching(/^ {2}history-independence +holds/),
    ]);
  });

  it('name each feature that breaks one, the first candle and the size', () => {
    const found = {firstOpenTimeMs: 0, openTimeMs: 3_600_000, trial: 'history begins at noon'};
    const lines = proofLines({
      ...PROOF,
      holds: false,
      breaches: [
        {...found, law: 'finite', feature: 'a', difference: NaN, expected: NaN, actual: NaN},
        {
          ...found,
          law: 'history-independence',
          feature: 'rsi_14',
          difference: 0.25,
          expected: 1,
          actual: 0.75,
        },
      ],
    });
    expect(lines[2]).toMatch(/^ {2}finite +BROKEN by 1 feature /);
    expect(lines.slice(-2)).toEqual([
      '  finite                a        1970-01-01T00:00:00Z  NaN at 1970-01-01T01:00:00Z',
      '  history-independence  rsi_14   1970-01-01T00:00:00Z  off by 0.250 at 1970-01-01T01:00:00Z: 1, but 0.75 with history begins at noon',
    ]);
  });
});
