import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll} from 'vitest';

/** A directory of the test file's own, removed behind it. */
export interface TemporaryDirectory {
  path(name: string): string;
  /** Writes a file into it.
   *  @returns its path */
  write(name: string, content: string | Uint8Array): string;
}

/** Makes the directory before the file's tests and removes it after them. */
export function useTemporaryDirectory(): TemporaryDirectory {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'dl-trade-test-'));
  });
  afterAll(() => {
    rmSync(root, {recursive: true, force: true});
  });
  const path = (name: string): string => join(root, name);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
