import {Journal} from '../../src/store/journal.js';

/** Every line of a journal as `kind candleMs body`: what two runs of the same strategy must have in common to the byte. */
export function journalLines(stateDirectory: string): string[] {
  const journal = Journal.openForReading(stateDirectory, {nowMs: () => 0});
  try {
    return [...journal.entries()].map(({kind, candleMs, body}) => `${kind} ${String(candleMs)} ${body}`);
  } finally {
    journal.close();
  }
}
