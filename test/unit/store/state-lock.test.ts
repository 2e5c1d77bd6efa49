import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {StateLock} from '../../../src/store/state-lock.js';
import {asNobody} from '../../support/as-nobody.js';
import {caught} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

describe('StateLock', () => {
  it('lets one holder in at a time', () => {
    const directory = temporaryDirectory();
    const first = StateLock.acquire(directory, {pid: 4711});
    const error = caught(() => StateLock.acquire(directory, {pid: 4712}));
    expect(error.code).toBe('STATE_LOCKED');
    expect(error.message).toContain('process 4711');
    first.release();
    StateLock.acquire(directory, {pid: 4712}).release();
  });

  it('goes with its process, however that ends', async () => {
    const directory = temporaryDirectory();
    const script = `
      const {StateLock} = await import(${JSON.stringify(new URL('../../../dist/store/state-lock.js', import.meta.url).href)});
      StateLock.acquire(${JSON.stringify(directory)}, {pid: process.pid});
      globalThis.gc();
      console.log('held');
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(caught(() => StateLock.acquire(directory, {pid: 1})).message).toContain(
      `process ${String(child.pid)}`,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    StateLock.acquire(directory, {pid: 1}).release();
  });

  it('says so where the directory cannot be written', () => {
    const directory = join(temporaryDirectory(), 'read-only');
    mkdirSync(directory);
    chmodSync(dirname(directory), 0o755);
    chmodSync(directory, 0o555);
    // Its library is loaded by then, which nobody may have to read.
    StateLock.acquire(temporaryDirectory(), {pid: 1}).release();
    expect(caught(() => asNobody(() => StateLock.acquire(directory, {pid: 1}))).code).toBe('JOURNAL_FAILED');
  });
});
