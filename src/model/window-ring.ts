/** Windows between two moves of the buffer to its front: the move costs a window's copy, and so vanishes. */
const SLACK_WINDOWS = 8;

/** The last T rows as one contiguous block, without copying the window at every row. */
export class WindowRing {
  readonly steps: number;
  readonly size: number;
  readonly #buffer: Float32Array;
  /** Where the window begins, and how many rows it has, at most T. */
  #first = 0;
  #rows = 0;

  /** @param steps T, >= 1
   *  @param size F, >= 1 */
  constructor(steps: number, size: number) {
    this.steps = steps;
    this.size = size;
    this.#buffer = new Float32Array(steps * size * SLACK_WINDOWS);
  }

  get isFull(): boolean {
    return this.#rows === this.steps;
  }

  /** Forgets every row: the next one starts a segment. */
  reset(): void {
    this.#first = 0;
    this.#rows = 0;
  }

  /** Makes room for the newest row and drops the oldest of a full window.
   *  @param write fills the row: F values of `buffer` from `at` */
  push<T>(write: (buffer: Float32Array, at: number) => T): T {
    if (this.#rows === this.steps) {
      this.#first += 1;
      this.#rows -= 1;
    }
    if ((this.#first + this.steps) * this.size > this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#first * this.size, (this.#first + this.#rows) * this.size);
      this.#first = 0;
    }
    const result = write(this.#buffer, (this.#first + this.#rows) * this.size);
    this.#rows += 1;
    return result;
  }

  /** The window, oldest row first; a view that the next `push` may move: copy it to keep it.
   *  @returns shape [T, F], row-major; `undefined` until T rows of the segment are there */
  window(): Float32Array | undefined {
    if (!this.isFull) return undefined;
    return this.#buffer.subarray(this.#first * this.size, (this.#first + this.steps) * this.size);
  }
}
