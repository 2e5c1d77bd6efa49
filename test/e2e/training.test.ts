import {spawn} from 'node:child_process';
import type {ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {Worker} from 'node:worker_threads';
import {describe, expect, it} from 'vitest';

import type {TrainingResult} from '../../src/model/native-training.js';
import {trainNetwork, type TrainNetworkOptions} from '../../src/training/train-network.js';
import {addonIsBuilt, TINY_BILSTM} from '../support/native.js';
import {ROOT} from '../support/python.js';
import {temporaryDirectory} from '../support/temporary-directory.js';
import {someHistory, someSamples, withoutTimes} from '../support/training.js';

const SCRIPT = join(ROOT, 'test/support/train-forever.mjs');

function start(...args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [SCRIPT, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
}

/** Waits for the line of an epoch. */
async function untilEpoch(child: {readonly stdout: Readable}, epoch: number): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.includes(`epoch ${String(epoch)}\n`)) return;
  }
  throw new Error(`the training ended with: ${text}`);
}

/** What the script trains, for a number of epochs. */
function options(epochs: number): TrainNetworkOptions {
  const source = someHistory(80, {steps: 6, size: 4});
  return {
    hyperparameters: {...TINY_BILSTM, num_layers: 2},
    train: someSamples(source, 5, 38),
    validation: someSamples(source, 45, 20),
    epochs,
    earlyStoppingPatience: 1_000_000,
    batchSize: 10,
    learningRate: 0.01,
    seed: 3,
  };
}

async function expectSameAsNeverStopped(checkpointPath: string, atLeast: number): Promise<void> {
  const far = {...options(1_000_000), checkpointPath, resume: true};
  const stopped = await trainNetwork({...far, signal: AbortSignal.abort()});
  const epochs = stopped.history.length + 2;
  expect(stopped.history.length).toBeGreaterThanOrEqual(atLeast);
  const resumed = await trainNetwork({...options(epochs), checkpointPath, resume: true});
  expect(comparable(resumed)).toEqual(comparable(await trainNetwork(options(epochs))));
}

function comparable({network, history}: TrainingResult): object {
  return {parameters: network.parameters(), history: withoutTimes(history)};
}

describe.skipIf(!addonIsBuilt)('a training in a process', () => {
  it.each([1, 30])('that is killed goes on as if it had not been, after epoch %i', async (epoch) => {
    const checkpointPath = join(temporaryDirectory(), 'training.pth');
    const child = start(checkpointPath);
    await untilEpoch(child, epoch);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expectSameAsNeverStopped(checkpointPath, epoch);
  });

  it('that is interrupted writes its checkpoint, says so and ends by itself', async () => {
    const checkpointPath = join(temporaryDirectory(), 'training.pth');
    const child = start(checkpointPath);
    await untilEpoch(child, 5);
    child.kill('SIGINT');
    const rest = child.stdout.toArray();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(Buffer.concat((await rest) as Buffer[]).toString()).toMatch(/interrupted after \d+\n$/);
    await expectSameAsNeverStopped(checkpointPath, 5);
  });

  it.each([
    ['exit', 7],
    ['throw', 1],
  ])('may be left by %s', async (how, code) => {
    for (let round = 0; round < 3; round++) {
      const checkpointPath = join(temporaryDirectory(), 'training.pth');
      const child = start(checkpointPath, '4', how);
      child.stdout.resume();
      child.stderr.resume();
      expect(await once(child, 'exit')).toEqual([code, null]);
      await expectSameAsNeverStopped(checkpointPath, 4);
    }
  });

  it('may run in a worker that is terminated', async () => {
    for (let round = 0; round < 5; round++) {
      const checkpointPath = join(temporaryDirectory(), 'training.pth');
      const worker = new Worker(SCRIPT, {workerData: {arguments: [checkpointPath]}, stdout: true});
      await once(worker, 'message');
      expect(await worker.terminate()).toBe(1);
      await expectSameAsNeverStopped(checkpointPath, 1);
    }
  });
});
