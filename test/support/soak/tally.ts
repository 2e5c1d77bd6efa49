import type {JournalFacts} from './journal-facts.js';
import type {Ending, LifeResult} from './one-life.js';
import type {SoakExchange} from './soak-exchange.js';

type Counted = 'faults' | 'ends' | 'points' | 'stops';

/** What happened in a soak, counted. */
export class Tally {
  runs = 0;
  lives = 0;
  orders = 0;
  fills = 0;
  /** Stops by how they ended at the exchange. */
  readonly stops = new Map<string, number>();
  decisions = 0;
  foreignOrders = 0;
  /** The longest that a run took to stop after a signal, ms. */
  slowestStopMs = 0;
  readonly faults = new Map<string, number>();
  /** Lives by how they ended. */
  readonly ends = new Map<string, number>();
  /** Crash points at which a life ended. */
  readonly points = new Map<string, number>();

  count(what: Counted, name: string, times = 1): void {
    this[what].set(name, (this[what].get(name) ?? 0) + times);
  }

  life(ending: Ending, {asPlanned, code, signal, stoppedWithinMs = 0}: LifeResult): void {
    this.lives += 1;
    this.slowestStopMs = Math.max(this.slowestStopMs, stoppedWithinMs);
    if (!asPlanned)
      this.count('ends', signal === null ? `by itself, code ${String(code)}` : 'SIGKILL, its time was over');
    else if (ending.kind === 'crash-point') {
      this.count('ends', 'SIGKILL at a crash point');
      this.count('points', ending.point);
    } else if (ending.kind === 'killed-after') this.count('ends', 'SIGKILL at a random moment');
    else if (ending.kind === 'killed-at') this.count('ends', 'SIGKILL when told to');
    else if (ending.kind === 'killed-by-exchange')
      this.count('ends', `SIGKILL as an order had ${ending.when === 'taken' ? 'been taken' : 'arrived'}`);
    else
      this.count(
        'ends',
        `${ending.kind === 'candles' ? '--max-candles' : ending.signal}, code ${String(code)}`,
      );
  }

  /** At the end of a run. */
  journal({decisions}: JournalFacts, {ours, foreign, stops}: SoakExchange): void {
    this.runs += 1;
    this.decisions += decisions;
    this.foreignOrders += foreign.length;
    this.orders += ours.length;
    for (const {status} of stops) this.count('stops', status.toLowerCase());
    this.fills += ours.flatMap(({fills}) => fills).length;
  }

  add(other: Tally): void {
    for (const key of ['runs', 'lives', 'orders', 'fills', 'decisions', 'foreignOrders'] as const)
      this[key] += other[key];
    this.slowestStopMs = Math.max(this.slowestStopMs, other.slowestStopMs);
    for (const what of ['faults', 'ends', 'points', 'stops'] as const)
      for (const [name, times] of other[what]) this.count(what, name, times);
  }
}
