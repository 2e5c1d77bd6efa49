import {fork} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {DlTradeError} from '../domain/errors.js';
import type {FoldNews, FoldTask} from './walk-forward-fold.js';

const WORKER = fileURLToPath(new URL('./walk-forward-worker.js', import.meta.url));

export interface FoldPoolOptions {
  /** Processes at once. */
  readonly jobs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onNews: (news: FoldNews) => void;
  /** Runs one fold to its end; a process of its own unless said otherwise. */
  readonly run?: (task: FoldTask, signal: AbortSignal, onNews: (news: FoldNews) => void) => Promise<void>;
}

/** Runs folds, so many at once. The first failure stops the others, which keep what they have.
 *  @throws what a fold fails with, INTERRUPTED at an abort */
export async function runFolds(tasks: readonly FoldTask[], options: FoldPoolOptions): Promise<void> {
  const {jobs, onNews, run = runInProcess} = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const waiting = [...tasks];
  const lanes = Array.from({length: Math.min(jobs, tasks.length)}, async () => {
    for (let task = waiting.shift(); task !== undefined && !signal.aborted; task = waiting.shift()) {
      try {
        await run(task, signal, onNews);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }
  });
  const outcomes = await Promise.allSettled(lanes);
  const causes = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as Error] : [],
  );
  // Those that were stopped because of the first one say only that they were stopped.
  const cause =
    causes.find((error) => !(error instanceof DlTradeError && error.code === 'INTERRUPTED')) ?? causes[0];
  if (cause !== undefined) throw cause;
  if (signal.aborted) throw new DlTradeError('INTERRUPTED', 'stopped by a signal between two folds');
}

function runInProcess(task: FoldTask, signal: AbortSignal, onNews: (news: FoldNews) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, {stdio: ['ignore', 'ignore', 'inherit', 'ipc']});
    let last: FoldNews | undefined;
    const stop = (): void => {
      if (child.connected) child.send('stop');
    };
    signal.addEventListener('abort', stop, {once: true});
    child.on('message', (news: FoldNews) => {
      last = news;
      onNews(news);
    });
    child.on('error', reject);
    child.on('exit', (code, killed) => {
      signal.removeEventListener('abort', stop);
      if (last?.kind === 'done') resolve();
      else if (last?.kind === 'failed') reject(new DlTradeError(last.code, last.message));
      else {
        const end = killed === null ? `exit code ${String(code)}` : killed;
        reject(
          new DlTradeError(
            'UNEXPECTED',
            `fold ${task.fold + 1} ended with ${end}; the same command goes on with it`,
          ),
        );
      }
    });
    child.send(task);
    if (signal.aborted) stop();
  });
}
