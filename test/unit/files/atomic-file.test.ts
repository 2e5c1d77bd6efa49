import {existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync} from 'node:fs';
import {open} from 'node:fs/promises';
import type {FileHandle} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {AtomicFile, syncDirectory, writeFileAtomic} from '../../../src/files/atomic-file.js';
import {outputFailed, unreadable} from '../../../src/files/file-errors.js';
import {DlTradeError} from '../../../src/domain/errors.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();

afterEach(() => vi.restoreAllMocks());

/** A folder with one file in it. */
function folderWithOldFile(name: string): {folder: string; target: string} {
  mkdirSync(directory.path(name));
  return {folder: directory.path(name), target: directory.write(join(name, 'out.csv'), 'old')};
}

/** What every open file is made from. */
async function fileHandle(): Promise<FileHandle> {
  const handle = await open(directory.write('probe', ''));
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

/** Every write after this fails as on a full disk. */
async function fillDisk(): Promise<void> {
  vi.spyOn(await fileHandle(), 'writeFile').mockRejectedValue(
    Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'}),
  );
}

describe('AtomicFile', () => {
  it('shows the old file until commit and the new one after it', async () => {
    const {folder, target} = folderWithOldFile('commit');
    const file = await AtomicFile.create(target);
    await file.write('new ');
    await file.write(Buffer.from('content'));
    expect(readFileSync(target, 'utf8')).toBe('old');
    await file.commit();
    expect(readFileSync(target, 'utf8')).toBe('new content');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('leaves the old file and nothing else when aborted, as often as one likes', async () => {
    const {folder, target} = folderWithOldFile('abort');
    const file = await AtomicFile.create(target);
    await file.write('half');
    await file.abort();
    await file.abort();
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('keeps two writers of one target apart: the last commit wins', async () => {
    const {folder, target} = folderWithOldFile('two');
    const [first, second] = await Promise.all([AtomicFile.create(target), AtomicFile.create(target)]);
    await first.write('first');
    await second.write('second');
    await second.commit();
    await first.commit();
    expect(readFileSync(target, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('writes through a symbolic link and keeps the link', async () => {
    const {folder, target} = folderWithOldFile('link');
    symlinkSync(target, join(folder, 'link.csv'));
    await writeFileAtomic(join(folder, 'link.csv'), 'new');
    expect(lstatSync(join(folder, 'link.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  it('leaves the old file and nothing else when the disk is full', async () => {
    const {folder, target} = folderWithOldFile('full');
    await fillDisk();
    await expect(writeFileAtomic(target, 'new')).rejects.toThrow(
      expect.objectContaining({
        code: 'OUTPUT_FAILED',
        exitCode: 1,
        message: `"${target}" could not be written: no space is left on the disk; free some or write elsewhere`,
      }) as Error,
    );
    vi.restoreAllMocks();
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it.runIf(existsSync('/dev/full'))('writes a device straight through and reports it full', async () => {
    await writeFileAtomic('/dev/null', 'gone');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    await expect(writeFileAtomic('/dev/full', 'new')).rejects.toThrow(
      /"\/dev\/full" could not be written: no space/,
    );
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('refuses a directory and a folder that does not exist, in one line', async () => {
    mkdirSync(directory.path('is-folder'));
    await expect(AtomicFile.create(directory.path('is-folder'))).rejects.toThrow(
      /written: it is a directory/,
    );
    await expect(AtomicFile.create(directory.path('none/out.csv'))).rejects.toThrow(
      /written: its folder does not exist; create it first$/,
    );
    const file = directory.write('a-file', '');
    await expect(AtomicFile.create(join(file, 'out.csv'))).rejects.toMatchObject({code: 'OUTPUT_FAILED'});
  });

  it('reports a rename that fails and leaves nothing behind', async () => {
    const folder = directory.path('moved');
    mkdirSync(folder);
    const file = await AtomicFile.create(join(folder, 'out.csv'));
    // A directory has taken the name in the meantime.
    mkdirSync(join(folder, 'out.csv'));
    await expect(file.commit()).rejects.toMatchObject({code: 'OUTPUT_FAILED'});
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });
});

describe('the folder of a new file', () => {
  it('is synced, but on Windows, which refuses that', async () => {
    const refusal = Object.assign(new Error('EPERM: operation not permitted, fsync'), {code: 'EPERM'});
    const sync = vi.spyOn(await fileHandle(), 'sync').mockRejectedValue(refusal);
    await expect(syncDirectory(directory.path('.'), 'linux')).rejects.toBe(refusal);
    expect(sync).toHaveBeenCalledTimes(1);
    await syncDirectory(directory.path('.'), 'win32');
    expect(sync).toHaveBeenCalledTimes(1);
  });
});

describe('file errors', () => {
  it('keep an error that already says what happened', () => {
    const known = new DlTradeError('INTERRUPTED', 'stopped');
    expect(outputFailed('x', known)).toBe(known);
    expect(unreadable('x', known)).toBe(known);
  });

  it('fall back to the first line of an unknown message, and to text', () => {
    expect(unreadable('x', new Error('odd\nsecond line')).message).toBe('"x" odd');
    expect(outputFailed('x', 'thrown text').message).toBe('"x" could not be written: thrown text');
    expect(
      outputFailed('x', Object.assign(new Error('what'), {code: 7})).details['systemCode'],
    ).toBeUndefined();
  });
});
