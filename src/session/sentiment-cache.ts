import {readFile, rename} from 'node:fs/promises';
import {dirname} from 'node:path';
import {z} from 'zod';
import {writeFileAtomic} from '../files/atomic-file.js';
import {systemCode} from '../files/file-errors.js';
import {makeDirectory} from '../files/make-directory.js';
import type {SentimentPoint} from '../features/sentiment.js';

/** Up to the last moment that a Date can hold. */
const time = z.number().int().min(0).max(8.64e15);

const cached = z.object({
  format: z.literal(1),
  /** Who gave the values: those of another host are not this one's. */
  source: z.string(),
  fetchedAtMs: time,
  points: z.array(z.object({timeMs: time, value: z.number().min(0).max(100)})).min(1),
});

/** What was fetched last, and when. */
export interface CachedSentiment {
  readonly source: string;
  readonly fetchedAtMs: number;
  readonly points: readonly SentimentPoint[];
}

/** Sentiment values on disk, so that a start without network has some. Never in the way: what cannot be read counts as absent. */
export class SentimentCache {
  readonly #path: string;
  readonly #onNote: (text: string) => void;

  constructor(path: string, onNote: (text: string) => void) {
    this.#path = path;
    this.#onNote = onNote;
  }

  /** @returns `undefined` where nothing of that source is cached; a damaged file is set aside, with a note */
  async read(source: string): Promise<CachedSentiment | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT') this.#onNote(`${this.#path} cannot be read (${reasonOf(cause)})`);
      return undefined;
    }
    try {
      const found = cached.parse(JSON.parse(text));
      return found.source === source ? found : undefined;
    } catch {
      const aside = `${this.#path}.corrupt`;
      await rename(this.#path, aside).catch(() => undefined);
      this.#onNote(`${this.#path} was damaged and was set aside as ${aside}`);
      return undefined;
    }
  }

  /** @throws OUTPUT_FAILED; the old file is untouched then */
  async write(content: CachedSentiment): Promise<void> {
    await makeDirectory(dirname(this.#path));
    await writeFileAtomic(this.#path, `${JSON.stringify({format: 1, ...content})}\n`);
  }
}

function reasonOf(cause: unknown): string {
  return systemCode(cause) ?? String(cause);
}
