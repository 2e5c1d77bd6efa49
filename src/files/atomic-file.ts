import {open, realpath, rename, stat, unlink} from 'node:fs/promises';
import type {FileHandle} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {outputFailed, systemCode} from './file-errors.js';

let created = 0;

/** A file that comes into being whole: written beside its target, synced, then renamed over it, so that a crash, a full
 *  disk or a signal leaves the old file or the new one. A target that is no regular file (a pipe, `/dev/stdout`) is
 *  written straight through, since renaming over it would replace the device. */
export class AtomicFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #temporary: string | undefined;
  readonly #target: string;
  #open = true;

  private constructor(path: string, target: string, handle: FileHandle, temporary: string | undefined) {
    this.path = path;
    this.#target = target;
    this.#handle = handle;
    this.#temporary = temporary;
  }

  /** @throws OUTPUT_FAILED */
  static async create(path: string): Promise<AtomicFile> {
    try {
      const target = await resolveTarget(path);
      if (target.special) return new AtomicFile(path, target.path, await open(target.path, 'w'), undefined);
      const temporary = temporaryBeside(target.path);
      return new AtomicFile(path, target.path, await open(temporary, 'wx'), temporary);
    } catch (cause) {
      throw outputFailed(path, cause);
    }
  }

  /** Resolves once the system has taken the bytes, so that awaiting it is the backpressure. Text goes out as UTF-8.
   *  @throws OUTPUT_FAILED; the temporary is gone then */
  async write(data: string | Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(data);
    } catch (cause) {
      await this.abort();
      throw outputFailed(this.path, cause);
    }
  }

  /** Makes the new content the file.
   *  @throws OUTPUT_FAILED; the old file is untouched then */
  async commit(): Promise<void> {
    try {
      if (this.#temporary === undefined) {
        this.#open = false;
        await this.#handle.close();
        return;
      }
      await this.#handle.sync();
      await this.#handle.close();
      this.#open = false;
      await rename(this.#temporary, this.#target);
      await syncDirectory(dirname(this.#target));
    } catch (cause) {
      await this.abort();
      throw outputFailed(this.path, cause);
    }
  }

  /** Gives up: the target stays as it was. Never throws; twice, or after `commit`, is fine. */
  async abort(): Promise<void> {
    if (this.#open) await this.#handle.close().catch(ignore);
    this.#open = false;
    if (this.#temporary !== undefined) await unlink(this.#temporary).catch(ignore);
  }
}

/** Writes a whole file at once, with the guarantees of `AtomicFile`.
 *  @throws OUTPUT_FAILED */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path);
  await file.write(data);
  await file.commit();
}

/** A name beside `path` that no other writer of this machine uses at the same time. */
export function temporaryBeside(path: string): string {
  created += 1;
  return join(dirname(path), `.${basename(path)}.${String(process.pid)}-${String(created)}.tmp`);
}

/** Makes a rename in the directory outlast a power cut. Not on Windows, which lets nobody sync a folder (EPERM). */
export async function syncDirectory(path: string, platform: string = process.platform): Promise<void> {
  if (platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function resolveTarget(path: string): Promise<{path: string; special: boolean}> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error('is a directory'), {code: 'EISDIR'});
    if (!found.isFile()) return {path, special: true};
    // Through a symbolic link, so that the link stays and what it points to changes.
    return {path: await realpath(path), special: false};
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return {path, special: false};
    throw cause;
  }
}

function ignore(): void {
  // Closing and unlinking after a failure: the failure itself is what is reported.
}
