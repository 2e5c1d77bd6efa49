import {readFileSync, statSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import type {HaltOrder} from '../domain/halt-order.js';
import {outputFailed} from '../files/file-errors.js';
import {writeFileAtomic} from '../files/atomic-file.js';

/** The kill switch of a state directory: on while a file of this name lies in it. */
export const HALT_FILE = 'halt.json';

/** Four looks a second: a command takes effect well within one, on any file system, a network's as well. */
const LOOK_MS = 250;

const commandFile = z.object({reason: z.string(), flatten: z.boolean(), requestedAtMs: z.number().int()});

/** Turns the switch of a state directory on, whether or not a process runs there.
 *  @throws OUTPUT_FAILED */
export async function orderHalt(directory: string, command: HaltOrder): Promise<void> {
  const readable = {...command, requestedAt: new Date(command.requestedAtMs).toISOString()};
  await writeFileAtomic(join(directory, HALT_FILE), `${JSON.stringify(readable, null, 2)}\n`);
}

/** Turns the switch off.
 *  @returns false where it was off already
 *  @throws OUTPUT_FAILED */
export async function withdrawHalt(directory: string): Promise<boolean> {
  const path = join(directory, HALT_FILE);
  const wasOn = new KillSwitch(directory).command !== undefined;
  try {
    await rm(path, {force: true});
  } catch (cause) {
    throw outputFailed(path, cause);
  }
  return wasOn;
}

/** What a running strategy asks: whether its state directory's switch is on. A file that cannot be read, or says nothing, is a
 *  halt: `touch halt.json` is enough. Made for every loop that trades; ask `command` before each decision, and `watch` for the time
 *  between them, however long the next candle takes. */
export class KillSwitch {
  readonly #path: string;
  #seen = '';
  #command: HaltOrder | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    this.#path = join(directory, HALT_FILE);
  }

  /** The command that stands by now; undefined: trade. Costs one look at the file system. */
  get command(): HaltOrder | undefined {
    try {
      const found = statSync(this.#path, {throwIfNoEntry: false});
      const seen = found === undefined ? '' : [found.ino, found.mtimeMs, found.size].join();
      if (seen !== this.#seen) this.#command = found === undefined ? undefined : this.#read(found.mtimeMs);
      this.#seen = seen;
    } catch (error) {
      this.#seen = 'unreadable';
      this.#command ??= unreadable(error, 0);
    }
    return this.#command;
  }

  /** Looks four times a second until `close`, and tells of each change once.
   *  @param onChange called with the command that stands now */
  watch(onChange: (command: HaltOrder | undefined) => void): void {
    let told = this.command;
    this.#timer = setInterval(() => {
      const {command} = this;
      if (command === told) return;
      told = command;
      onChange(command);
    }, LOOK_MS);
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
  }

  #read(modifiedMs: number): HaltOrder {
    try {
      const text = readFileSync(this.#path, 'utf8');
      const {reason, flatten, requestedAtMs} = commandFile.parse(JSON.parse(text));
      return {reason, flatten, requestedAtMs};
    } catch (error) {
      return unreadable(error, modifiedMs);
    }
  }
}

function unreadable(error: unknown, modifiedMs: number): HaltOrder {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = `a ${HALT_FILE} that ${code === undefined ? 'holds no command' : `cannot be read (${code})`}`;
  return {reason, flatten: false, requestedAtMs: Math.floor(modifiedMs)};
}
