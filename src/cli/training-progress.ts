import type {EpochRecord, TrainingProgress} from '../index.js';

const LINE_MS = 10_000;

/** How far a training is, on stderr: a bar that redraws itself on a terminal, a plain line every ten seconds elsewhere. */
export class TrainingBar {
  readonly #stream: NodeJS.WriteStream;
  #isShown = false;
  #shownAt = performance.now();

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  update(progress: TrainingProgress): void {
    const text = barText(progress, this.#stream.isTTY);
    if (this.#stream.isTTY) {
      this.#isShown = true;
      this.#stream.write(`\r${text}\u001b[K`);
      return;
    }
    if (performance.now() - this.#shownAt < LINE_MS) return;
    this.#shownAt = performance.now();
    this.#stream.write(`${text}\n`);
  }

  /** Clears the bar, so that what comes next starts on a clean line. */
  end(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K');
    this.#isShown = false;
  }
}

/** @param drawn with a bar, for a terminal */
export function barText(
  {epoch, epochs, batch, batches, loss, samplesPerSecond, etaMs}: TrainingProgress,
  drawn: boolean,
): string {
  const filled = Math.round((batch / batches) * 24);
  const bar = drawn ? `[${'='.repeat(filled)}${' '.repeat(24 - filled)}] ` : '';
  return (
    `epoch ${epoch}/${epochs} ${bar}batch ${batch}/${batches}  loss ${loss.toFixed(4)}`
    + `  ${Math.round(samplesPerSecond).toLocaleString('en-US')} samples/s  at most ${duration(etaMs)} left`
  );
}

/** One epoch, a line; the best so far is marked. */
export function epochLine(record: EpochRecord, epochs: number): string {
  const {epoch, trainLoss, validationLoss, validationAccuracy, learningRate, seconds, best} = record;
  return (
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}  train loss ${trainLoss.toFixed(5)}  validation loss ${validationLoss.toFixed(5)}`
    + `  accuracy ${(validationAccuracy * 100).toFixed(1)}%  lr ${learningRate.toPrecision(2)}  ${duration(seconds * 1000)}${best ? '  *' : ''}`
  );
}

/** Such as `38 s`, `12 min` or `2 h 5 min`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'some time';
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
