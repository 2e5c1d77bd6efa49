import type {WriteStream} from 'node:tty';

const REDRAW_MS = 100;
const LINE_MS = 5000;

/** Progress of a long command on stderr: a bar that redraws itself on a terminal, a plain line every five seconds
 *  elsewhere, nothing before the first second. */
export class Progress {
  readonly #stream: NodeJS.WriteStream | WriteStream;
  readonly #label: string;
  #total: number | undefined;
  readonly #startedAt = performance.now();
  #shownAt = performance.now();
  #isShown = false;

  /** @param total units of work in all; undefined where nobody knows */
  constructor(label: string, total: number | undefined, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#total = total;
    this.#stream = stream;
  }

  /** @param total units of work in all, where that was not known at the beginning */
  update(done: number, total = this.#total): void {
    this.#total = total;
    const now = performance.now();
    const interval = this.#stream.isTTY ? REDRAW_MS : LINE_MS;
    if (now - this.#startedAt < 1000 || now - this.#shownAt < interval) return;
    this.#shownAt = now;
    this.#isShown = true;
    const text = this.#text(done, (now - this.#startedAt) / 1000);
    this.#stream.write(this.#stream.isTTY ? `\r${text}\u001b[K` : `${text}\n`);
  }

  /** Clears the bar, so that what comes next starts on a clean line; an `update` draws it again. */
  end(): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }

  #text(done: number, seconds: number): string {
    const rate = `${formatCount(done / seconds)}/s`;
    if (this.#total === undefined || this.#total === 0)
      return `${this.#label}: ${formatCount(done)} (${rate})`;
    const fraction = Math.min(1, done / this.#total);
    const left = fraction > 0 ? `${formatSeconds((seconds * (1 - fraction)) / fraction)} left` : '';
    const filled = Math.round(fraction * 24);
    const bar = this.#stream.isTTY ? ` [${'='.repeat(filled)}${' '.repeat(24 - filled)}]` : '';
    return `${this.#label}:${bar} ${(fraction * 100).toFixed(0)}% of ${formatCount(this.#total)} (${rate}) ${left}`;
  }
}

function formatCount(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

function formatSeconds(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 120) return `${String(rounded)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? `${String(minutes)} min`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
