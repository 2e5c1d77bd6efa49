import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import {describe, expect, it} from 'vitest';

import {createNetwork} from '../../src/model/native.js';
import {ADDON_PATH, addonIsBuilt, someWindows, TINY_BILSTM} from '../support/native.js';

const BATCH = 2000;

/** Runs `body` in a worker with `addon`, a network and its windows at hand. */
function startWorker(body: string): Worker {
  const code = `
    const {parentPort, workerData} = require('node:worker_threads');
    const addon = require(workerData.addon);
    const network = addon.createNetwork(workerData.sizes, 1);
    const {windows} = workerData;
    ${body}`;
  return new Worker(code, {
    eval: true,
    workerData: {addon: ADDON_PATH, sizes: TINY_BILSTM, windows: someWindows(BATCH * 6 * 4)},
  });
}

describe.skipIf(!addonIsBuilt)('the addon in worker threads', () => {
  const windows = someWindows(BATCH * 6 * 4);

  it('gives the same logits in every thread', async () => {
    const expected = createNetwork(TINY_BILSTM, 1).predict(windows, BATCH, 6);
    const workers = Array.from({length: 3}, () =>
      startWorker(`parentPort.postMessage(addon.predict(network, windows, ${BATCH}, 6));`),
    );
    const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
    for (const [logits] of answers) expect(logits).toEqual(expected);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  it('survives a worker that is terminated while it predicts', async () => {
    for (let round = 0; round < 5; round += 1) {
      const worker = startWorker(`
        for (let index = 0; index < 12; index += 1) {
          addon.predictAsync(network, windows, ${BATCH}, 6).then(() => parentPort.postMessage('settled'));
        }
        parentPort.postMessage('started');
        setInterval(() => addon.predict(network, windows, ${BATCH}, 6), 1);`);
      await once(worker, 'message');
      await worker.terminate();
    }
    const network = createNetwork(TINY_BILSTM, 1);
    expect(await network.predictAsync(windows, BATCH, 6)).toEqual(network.predict(windows, BATCH, 6));
  });

  it('survives a worker that ends with its work and its networks left behind', async () => {
    const worker = startWorker(`
      for (let index = 0; index < 50; index += 1) addon.createNetwork(workerData.sizes, index);
      void addon.predictAsync(network, windows, ${BATCH}, 6);
      process.exit(3);`);
    expect(await once(worker, 'exit')).toEqual([3]);
  });
});
