import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {DlTradeError} from '../../src/domain/errors.js';
import {runFold} from '../../src/session/walk-forward-fold.js';
import type {FoldTask} from '../../src/session/walk-forward-fold.js';
import {walkForward} from '../../src/session/walk-forward.js';
import type {WalkForwardRequest} from '../../src/session/walk-forward.js';
import {rejected} from '../support/caught.js';
import {addonIsBuilt} from '../support/native.js';
import {temporaryDirectory} from '../support/temporary-directory.js';
import {smallTraining} from '../support/training-session.js';

/** Folds in this process: the test of the command runs them in processes of their own. */
function request(
  folder: string,
  changes: Partial<WalkForwardRequest> = {},
): WalkForwardRequest & {ran: number[]} {
  const ran: number[] = [];
  return {
    ...smallTraining(folder, 'walk'),
    ...{folds: 3, scheme: 'rolling', epochs: 2, ran},
    run: async (task, signal, tell) => {
      ran.push(task.fold);
      await runFold(task, {signal, tell});
    },
    ...changes,
  };
}

describe.skipIf(!addonIsBuilt)('walkForward', () => {
  it('joins the folds to one record of every sample behind the first training part, in time order', async () => {
    const folder = temporaryDirectory();
    const news: string[] = [];
    const result = await walkForward(
      request(folder, {onNews: ({kind, fold}) => news.push(`${kind} ${String(fold)}`)}),
    );
    const lines = readFileSync(result.forecasts, 'utf8').trim().split('\n');
    expect(lines[0]).toBe('timestamp,fold,probability,label');
    const times = lines.slice(1).map((line) => Number(line.split(',')[0]));
    // 900 rows, windows of 8, horizon 1: 892 samples, the second half of them tested.
    expect(times).toHaveLength(446);
    expect(times.every((time, i) => i === 0 || time - times[i - 1]! === 3_600_000)).toBe(true);
    expect(result.overall.metrics.samples).toBe(446);
    expect(result.folds.map(({assessment}) => assessment.metrics.samples)).toEqual([148, 149, 149]);
    expect(result.overall.baselines.map(({name}) => name)).toEqual([
      'logistic regression',
      'gradient boosting',
    ]);
    expect(result.overall.metrics.accuracy).toBeGreaterThan(0.6);
    expect(JSON.parse(readFileSync(result.report, 'utf8'))).toMatchObject({verdict: result.verdict});
    expect(news.filter((line) => line.startsWith('done'))).toHaveLength(3);
    expect(existsSync(`${result.out}/fold-02/weights.pth`)).toBe(true);
  });

  it('goes on where it was stopped, to the same record', async () => {
    const whole = await walkForward(request(temporaryDirectory()));
    const folder = temporaryDirectory();
    const first = request(folder, {
      run: (task: FoldTask, signal, tell) =>
        task.fold === 1
          ? Promise.reject(new DlTradeError('NATIVE_FAILED', 'the second fold dies'))
          : runFold(task, {signal, tell}),
    });
    expect(await rejected(walkForward(first))).toMatchObject({code: 'NATIVE_FAILED'});
    const second = request(folder);
    let plan: object | undefined;
    const resumed = await walkForward({...second, onPlan: (told) => (plan = told)});
    expect(plan).toEqual({folds: 3, done: 1});
    expect(second.ran).toEqual([1, 2]);
    expect(readFileSync(resumed.forecasts, 'utf8')).toBe(readFileSync(whole.forecasts, 'utf8'));
  });

  it('runs a fold again whose record is damaged, and nothing where all is done', async () => {
    const folder = temporaryDirectory();
    const done = request(folder);
    const {out} = await walkForward(done);
    writeFileSync(`${out}/fold-03.json`, readFileSync(`${out}/fold-03.json`, 'utf8').slice(0, 200));
    const again = request(folder);
    await walkForward(again);
    expect(again.ran).toEqual([2]);
    const idle = request(folder);
    await walkForward(idle);
    expect(idle.ran).toEqual([]);
  });

  it('leaves a walk-forward of other settings or candles alone, naming what differs', async () => {
    const folder = temporaryDirectory();
    const {out} = await walkForward(request(folder));
    const other = await rejected(walkForward(request(folder, {learningRate: 0.02})));
    expect(other).toMatchObject({code: 'STATE_MISMATCH'});
    expect(other.message).toContain('learningRate was "0.01" there, now it is "0.02"');
    writeFileSync(`${out}/walk-forward.json`, '{');
    await expect(walkForward(request(folder))).rejects.toThrow('is damaged');
  });

  it('stops between two folds at an abort', async () => {
    const controller = new AbortController();
    const stopped = request(temporaryDirectory(), {
      signal: controller.signal,
      onNews: ({kind}) => {
        if (kind === 'done') controller.abort();
      },
    });
    await expect(walkForward(stopped)).rejects.toMatchObject({code: 'INTERRUPTED'});
    expect(stopped.ran).toEqual([0]);
  });
});
