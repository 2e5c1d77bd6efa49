import type {Candle} from '../domain/candle.js';
import {toPrediction} from '../decision/signal.js';
import type {BrokerEvent} from '../execution/broker.js';
import {isSameUnresolved} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import type {EngineParts} from './engine-parts.js';
import {EngineState} from './engine-state.js';
import {candleEntry, stepEntry, unresolvedEntry} from './journal-bodies.js';
import {OrderDesk} from './order-desk.js';
import type {DecisionRecord, StepRecord} from './step-record.js';
import {TradingHalt} from './trading-halt.js';

/** The loop: candles and news in, one at a time; records out, each on disk before anything that follows from it is sent.
 *  Nothing else in the project knows the order of the stages. */
export class Engine {
  /** What the journal's lines come to so far. */
  readonly state: EngineState;
  readonly #parts: EngineParts;
  readonly #desk: OrderDesk;
  readonly #halt: TradingHalt;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.state = new EngineState(parts);
    this.#desk = new OrderDesk(parts, this.state);
    this.#halt = new TradingHalt(parts, this.state, this.#desk);
  }

  /** Takes a closed candle: first what the broker made of it, then the decision.
   *  @throws JOURNAL_FAILED where a record cannot be kept: then nothing that follows from it has been sent */
  async process(candle: Candle): Promise<StepRecord[]> {
    const {broker, predictor, ledger, decide} = this.#parts;
    const news = this.takeNews(await broker.settle(candle));
    // As late as can be: what the broker had to say may have taken a while.
    news.push(...(await this.#halt.obey(candle)));
    if (this.state.halt !== undefined) news.push(...this.takeNews(await this.#desk.cancelOpening()));

    const row = this.state.observe(candle);
    const forecast = row === undefined ? undefined : predictor.predict(row);

    const account = ledger.view();
    const wanted = decide(forecast, account, candle);
    const intent = this.#halt.flattening(account, candle) ?? wanted;
    // Without a forecast only an exit rule can want something: behind a gap a stop still has to hold.
    if (forecast === undefined && intent.kind === 'hold') {
      this.#desk.append([candleEntry(candle, row)], false);
      return [...news, {kind: 'warming-up', candle}];
    }

    const {verdict, context} = this.#desk.review(intent, account, {candle, forecast});
    const prediction = forecast === undefined ? undefined : toPrediction(forecast, this.#parts.threshold);
    const decided: DecisionRecord = {kind: 'decided', candle, forecast, prediction, account, intent, verdict};
    return [...news, decided, ...(await this.#desk.carryOut([stepEntry(decided, row, context)], verdict))];
  }

  /** Takes what a broker said of orders and fills; what had been heard before changes nothing.
   *  @throws JOURNAL_FAILED */
  takeNews(events: readonly BrokerEvent[]): StepRecord[] {
    return this.#desk.takeNews(events);
  }

  /** Asks the kill switch and does what it says.
   *  @param deciding the candle that is about to be decided on; left out: between two candles
   *  @throws JOURNAL_FAILED */
  async obey(deciding?: Candle): Promise<StepRecord[]> {
    return this.#halt.obey(deciding);
  }

  /** Says what is unknown of where we stand at the venue: while there is any, nothing is opened.
   *  @throws JOURNAL_FAILED */
  setUnresolved(unresolved: Unresolved): void {
    const isSame = isSameUnresolved(unresolved, this.state.unresolved);
    this.state.unresolved = unresolved;
    if (!isSame) this.#desk.append([unresolvedEntry(unresolved)], true);
  }
}
