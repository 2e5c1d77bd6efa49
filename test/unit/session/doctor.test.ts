import {chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {DlTradeError} from '../../../src/domain/errors.js';
import {runDoctor} from '../../../src/session/doctor.js';
import type {CheckResult, DoctorCheck} from '../../../src/session/doctor-check.js';
import {checkModels} from '../../../src/session/doctor-models.js';
import {checkConfiguration, checkDisk, checkNode, checkState} from '../../../src/session/doctor-system.js';
import {caught, rejected} from '../../support/caught.js';
import {ROOT} from '../../support/cli.js';
import {addonIsBuilt} from '../../support/native.js';
import {asNobody} from '../../support/as-nobody.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const MODELS = join(ROOT, 'models');

describe('runDoctor', () => {
  const result = (verdict: CheckResult['verdict'], code?: CheckResult['code']): DoctorCheck => ({
    name: 'made up',
    run: () => [{check: 'made up', verdict, text: 'x', ...(code === undefined ? {} : {code})}],
  });

  it('goes on behind a failure and exits with the first one', async () => {
    const checks: DoctorCheck[] = [
      result('ok'),
      {
        name: 'broken',
        run: () => {
          throw new DlTradeError('NATIVE_UNAVAILABLE', 'no addon');
        },
      },
      result('failed', 'CONFIG_INVALID'),
      {
        name: 'defect',
        run: () => {
          throw new Error('boom');
        },
      },
    ];
    const report = await runDoctor({environment: {}}, checks);
    expect(report).toMatchObject({ok: false, exitCode: 4});
    expect(report.checks.slice(1)).toEqual([
      {check: 'broken', verdict: 'failed', text: 'no addon', code: 'NATIVE_UNAVAILABLE'},
      {check: 'made up', verdict: 'failed', text: 'x', code: 'CONFIG_INVALID'},
      {check: 'defect', verdict: 'failed', text: 'Error: boom', code: 'UNEXPECTED'},
    ]);
    expect(await runDoctor({environment: {}}, [result('failed')])).toMatchObject({exitCode: 1});
  });

  it('is content with warnings, and stops when it is told to', async () => {
    expect(await runDoctor({environment: {}}, [result('warning')])).toMatchObject({ok: true, exitCode: 0});
    expect((await rejected(runDoctor({environment: {}, signal: AbortSignal.abort()}))).code).toBe(
      'INTERRUPTED',
    );
  });

  it.skipIf(!addonIsBuilt)('finds everything right here', async () => {
    const stateDirectory = join(temporaryDirectory(), 'deep', 'state');
    const report = await runDoctor({environment: {}, modelsDirectory: MODELS, stateDirectory});
    expect(report.checks.map(({check, verdict}) => `${check}: ${verdict}`)).toEqual([
      'node: ok',
      'addon: ok',
      'model lstm: ok',
      'model transformer: ok',
      'config: ok',
      'state: ok',
      expect.stringMatching(/^disk: (ok|warning)$/),
    ]);
    expect(report.exitCode).toBe(0);
  });
});

describe.skipIf(!addonIsBuilt)('the check of the models', () => {
  it('tells a damaged one, one without proof and one whose logits are others', async () => {
    const modelsDirectory = temporaryDirectory();
    for (const name of ['sound', 'damaged', 'unproved', 'wrong']) {
      cpSync(join(MODELS, 'lstm'), join(modelsDirectory, name), {recursive: true});
    }
    writeFileSync(join(modelsDirectory, 'damaged', 'weights.pth'), 'nothing');
    rmSync(join(modelsDirectory, 'unproved', 'golden.json'));
    const golden = join(modelsDirectory, 'wrong', 'golden.json');
    const content = JSON.parse(readFileSync(golden, 'utf8')) as {logits: number[]};
    content.logits[0]! += 0.001;
    writeFileSync(golden, JSON.stringify(content));
    expect(await checkModels({environment: {}, modelsDirectory})).toEqual([
      expect.objectContaining({check: 'model damaged', verdict: 'failed', code: 'MODEL_INVALID'}),
      expect.objectContaining({check: 'model sound', verdict: 'ok'}),
      expect.objectContaining({check: 'model unproved', verdict: 'warning'}),
      expect.objectContaining({
        check: 'model wrong',
        verdict: 'failed',
        text: expect.stringMatching(/largest difference of 8 golden windows was "0\.00(1|09)/) as string,
      }),
    ]);
  });

  it('fails where there is none in the folder that a run would look in', async () => {
    const [found] = await checkModels({environment: {}, modelsDirectory: temporaryDirectory()});
    expect(found).toMatchObject({check: 'models', verdict: 'failed', code: 'MODEL_NOT_FOUND'});
  });
});

describe('the checks of the machine', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['20.19', 'ok'],
    ['22.0.0', 'ok'],
    ['20.9.3', 'failed'],
    ['18.20.0', 'failed'],
  ])('call Node %s %s', (version, verdict) => {
    expect(checkNode(undefined, version)[0]!.verdict).toBe(verdict);
  });

  it('read the settings of the environment as a run would', () => {
    const environment = {TRADING_MAX_POSITION_SIZE_USD: '50'};
    expect(checkConfiguration({environment})[0]!.text).toContain('a position of at most 50');
    expect(caught(() => checkConfiguration({environment: {TRADING_MAX_OPEN_POSITIONS: 'many'}})).code).toBe(
      'CONFIG_INVALID',
    );
  });

  it('write a journal where a run would, and leave nothing', () => {
    const directory = temporaryDirectory();
    const [found] = checkState({environment: {}, stateDirectory: join(directory, 'a', 'b')});
    expect(found).toMatchObject({check: 'state', verdict: 'ok'});
    expect(found!.text).toContain(`"${directory}"`);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('name a folder that cannot be written', () => {
    const directory = join(temporaryDirectory(), 'locked');
    mkdirSync(directory);
    chmodSync(dirname(directory), 0o755);
    chmodSync(directory, 0o555);
    const error = caught(() => asNobody(() => checkState({environment: {}, stateDirectory: directory})));
    expect(error).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining(directory) as unknown,
    });
  });

  it('name a state directory that is a file', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const error = caught(() => checkState({environment: {}, stateDirectory: file}));
    expect(error.code).toBe('JOURNAL_FAILED');
    expect(error.message).toMatch(/no state directory can be made in ".*file" \(ENOTDIR/);
  });

  it.each([
    [2 ** 31, 'ok', undefined],
    [2 ** 29, 'warning', undefined],
    [2 ** 20, 'failed', 'JOURNAL_FAILED'],
  ])('call %d free bytes %s', async (free, verdict, code) => {
    const [found] = await checkDisk({environment: {}}, free);
    expect([found!.verdict, found!.code]).toEqual([verdict, code]);
  });
});
