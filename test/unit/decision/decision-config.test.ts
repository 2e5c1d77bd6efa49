import {describe, expect, it} from 'vitest';
import {requireDecisionConfig} from '../../../src/decision/decision-config.js';
import type {DecisionConfig} from '../../../src/decision/decision-config.js';
import {RULES, d} from '../../support/trading.js';

const config: DecisionConfig = {strategyId: 'test', rules: RULES, threshold: 0.6, maxNotionalQuote: d(1000)};

describe('requireDecisionConfig', () => {
  it('takes a sound configuration', () => {
    const exits = {stopLoss: 0.02, takeProfit: 2, trailingStop: 0.5, maxHoldingMs: 1};
    expect(() => {
      requireDecisionConfig({...config, exits, feeBps: 0, slippageBps: 0, bufferBps: 0});
    }).not.toThrow();
  });

  it.each<[string, Partial<DecisionConfig>]>([
    ['threshold', {threshold: 1}],
    ['threshold', {threshold: 0.49}],
    ['threshold', {threshold: NaN}],
    ['maxNotionalQuote', {maxNotionalQuote: d(0)}],
    ['maxNotionalQuote', {maxNotionalQuote: d(NaN)}],
    ['feeBps', {feeBps: -1}],
    ['slippageBps', {slippageBps: NaN}],
    ['bufferBps', {bufferBps: 10_000}],
    ['stopLoss', {exits: {stopLoss: 5}}],
    ['trailingStop', {exits: {trailingStop: 0}}],
    ['takeProfit', {exits: {takeProfit: -0.1}}],
    ['maxHoldingMs', {exits: {maxHoldingMs: Infinity}}],
  ])('refuses a %s out of range', (setting, changes) => {
    expect(() => {
      requireDecisionConfig({...config, ...changes});
    }).toThrow(new RegExp(`decision\\.${setting} was ".*", want`));
  });
});
