import {failureOf, runFold} from './walk-forward-fold.js';
import type {FoldNews, FoldTask} from './walk-forward-fold.js';

/** The process of one fold. It is told its task in one message, and to stop by another or by its parent's end. */
const controller = new AbortController();
const stop = (): void => {
  controller.abort();
};
// Ctrl-C reaches every process of the terminal: only the parent decides what it means.
process.on('SIGINT', () => undefined);
process.on('disconnect', stop);
process.on('message', (message: FoldTask | 'stop') => {
  if (message === 'stop') {
    stop();
    return;
  }
  void work(message);
});

async function work(task: FoldTask): Promise<void> {
  const tell = (news: FoldNews): void => {
    if (process.connected) process.send?.(news);
  };
  try {
    await runFold(task, {signal: controller.signal, tell});
  } catch (error) {
    tell(failureOf(task.fold, error));
  }
  if (process.connected) process.disconnect();
}
