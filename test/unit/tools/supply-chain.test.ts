import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {BROUGHT_ALONG} from '../../../tools/pack/licences.mjs';
import {
  BORNE,
  auditFindings,
  billOfMaterials,
  billProblems,
  licenceProblems,
  shippedPackages,
  type Component,
} from '../../../tools/verify/supply-chain.mjs';
import {ROOT} from '../../support/cli.js';

const LOCK = {
  packages: {
    '': {version: '0.1.0'},
    'node_modules/used': {version: '1.0.0'},
    'node_modules/@scope/both': {version: '2.0.0', devOptional: true},
    'node_modules/used/node_modules/both': {version: '3.0.0'},
    'node_modules/checker': {version: '4.0.0', dev: true},
  },
};

function component(name: string, version: string, licence?: string): Component {
  const purl = `pkg:npm/${name}@${version}`;
  return {
    'bom-ref': `${name}@${version}`,
    name,
    version,
    purl,
    ...(licence === undefined ? {} : {licenses: [{license: {id: licence}}]}),
  };
}

const EVERYTHING = {
  metadata: {component: component('main', '0.1.0', 'MIT')},
  components: [
    component('used', '1.0.0', 'MIT'),
    component('@scope/both', '2.0.0', 'ISC'),
    component('both', '3.0.0', 'MIT'),
    component('checker', '4.0.0', 'GPL-3.0-only'),
  ],
  dependencies: [
    {ref: 'main@0.1.0', dependsOn: ['used@1.0.0', 'checker@4.0.0']},
    {ref: 'checker@4.0.0', dependsOn: []},
  ],
};
const LIBTORCH = {
  name: 'libtorch',
  version: '2.13.0',
  licence: 'BSD-3-Clause',
  purl: 'pkg:generic/libtorch@2.13.0',
};

describe('the bill of materials', () => {
  it('names what is installed, nested packages and those that development shares, and no tool', () => {
    expect(shippedPackages(LOCK)).toEqual(['@scope/both@2.0.0', 'both@3.0.0', 'used@1.0.0']);
    const bill = billOfMaterials(EVERYTHING, LOCK, [LIBTORCH]);
    expect(bill.components.map(({name}) => name)).toEqual(['used', '@scope/both', 'both', 'libtorch']);
    expect(bill.metadata.component.name).toBe('dl-trade');
    expect(bill.dependencies).toEqual([{ref: 'main@0.1.0', dependsOn: ['used@1.0.0', LIBTORCH.purl]}]);
    expect(billProblems(bill, LOCK)).toEqual([]);
  });

  it('names a licence of several words as an expression, as CycloneDX asks', () => {
    const libgomp = {...LIBTORCH, licence: 'GPL-3.0-or-later WITH GCC-exception-3.1'};
    const bill = billOfMaterials(EVERYTHING, LOCK, [LIBTORCH, libgomp]);
    expect(bill.components.slice(-2).map(({licenses}) => licenses)).toEqual([
      [{license: {id: 'BSD-3-Clause'}}],
      [{expression: libgomp.licence}],
    ]);
  });

  it('is refused where a package is missing or a component says too little', () => {
    const bill = billOfMaterials(EVERYTHING, LOCK, []);
    const short = {...bill, components: bill.components.slice(1)};
    expect(billProblems(short, LOCK)).toEqual(['used@1.0.0 is not in the bill of materials']);
    const bare = {...bill, components: [...bill.components, component('bare', '1.0.0')]};
    expect(billProblems(bare, LOCK)).toEqual(['bare has no version, purl or licence']);
  });
});

describe('the licence check', () => {
  const problems = (...licenses: NonNullable<Component['licenses']>): string[] =>
    licenceProblems({components: [{...component('a', '1.0.0'), licenses}]});

  it('passes permissive licences, and a choice that holds one', () => {
    expect(problems({license: {id: 'MIT'}})).toEqual([]);
    expect(problems({expression: '(GPL-2.0-only OR Apache-2.0)'})).toEqual([]);
    expect(problems({license: {name: 'ISC'}})).toEqual([]);
  });

  it.each([
    [[{license: {id: 'GPL-3.0-only'}}]],
    [[{license: {id: 'MIT'}}, {license: {id: 'AGPL-3.0-only'}}]],
    [[{expression: 'MIT AND LGPL-2.1-only'}]],
    [[{license: {name: 'SEE LICENSE IN file'}}]],
    [[{license: {}}]],
    [[]],
  ])('names whoever has %j', (licenses) => {
    expect(problems(...licenses)).toHaveLength(1);
  });
});

describe('what is borne', () => {
  const problems = (name: string, expression: string): string[] =>
    licenceProblems({components: [{...component(name, '1.0.0'), licenses: [{expression}]}]});

  it.each(BORNE)('is $name with its one licence, for a reason', ({name, licence, why}) => {
    expect(why).not.toBe('');
    expect(problems(name, licence)).toEqual([]);
    expect(problems('other', licence)).toHaveLength(1);
    expect(problems(name, 'GPL-3.0-or-later')).toHaveLength(1);
  });

  it('is what LibTorch brings along, with its texts in the repository', () => {
    const off = BROUGHT_ALONG.map(({name, licence}) => ({name, licence}));
    expect(off).toEqual(BORNE.map(({name, licence}) => ({name, licence})));
    for (const {name} of BROUGHT_ALONG)
      expect(readdirSync(join(ROOT, 'native/third_party', name))).toEqual([
        ...['COPYING.RUNTIME', 'COPYING3', 'README.md'],
      ]);
  });
});

describe('the audit', () => {
  const report = (vulnerabilities: object, counts: object): string =>
    JSON.stringify({
      vulnerabilities,
      metadata: {vulnerabilities: {info: 0, low: 0, moderate: 0, high: 0, critical: 0, ...counts}},
    });

  it('tells findings from an endpoint that does not answer', () => {
    expect(auditFindings(report({}, {}))).toEqual({answered: true, findings: []});
    expect(auditFindings('{"message": "405 Method Not Allowed"}')).toEqual({
      answered: false,
      why: '405 Method Not Allowed',
    });
    expect(auditFindings('')).toMatchObject({answered: false});
  });

  it('names what is of high or critical severity alone', () => {
    const low = {name: 'a', severity: 'low', range: '<1'};
    const high = {name: 'b', severity: 'high', range: '<2'};
    expect(auditFindings(report({a: low, b: high}, {low: 1, high: 1}))).toEqual({
      answered: true,
      findings: ['b <2: high'],
    });
    expect(auditFindings(report({}, {critical: 1}))).toEqual({
      answered: true,
      findings: ['1 of high or critical severity'],
    });
  });
});
