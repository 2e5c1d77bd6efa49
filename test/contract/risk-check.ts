import {expect, it} from 'vitest';
import {riskLimits} from '../../src/risk/limits.js';
import type {RiskLimits} from '../../src/risk/limits.js';
import type {RiskCheckDefinition} from '../../src/risk/risk-check.js';
import {ask} from '../support/risk.js';
import type {Scenario} from '../support/risk.js';
import {TIMEFRAME_MS} from '../support/trading.js';

export interface RiskCheckCases {
  /** One scenario for every code of the check. */
  readonly refusals: Readonly<Record<string, Scenario>>;
  /** Scenarios on the allowed side of each edge; the unchanged healthy one is always among them. */
  readonly allows?: Readonly<Record<string, Scenario>>;
  /** Scenarios in which something that the check reads is broken: it must refuse, with whichever code. */
  readonly broken?: Readonly<Record<string, Scenario>>;
}

/** What every risk check keeps: registered from the check's own test file. */
export function keepsTheRiskCheckContract(definition: RiskCheckDefinition, cases: RiskCheckCases): void {
  const {refusals, allows = {}, broken = {}} = cases;
  const everything = {healthy: {}, ...refusals, ...allows, ...broken};

  it('has a kebab-case id, a sentence and SCREAMING codes', () => {
    expect(definition.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(definition.summary).toMatch(/^(Opens no|Lets no).*\.$/);
    for (const code of definition.codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });

  it('can reach every code that it lists, and no other', () => {
    expect(Object.keys(refusals).sort()).toEqual([...definition.codes].sort());
  });

  it.each(Object.entries(refusals))('refuses with %s', (code, scenario) => {
    expect(ask(definition, scenario).code).toBe(code);
  });

  it.each(Object.entries({healthy: {}, ...allows}))('allows: %s', (_name, scenario: Scenario) => {
    expect(ask(definition, scenario).code).toBeUndefined();
  });

  it.each(Object.entries(broken))('refuses what is broken: %s', (_name, scenario) => {
    expect(definition.codes).toContain(ask(definition, scenario).code);
  });

  it.each(Object.entries(everything))('records numbers that JSON keeps: %s', (_name, scenario: Scenario) => {
    const {numbers} = ask(definition, scenario);
    expect(Object.keys(numbers).length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(numbers))).toEqual(numbers);
  });

  it('gives the same bytes for the same question, in one life or two', () => {
    for (const scenario of Object.values(everything)) {
      expect(JSON.stringify(ask(definition, scenario))).toBe(JSON.stringify(ask(definition, scenario)));
    }
  });

  it('lists the same numbers whether it refuses or not', () => {
    // Of a stop its price as well: journals of market orders stay as they were.
    for (const isStop of [false, true]) {
      const alike = Object.values(everything).filter(
        (scenario: Scenario) => (scenario.intent?.stopPrice !== undefined) === isStop,
      );
      const keys = alike.map((scenario) => Object.keys(ask(definition, scenario).numbers));
      for (const names of keys) expect(names).toEqual(keys[0]);
    }
  });

  it('compares with the limits that it lists, and with no other', () => {
    const read = new Set<string>();
    const watched = (limits: RiskLimits): RiskLimits =>
      new Proxy(limits, {
        get(target, name) {
          read.add(String(name));
          return target[name as keyof RiskLimits];
        },
      });
    const {create} = definition;
    for (const scenario of Object.values(everything)) {
      ask({...definition, create: (limits) => create(watched(limits))}, scenario);
    }
    expect([...read].sort()).toEqual([...definition.limits].sort());
  });

  it('can be created with the default limits', () => {
    expect(definition.create(riskLimits(TIMEFRAME_MS))).toBeTypeOf('function');
  });
}
