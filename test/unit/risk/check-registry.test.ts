import {existsSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {RISK_CHECKS, defaultChecks} from '../../../src/risk/check-registry.js';
import {riskLimits} from '../../../src/risk/limits.js';

describe('the registry of risk checks', () => {
  it('has unique ids', () => {
    const ids = RISK_CHECKS.map(({id}) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has codes that no other check refuses with', () => {
    const codes = RISK_CHECKS.flatMap((check) => check.codes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(RISK_CHECKS.map(({id}) => id))('finds a file and a test for %s', (id) => {
    expect(existsSync(new URL(`../../../src/risk/checks/${id}.ts`, import.meta.url))).toBe(true);
    expect(existsSync(new URL(`./checks/${id}.test.ts`, import.meta.url))).toBe(true);
  });

  it('holds a reducing order to validity and to nothing else', () => {
    const applying = RISK_CHECKS.filter(({appliesToReducing}) => appliesToReducing).map(({id}) => id);
    expect(applying).toEqual(['well-formed', 'duplicate-decision', 'reduces', 'exchange-filters']);
  });

  it('makes every check, in order', () => {
    expect(defaultChecks(riskLimits(60_000)).map(({id}) => id)).toEqual(RISK_CHECKS.map(({id}) => id));
  });
});
