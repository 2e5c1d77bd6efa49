import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {haltRuns, resumeRuns} from '../../../src/session/halt-runs.js';
import {statusOfAll} from '../../../src/session/run-status.js';
import {listStateDirectories} from '../../../src/session/state-directories.js';
import {Journal} from '../../../src/store/journal.js';
import {asNobody} from '../../support/as-nobody.js';
import {rejected} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

function beginRun(directory: string): string {
  Journal.open(directory, {nowMs: () => 0}, 'process').close();
  return directory;
}

describe('listStateDirectories', () => {
  let before: string;
  beforeEach(() => {
    before = process.cwd();
    process.chdir(temporaryDirectory());
  });
  afterEach(() => {
    process.chdir(before);
  });

  it('finds what holds a journal, and nothing where nothing is', () => {
    expect(listStateDirectories()).toEqual({found: [], unreadable: []});
    const runs = ['.dl-trade/a/run-0001', '.dl-trade/a/run-0002', '.dl-trade/b'].map(beginRun);
    writeFileSync('.dl-trade/c', 'a file');
    mkdirSync('.dl-trade/d/e/f', {recursive: true});
    beginRun('.dl-trade/d/e/f');
    expect(listStateDirectories()).toEqual({found: runs, unreadable: []});
    expect(listStateDirectories('.dl-trade/c')).toEqual({found: [], unreadable: []});
  });

  it('takes a directory with a journal for readable where only its other content may not be listed', () => {
    chmodSync('.', 0o755);
    const directory = beginRun('.dl-trade/binance-lstm');
    chmodSync(directory, 0o311);
    expect(asNobody(() => listStateDirectories())).toEqual({found: [directory], unreadable: []});
    mkdirSync('.dl-trade/other', {mode: 0o311});
    expect(asNobody(() => listStateDirectories()).unreadable).toMatchObject([{directory: '.dl-trade/other'}]);
    for (const one of [directory, '.dl-trade/other']) chmodSync(one, 0o755);
  });

  it('says which directory may not be looked into, instead of that nothing is there', async () => {
    // A link to itself stands in for a folder that may not be searched, which stops no root.
    symlinkSync('.dl-trade', '.dl-trade');
    const refused = expect.stringMatching(/"\.dl-trade" cannot be searched for a journal \(ELOOP/) as string;
    const error = {code: 'JOURNAL_FAILED', message: refused};
    expect(listStateDirectories()).toMatchObject({found: [], unreadable: [{directory: '.dl-trade', error}]});
    expect(statusOfAll()).toEqual([{stateDirectory: '.dl-trade', error}]);
    const onFailure = (): void => undefined;
    for (const request of [{}, {all: true}, {onFailure}, {stateDirectory: '.dl-trade'}])
      for (const ask of [haltRuns({flatten: false, reason: '', ...request}), resumeRuns(request)])
        expect(await rejected(ask)).toMatchObject(error);
  });
});
