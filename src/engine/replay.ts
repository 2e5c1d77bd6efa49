import type {Candle} from '../domain/candle.js';
import type {BrokerEvent} from '../execution/broker.js';
import type {StoredEntry} from '../store/journal-entry.js';
import type {Engine} from './engine.js';
import {readCandle, readFill, readReport, readUnresolved} from './journal-bodies.js';
import type {ReplayScript} from './replay-script.js';

/** Computes a journal again through an engine that stands at its beginning, whose journal, kill switch and sentiment are the
 *  script's. Yields after each event how many lines are compared; ends at the first difference, which the script holds then.
 *  @param venue `computed`: the engine's broker is a pretended venue that makes its own fills; `recorded`: it is the script's
 *  @throws JOURNAL_CORRUPT for a line that cannot be read, and what the engine throws for one that cannot be true */
export async function* replay(
  engine: Engine,
  script: ReplayScript,
  venue: 'computed' | 'recorded',
): AsyncGenerator<number, void, undefined> {
  if (venue === 'recorded') engine.recorded.follow();
  script.onSession = (body) => {
    engine.state.changeSettings(body);
  };
  for (let line = script.next; line !== undefined && script.difference === undefined; line = script.next) {
    switch (line.kind) {
      case 'session':
        script.takeSessions();
        break;
      case 'end':
        script.skip();
        break;
      case 'candle':
      case 'step':
        await engine.process(readCandle(line.body).candle);
        break;
      case 'unresolved':
        engine.setUnresolved(readUnresolved(line.body));
        break;
      // A life may have ended between such a line and its candle's, and what lies between the two is then another's.
      case 'halt':
      case 'resume':
        if (line.candleMs === null) await engine.obey();
        else if (!(await withCandleAhead(engine.recorded.obey))) return;
        break;
      case 'fill':
      case 'report':
        if (venue === 'recorded') engine.takeNews([readNews(line)]);
        else if (!(await withCandleAhead(settle))) return;
        break;
      case 'stop':
        await (venue === 'recorded' ? engine.recorded.stop() : engine.tend());
        break;
      case 'flatten':
        // Most come of the line of the command; behind a stop that had to be taken back it stands apart.
        if (venue === 'recorded') await engine.recorded.flatten();
        break;
      // It comes of what stands before it, never by itself.
      case 'order':
        break;
    }
    if (script.next === line) script.missed(line);
    // A life that begins under other settings looks after its stop first.
    if (script.hasNewSession()) await engine.tend();
    yield script.compared;
  }

  /** One step at a time, since a life may have ended behind each: what the venue makes out of the candle whose line comes behind, else
   *  what it means for the stop that rests, else what was heard as that was taken back for the decision's sake. */
  async function settle(candle: Candle): Promise<void> {
    const {next} = script;
    for (const step of [engine.recorded.settle, () => engine.tend(), () => engine.process(candle)]) {
      await step(candle);
      if (script.next !== next || script.difference !== undefined) return;
    }
  }

  /** @returns false where the journal ends before the line of the candle */
  async function withCandleAhead(act: (candle: Candle) => Promise<unknown>): Promise<boolean> {
    const ahead = script.candleAhead();
    if (ahead !== undefined) await act(readCandle(ahead.body).candle);
    return ahead !== undefined;
  }
}

function readNews({kind, body}: StoredEntry): BrokerEvent {
  return kind === 'fill' ? {kind, fill: readFill(body)} : {kind: 'order', report: readReport(body)};
}
