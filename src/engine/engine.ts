import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Forecast} from '../domain/forecast.js';
import type {Intent} from '../domain/order.js';
import {HOLD} from '../decision/decide.js';
import {toPrediction} from '../decision/signal.js';
import type {BrokerEvent} from '../execution/broker.js';
import {isSameUnresolved} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import type {ObservedFeatureRow} from '../features/feature-stream.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {EngineParts} from './engine-parts.js';
import {EngineState} from './engine-state.js';
import {candleEntry, stepEntry, unresolvedEntry} from './journal-bodies.js';
import {OrderDesk} from './order-desk.js';
import {RestingStop} from './resting-stop.js';
import type {DecisionRecord, StepRecord} from './step-record.js';
import {TradingHalt} from './trading-halt.js';

/** A candle, and what was seen in it. */
interface Seen {
  readonly candle: Candle;
  readonly row: ObservedFeatureRow | undefined;
  readonly forecast: Forecast | undefined;
}

/** What is wanted about it, and the account that it is wanted of. */
interface Wanted {
  readonly account: AccountView;
  readonly intent: Intent;
  /** Lines of what it follows from, kept in one transaction with it. */
  readonly before: readonly NewEntry[];
}

const NO_LINES: readonly NewEntry[] = [];

/** The loop: candles and news in, one at a time; records out, each on disk before anything that follows from it is sent.
 *  Nothing else in the project knows the order of the stages. */
export class Engine {
  /** What the journal's lines come to so far. */
  readonly state: EngineState;
  readonly #parts: EngineParts;
  readonly #desk: OrderDesk;
  readonly #stop: RestingStop;
  readonly #halt: TradingHalt;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.state = new EngineState(parts);
    this.#desk = new OrderDesk(parts, this.state);
    this.#stop = new RestingStop(parts, this.state, this.#desk);
    this.#halt = new TradingHalt(parts, this.state, {desk: this.#desk, stop: this.#stop});
  }

  /** Takes a closed candle: first what the broker made of it, then the decision.
   *  @returns at once where nothing has to be waited for, as on most candles of a backtest
   *  @throws JOURNAL_FAILED where a record cannot be kept: then nothing that follows from it has been sent */
  process(candle: Candle): StepRecord[] | Promise<StepRecord[]> {
    const {broker, protect} = this.#parts;
    const isQuiet = broker.idle === true && protect === undefined && this.#halt.isAsItStands;
    return isQuiet ? this.#decide(candle, []) : this.#hear(candle).then((news) => this.#decide(candle, news));
  }

  /** Takes what a broker said of orders and fills; what had been heard before changes nothing.
   *  @throws JOURNAL_FAILED */
  takeNews(events: readonly BrokerEvent[]): StepRecord[] {
    return this.#desk.takeNews(events);
  }

  /** Asks the kill switch between two candles, and does what it says.
   *  @throws JOURNAL_FAILED */
  async obey(): Promise<StepRecord[]> {
    const records = await this.#halt.obey();
    return records.length === 0 ? records : [...records, ...(await this.#stop.tend())];
  }

  /** Brings the stop that rests at the venue in line with what is held, between two candles.
   *  @throws JOURNAL_FAILED */
  async tend(): Promise<StepRecord[]> {
    return await this.#stop.tend();
  }

  /** What a recorded journal says was done between two candles: the engine comes to it again, and does nothing of its own accord. */
  readonly recorded: {
    /** From now on. */
    follow(): void;
    /** What a pretended venue makes of a candle, before the decision on it. */
    readonly settle: (candle: Candle) => Promise<StepRecord[]>;
    stop(): Promise<StepRecord[]>;
    flatten(): Promise<StepRecord[]>;
    /** The kill switch, before the decision on a candle. */
    readonly obey: (candle: Candle) => Promise<StepRecord[]>;
  } = {
    follow: () => {
      this.#stop.isFollowing = true;
    },
    settle: async (candle) => this.takeNews(await this.#parts.broker.settle(candle)),
    stop: () => this.#stop.place(),
    flatten: () => this.#halt.flattenNow(),
    obey: (candle) => this.#halt.obey(candle),
  };

  /** Says what is unknown of where we stand at the venue: while there is any, nothing is opened.
   *  @throws JOURNAL_FAILED */
  setUnresolved(unresolved: Unresolved): void {
    const isSame = isSameUnresolved(unresolved, this.state.unresolved);
    this.state.unresolved = unresolved;
    if (!isSame) this.#desk.append([unresolvedEntry(unresolved)], true);
  }

  async #hear(candle: Candle): Promise<StepRecord[]> {
    const news = await this.#settle(candle);
    // As late as can be: what the broker had to say may have taken a while.
    news.push(...(await this.#halt.obey(candle)));
    if (this.state.halt !== undefined) news.push(...this.takeNews(await this.#desk.cancelOpening()));
    return news;
  }

  #decide(candle: Candle, news: StepRecord[]): StepRecord[] | Promise<StepRecord[]> {
    const row = this.state.observe(candle);
    const forecast = row === undefined ? undefined : this.#parts.predictor.predict(row);
    const seen = {candle, row, forecast};
    const wanted = this.#want(forecast, candle);
    return this.#stop.isInTheWay(wanted.intent, wanted.account)
      ? this.#releaseStop(seen, news)
      : this.#conclude(seen, wanted, news);
  }

  async #releaseStop(seen: Seen, news: StepRecord[]): Promise<StepRecord[]> {
    const {records, entries: before} = await this.#stop.release();
    news.push(...records);
    const {account, intent} = this.#want(seen.forecast, seen.candle);
    const isUncertain = this.#stop.isInTheWay(intent, account);
    return this.#conclude(
      seen,
      {account, intent: isUncertain ? HOLD['stop-uncertain'] : intent, before},
      news,
    );
  }

  #conclude(
    {candle, row, forecast}: Seen,
    {account, intent, before}: Wanted,
    news: StepRecord[],
  ): StepRecord[] | Promise<StepRecord[]> {
    // Without a forecast only an exit rule can want something: behind a gap a stop still has to hold.
    if (forecast === undefined && intent.kind === 'hold' && intent.reason !== 'stop-uncertain') {
      if (this.#desk.keeps) this.#desk.append([...before, candleEntry(candle, row)], before.length > 0);
      news.push({kind: 'warming-up', candle});
      return this.#tended(news);
    }

    const {verdict, context} = this.#desk.review(intent, account, {candle, forecast});
    const prediction = forecast === undefined ? undefined : toPrediction(forecast, this.#parts.threshold);
    const decided: DecisionRecord = {kind: 'decided', candle, forecast, prediction, account, intent, verdict};
    const lines = this.#desk.keeps ? [...before, stepEntry(decided, row, context)] : NO_LINES;
    news.push(decided);
    if (verdict.kind === 'approved')
      return this.#desk.carryOut(lines, verdict).then((sent) => this.#tended([...news, ...sent]));
    this.#desk.append(lines, before.length > 0);
    return this.#tended(news);
  }

  /** A stop that is placed for what has just been filled may be reached within the same candle: it is asked for again. */
  async #settle(candle: Candle): Promise<StepRecord[]> {
    const {broker} = this.#parts;
    const news = this.takeNews(await broker.settle(candle));
    if (this.#parts.protect === undefined) return news;
    for (;;) {
      const tended = await this.#stop.tend();
      news.push(...tended);
      if (!tended.some(({kind}) => kind === 'stop')) return news;
      news.push(...this.takeNews(await broker.settle(candle)));
    }
  }

  /** What has happened, and what that means for the stop at the venue. */
  #tended(records: StepRecord[]): StepRecord[] | Promise<StepRecord[]> {
    if (this.#parts.protect === undefined) return records;
    return this.#stop.tend().then((tended) => [...records, ...tended]);
  }

  #want(forecast: Forecast | undefined, candle: Candle): Wanted {
    const account = this.#parts.ledger.view();
    const wanted = this.#parts.decide(forecast, account, candle);
    return {account, intent: this.#halt.flattening(account, candle) ?? wanted, before: NO_LINES};
  }
}
