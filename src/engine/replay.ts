import type {Engine} from './engine.js';
import {readCandle, readFill, readReport, readUnresolved} from './journal-bodies.js';
import type {ReplayScript} from './replay-script.js';

/** Computes a journal again through an engine that stands at its beginning, whose journal, kill switch and sentiment are the
 *  script's. Yields after each event that was fed in; ends at the first difference, which the script holds then.
 *  @param venue `computed`: the engine's broker is a pretended venue that makes its own fills; `recorded`: it is the script's
 *  @throws JOURNAL_CORRUPT for a line that cannot be read, and what the engine throws for one that cannot be true */
export async function* replay(
  engine: Engine,
  script: ReplayScript,
  venue: 'computed' | 'recorded',
): AsyncGenerator<void, void, undefined> {
  for (let line = script.next; line !== undefined && script.difference === undefined; line = script.next) {
    switch (line.kind) {
      case 'session':
      case 'end':
        script.skip();
        break;
      case 'candle':
      case 'step':
        await engine.process(readCandle(line.body).candle);
        break;
      case 'halt':
      case 'resume':
        await engine.obey();
        break;
      case 'unresolved':
        engine.setUnresolved(readUnresolved(line.body));
        break;
      case 'fill':
      case 'report': {
        if (venue === 'recorded') {
          engine.takeNews([
            line.kind === 'fill'
              ? {kind: 'fill', fill: readFill(line.body)}
              : {kind: 'order', report: readReport(line.body)},
          ]);
          break;
        }
        // The venue makes them out of the candle whose line comes behind them.
        const ahead = script.candleAhead();
        if (ahead === undefined) return;
        await engine.process(readCandle(ahead.body).candle);
        break;
      }
      // They come of what stands before them, never by themselves.
      case 'order':
      case 'flatten':
        break;
    }
    const isSpokenFor = line.kind === 'session' || line.kind === 'end';
    if (!isSpokenFor && script.next === line) script.missed(line);
    yield;
  }
}
