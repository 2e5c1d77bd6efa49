import {readFileSync, readdirSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {requireApproved, stampApproved} from '../../../src/domain/approval.js';
import type {ApprovedOrder} from '../../../src/domain/order.js';
import {terms} from '../../support/trading.js';

describe('approval', () => {
  it('lets a stamped order through', () => {
    const order = stampApproved(terms());
    expect(requireApproved(order)).toBe(order);
  });

  it('refuses an order that only claims to be approved', () => {
    expect(() => requireApproved(terms() as ApprovedOrder)).toThrow(/without the approval of the risk audit/);
  });

  it('refuses a copy of an approved order, which could have been changed', () => {
    const copy = {...stampApproved(terms())};
    expect(() => requireApproved(copy)).toThrow(/nothing was sent/);
  });

  it('freezes what it approves', () => {
    const order = stampApproved(terms()) as {side: string};
    expect(() => {
      order.side = 'sell';
    }).toThrow(TypeError);
  });

  it('is called by the risk audit alone', () => {
    const src = new URL('../../../src/', import.meta.url);
    const callers = readdirSync(src, {recursive: true, encoding: 'utf8'})
      .filter(
        (file) => file.endsWith('.ts') && readFileSync(new URL(file, src), 'utf8').includes('stampApproved'),
      )
      .sort();
    expect(callers).toEqual(['domain/approval.ts', 'risk/risk-audit.ts']);
  });
});
