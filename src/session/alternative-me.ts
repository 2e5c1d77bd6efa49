import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {RecordedSentiment} from '../features/sentiment.js';
import type {SentimentPoint, SentimentSeries} from '../features/sentiment.js';
import {parseAlternativeMe} from './alternative-me-answer.js';
import {SentimentCache} from './sentiment-cache.js';

/** The index changes once a day, at midnight UTC. */
const REFRESH_MS = 3_600_000;
const RETRY_MS = 300_000;
const TIMEOUT_MS = 5000;
/** Eight years of the index are 0.4 MB. */
const MAX_ANSWER_BYTES = 8 << 20;

/** Where values of alternative.me come from and are kept. */
export interface AlternativeMeOptions {
  /** Such as `https://api.alternative.me`. */
  readonly baseUrl: string;
  readonly cacheFile: string;
  readonly clock: Clock;
  /** Told what a user should hear: that values are old, or that there are none. */
  readonly onNote: (text: string) => void;
  /** The longest that a request may take, and so a start wait for it; 5 s. */
  readonly timeoutMs?: number;
  /** Ends requests and the waiting for them. */
  readonly signal?: AbortSignal | undefined;
}

/** The Crypto Fear & Greed Index of alternative.me, from its endpoint through a cache on disk.
 *  No decision waits for it or fails of it: `valueAt` answers from what is there and at most starts a refresh. What is
 *  there stays in use when a refresh fails.
 *  Lives in `session`, which may touch network, disk and clock and knows the series of `features`: it is no exchange.
 *  source: https://alternative.me/crypto/fear-and-greed-index/#api */
export class AlternativeMe implements SentimentSeries {
  readonly #options: AlternativeMeOptions;
  readonly #cache: SentimentCache;
  readonly #closing = new AbortController();
  #points = new Map<number, number>();
  #series: SentimentSeries = new RecordedSentiment([]);
  #fetchedAtMs = -Infinity;
  #triedAtMs = -Infinity;
  #refreshing: Promise<void> | undefined;
  #isFailing = false;

  private constructor(options: AlternativeMeOptions) {
    this.#options = options;
    this.#cache = new SentimentCache(options.cacheFile, options.onNote);
  }

  /** Takes what is cached; where that is older than an hour it asks the endpoint first, for at most the timeout.
   *  Never throws: without an answer and a cache it has no value, and says so. */
  static async open(options: AlternativeMeOptions): Promise<AlternativeMe> {
    const sentiment = new AlternativeMe(options);
    const cached = await sentiment.#cache.read(options.baseUrl);
    if (cached !== undefined) sentiment.#take(cached.points, cached.fetchedAtMs);
    sentiment.#refreshIfDue();
    await sentiment.settled();
    return sentiment;
  }

  valueAt(timeMs: number): number | undefined {
    this.#refreshIfDue();
    return this.#series.valueAt(timeMs);
  }

  /** Resolves once no request is under way. */
  async settled(): Promise<void> {
    await this.#refreshing;
  }

  /** Ends a request that is under way, which would keep the process alive. */
  close(): void {
    this.#closing.abort();
  }

  #refreshIfDue(): void {
    const nowMs = this.#options.clock.nowMs();
    // A clock that was set back must not make old values look fresh until it has caught up.
    const isFresh = Math.abs(nowMs - this.#fetchedAtMs) < REFRESH_MS;
    const isTried = Math.abs(nowMs - this.#triedAtMs) < RETRY_MS;
    if (isFresh || isTried || this.#refreshing !== undefined || this.#closing.signal.aborted) return;
    this.#triedAtMs = nowMs;
    this.#refreshing = this.#refresh(nowMs).finally(() => {
      this.#refreshing = undefined;
    });
  }

  async #refresh(nowMs: number): Promise<void> {
    const {baseUrl, onNote} = this.#options;
    const url = `${baseUrl}/fng/?limit=0&format=json`;
    try {
      this.#take(parseAlternativeMe(await this.#download(url), {origin: url, nowMs}), nowMs);
      this.#isFailing = false;
    } catch (error) {
      if (this.#closing.signal.aborted || this.#options.signal?.aborted === true) return;
      // Said once: it would be said again every few minutes.
      if (!this.#isFailing) onNote(`sentiment: ${reasonOf(error, url)}; ${this.#whatIsThere()}`);
      this.#isFailing = true;
      return;
    }
    const points = [...this.#points].map(([timeMs, value]) => ({timeMs, value}));
    await this.#cache.write({source: baseUrl, fetchedAtMs: nowMs, points}).catch((error: unknown) => {
      onNote(`sentiment: ${(error as Error).message}; the next start asks the endpoint again`);
    });
  }

  /** What was published once stays known, also where a later answer leaves it out. */
  #take(points: readonly SentimentPoint[], fetchedAtMs: number): void {
    for (const {timeMs, value} of points) this.#points.set(timeMs, value);
    this.#series = new RecordedSentiment([...this.#points].map(([timeMs, value]) => ({timeMs, value})));
    this.#fetchedAtMs = fetchedAtMs;
  }

  #whatIsThere(): string {
    return this.#fetchedAtMs === -Infinity
      ? 'fear_greed_index is the neutral 50 until there is an answer'
      : `values fetched ${new Date(this.#fetchedAtMs).toISOString()} are used`;
  }

  async #download(url: string): Promise<string> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? TIMEOUT_MS);
    const signals = [timeout, this.#closing.signal];
    if (this.#options.signal !== undefined) signals.push(this.#options.signal);
    const response = await fetch(url, {
      signal: AbortSignal.any(signals),
      headers: {accept: 'application/json'},
    });
    if (!response.ok) throw failed(`${url} answered ${response.status} ${response.statusText}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw failed(`${url} answered more than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

function failed(message: string): DlTradeError {
  return new DlTradeError('SENTIMENT_INVALID', message);
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function reasonOf(error: unknown, url: string): string {
  if (error instanceof DlTradeError) return error.message;
  const {message, cause} = error as Error;
  const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  return `${url} did not answer (${message}${reason === undefined ? '' : `: ${reason}`})`;
}
