import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, onTestFinished} from 'vitest';

/** A fresh directory that goes when the test ends. */
export function temporaryDirectory(): string {
  const directory = create();
  onTestFinished(() => {
    remove(directory);
  });
  return directory;
}

/** A directory of the test file's own. */
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
    root = create();
  });
  afterAll(() => {
    remove(root);
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

function create(): string {
  return mkdtempSync(join(tmpdir(), 'dl-trade-test-'));
}

function remove(directory: string): void {
  rmSync(directory, {recursive: true, force: true});
}
