import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {ROOT} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';

const directory = useTemporaryDirectory();

describe.skipIf(!addonIsBuilt)('a stream of a network', () => {
  it('makes no garbage a call but the number that it gives back', async () => {
    const script = join(directory.path('garbage.mjs'));
    writeFileSync(
      script,
      `
      const {createNetwork} = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/model/native.js')).href)});
      const sizes = {architecture: 'bilstm', input_size: 4, hidden_size: 8, num_layers: 1, dropout: 0};
      const stream = createNetwork(sizes, 1).openStream(3);
      const row = Float32Array.of(1, -1, 0.5, 2);
      let total = 0;
      const push = (count) => {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += stream.push(row) ?? 0;
        total = sum;
      };
      const bytes = [];
      for (let round = 0; round < 4; round++) {
        push(50_000);
        globalThis.gc();
        const before = process.memoryUsage().heapUsed;
        push(50_000);
        bytes.push((process.memoryUsage().heapUsed - before) / 50_000);
      }
      console.log(Math.min(...bytes), total);
      `,
    );
    const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
    const {stdout} = await promisify(execFile)(process.execPath, [...flags, script]);
    // A double on the heap is 16 bytes.
    expect(Number(stdout.split(' ')[0])).toBeLessThan(17);
  });
});
