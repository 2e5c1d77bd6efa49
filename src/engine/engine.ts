import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Forecast} from '../domain/forecast.js';
import type {Intent} from '../domain/order.js';
import {HOLD} from '../decision/decide.js';
import {toPrediction} from '../decision/signal.js';
import type {BrokerEvent} from '../execution/broker.js';
import {isSameUnresolved} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import type {NewEntry} from '../store/journal-entry.js';
import type {EngineParts} from './engine-parts.js';
import {EngineState} from './engine-state.js';
import {candleEntry, stepEntry, unresolvedEntry} from './journal-bodies.js';
import {OrderDesk} from './order-desk.js';
import {RestingStop} from './resting-stop.js';
import type {DecisionRecord, StepRecord} from './step-record.js';
import {TradingHalt} from './trading-halt.js';

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
   *  @throws JOURNAL_FAILED where a record cannot be kept: then nothing that follows from it has been sent */
  async process(candle: Candle): Promise<StepRecord[]> {
    const news = await this.#settle(candle);
    // As late as can be: what the broker had to say may have taken a while.
    news.push(...(await this.#halt.obey(candle)));
    if (this.state.halt !== undefined) news.push(...this.takeNews(await this.#desk.cancelOpening()));

    const row = this.state.observe(candle);
    const forecast = row === undefined ? undefined : this.#parts.predictor.predict(row);

    let {account, intent} = this.#want(forecast, candle);
    const before: NewEntry[] = [];
    if (this.#stop.isInTheWay(intent, account)) {
      const {records, entries} = await this.#stop.release();
      news.push(...records);
      before.push(...entries);
      ({account, intent} = this.#want(forecast, candle));
      if (this.#stop.isInTheWay(intent, account)) intent = HOLD['stop-uncertain'];
    }
    // Without a forecast only an exit rule can want something: behind a gap a stop still has to hold.
    if (forecast === undefined && intent.kind === 'hold' && intent.reason !== 'stop-uncertain') {
      this.#desk.append([...before, candleEntry(candle, row)], before.length > 0);
      return this.#tended([...news, {kind: 'warming-up', candle}]);
    }

    const {verdict, context} = this.#desk.review(intent, account, {candle, forecast});
    const prediction = forecast === undefined ? undefined : toPrediction(forecast, this.#parts.threshold);
    const decided: DecisionRecord = {kind: 'decided', candle, forecast, prediction, account, intent, verdict};
    const lines = [...before, stepEntry(decided, row, context)];
    const sent = await this.#desk.carryOut(lines, verdict, before.length > 0);
    return this.#tended([...news, decided, ...sent]);
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
    stop(): Promise<StepRecord[]>;
    flatten(): Promise<StepRecord[]>;
  } = {
    follow: () => {
      this.#stop.isFollowing = true;
    },
    stop: () => this.#stop.place(),
    flatten: () => this.#halt.flattenNow(),
  };

  /** Says what is unknown of where we stand at the venue: while there is any, nothing is opened.
   *  @throws JOURNAL_FAILED */
  setUnresolved(unresolved: Unresolved): void {
    const isSame = isSameUnresolved(unresolved, this.state.unresolved);
    this.state.unresolved = unresolved;
    if (!isSame) this.#desk.append([unresolvedEntry(unresolved)], true);
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

  #want(forecast: Forecast | undefined, candle: Candle): {account: AccountView; intent: Intent} {
    const account = this.#parts.ledger.view();
    const wanted = this.#parts.decide(forecast, account, candle);
    return {account, intent: this.#halt.flattening(account, candle) ?? wanted};
  }
}
