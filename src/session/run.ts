import type {TradingConfig} from '../config/trading-config.js';
import {Decimal} from '../domain/decimal.js';
import type {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import {paperRecords} from '../engine/recall.js';
import type {Recalled} from '../engine/recall.js';
import type {StepRecord} from '../engine/step-record.js';
import {PaperBroker} from '../execution/paper-broker.js';
import {summariseRun} from '../report/run-summary.js';
import type {RunSummary} from '../report/run-summary.js';
import {createStrategy, paperOptions} from './create-strategy.js';
import {KillSwitch} from './kill-switch.js';
import {openOrdersOf} from './open-order.js';
import type {OpenOrder} from './open-order.js';
import type {OpenVenue} from './open-venue.js';
import {Pace} from './pace.js';
import type {RunIdentity, RunInputs} from './run-identity.js';
import type {OpenState} from './state-directory.js';

/** What a run is, for its header and its summary. */
export interface RunHeader {
  readonly model: string;
  /** The source in words. */
  readonly label: string;
  readonly simulated: boolean;
  readonly symbol: string;
  readonly timeframe: string;
  readonly threshold: number;
  readonly startingCashQuote: string;
  /** What a new position is worth, where the cash covers it. */
  readonly maxPositionSizeQuote: string;
  /** Loss since the UTC day's peak at which nothing is opened any more, a fraction. */
  readonly maxDailyDrawdown: number;
  /** Rules that close a position without a forecast: fractions, and ms. */
  readonly exits: RunIdentity['exits'];
  readonly stateDirectory: string;
  /** True where an unfinished run goes on. */
  readonly resumes: boolean;
  /** Where orders go: `paper`, or the exchange, or its test network. */
  readonly account: string;
}

export interface RunResult extends RunHeader {
  /** False where a signal stopped it before its source or its limit ended it. */
  readonly finished: boolean;
  /** True where the kill switch was on at the end. */
  readonly halted: boolean;
  readonly summary: RunSummary;
  /** Orders whose end is not known: what they have filled since they were last asked after is not in the summary. */
  readonly openOrders: readonly OpenOrder[];
  /** Wall clock and candles of this process alone. */
  readonly seconds: number;
  readonly candlesThisTime: number;
}

/** Who is told what, as it happens. */
export interface RunListeners {
  readonly signal: AbortSignal;
  /** Once, before the first candle. */
  onBegin(header: RunHeader): void;
  /** After each step, in order. */
  onRecord(record: StepRecord, header: RunHeader): void;
  /** A warning for people. */
  onNote(text: string): void;
}

/** Between two questions after orders that are under way. */
const LISTEN_MS = 2000;
/** A stop may rest for days: it is asked for at every so many of them. */
const RESTING_TURNS = 5;

/** What a run is composed of. */
export interface RunParts extends RunInputs {
  /** Undefined: a simulation, or the replay of a file. */
  readonly venue: OpenVenue | undefined;
  readonly config: TradingConfig;
  readonly state: OpenState;
  readonly identity: RunIdentity;
  /** True where the identity is not in the journal yet: a fresh run, or one that goes on under other settings. */
  readonly begins: boolean;
  readonly listeners: RunListeners;
}

/** A strategy over its source of candles: one turn after the other, each a candle, news of an order, or a command of the kill switch. */
export class Run {
  readonly #parts: RunParts;
  readonly #strategy: DeepLearningStrategy;
  readonly #header: RunHeader;
  readonly #killSwitch: KillSwitch;
  /** Ends the run where a turn between two candles failed. */
  readonly #failing = new AbortController();
  /** The strategy does one thing at a time: a candle, or a command of the kill switch. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RunParts) {
    const {model, feed, sentiment, state, identity, venue} = parts;
    const {source, rules} = feed;
    this.#parts = parts;
    this.#killSwitch = new KillSwitch(state.directory);
    this.#strategy = createStrategy(identity, {
      ...{model, rules, journal: state.journal, killSwitch: this.#killSwitch},
      ...sentiment.option,
      ...(venue === undefined ? {} : {clock: venue.clock}),
      ...(venue?.broker === undefined
        ? {
            broker: PaperBroker.restore(
              paperOptions(identity, rules),
              paperRecords(state.journal.entries('order', 'fill', 'report')),
            ),
          }
        : {broker: venue.broker, account: venue.broker}),
    });
    this.#header = {
      ...{model: model.name, label: source.label, simulated: source.simulated, symbol: source.symbol},
      timeframe: source.timeframe.name,
      threshold: this.#strategy.threshold,
      startingCashQuote: new Decimal(identity.startingCashQuote).toFixed(),
      maxPositionSizeQuote: new Decimal(identity.maxPositionSizeQuote).toFixed(),
      maxDailyDrawdown: identity.limits.maxDailyDrawdown,
      exits: identity.exits,
      stateDirectory: state.directory,
      resumes: state.resumes,
      account: identity.broker,
    };
  }

  async toTheEnd(): Promise<RunResult> {
    const {state, identity, begins, feed, listeners, venue} = this.#parts;
    listeners.onBegin(this.#header);
    if (begins) state.journal.append([{kind: 'session', candleMs: null, body: identity}], {durable: true});
    const recalled = this.#strategy.recall(state.journal.entries());
    await this.#reconcile();

    const started = performance.now();
    const {finished, candles} = await this.#underTheSwitch(() => this.#trade(recalled));
    // A market has no end: a run there is only stopped, and goes on.
    if (finished && venue === undefined)
      state.journal.append([{kind: 'end', candleMs: null, body: {}}], {durable: true});
    for (const warning of feed.closingWarnings()) listeners.onNote(warning);
    return {
      ...this.#header,
      finished,
      halted: this.#strategy.haltCommand !== undefined,
      summary: summariseRun(state.journal.entries()),
      openOrders: openOrdersOf(this.#strategy.ledger.pendingOrders),
      seconds: (performance.now() - started) / 1000,
      candlesThisTime: candles,
    };
  }

  /** Obeys the kill switch before the work, and between its candles for as long as it goes on. */
  async #underTheSwitch<T>(work: () => Promise<T>): Promise<T> {
    await this.#obey();
    this.#killSwitch.watch(() => {
      this.#inTurn(() => this.#obey()).catch((error: unknown) => {
        this.#failing.abort(error);
      });
    });
    const stopListening = this.#listen();
    try {
      const result = await work();
      await this.#turn;
      this.#failing.signal.throwIfAborted();
      return result;
    } finally {
      stopListening();
      this.#killSwitch.close();
      await this.#turn.catch(() => undefined);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn;
    return turn;
  }

  async #obey(): Promise<void> {
    for (const record of await this.#strategy.obey()) this.#parts.listeners.onRecord(record, this.#header);
  }

  /** Asks the venue where we stand, and says what it does not tell. */
  async #reconcile(): Promise<void> {
    const {listeners} = this.#parts;
    const {news, unresolved, foreignOrders} = await this.#strategy.reconcile();
    for (const record of news) listeners.onRecord(record, this.#header);
    for (const {clientOrderId, reason} of unresolved.orders) {
      listeners.onNote(
        `order ${clientOrderId} is unresolved (${reason}): nothing is opened until the broker answers`,
      );
    }
    for (const {reason} of unresolved.differences)
      listeners.onNote(`${reason}: nothing is opened until the books agree`);
    for (const {venueOrderId, side, quantityBase} of foreignOrders) {
      listeners.onNote(
        `order ${venueOrderId} at ${this.#header.account} is none of ours (${side} ${quantityBase.toFixed()}): it is left alone`,
      );
    }
  }

  /** Hears of our orders between two candles, which may be hours apart. */
  #listen(): () => void {
    if (this.#parts.venue?.broker === undefined) return () => undefined;
    let isAsking = false;
    let turn = 0;
    const timer = setInterval(() => {
      turn += 1;
      const isDue = this.#strategy.isWaiting || (this.#strategy.isProtected && turn % RESTING_TURNS === 0);
      if (isAsking || !isDue) return;
      isAsking = true;
      this.#inTurn(async () => {
        for (const record of await this.#strategy.hear())
          this.#parts.listeners.onRecord(record, this.#header);
      })
        .catch((error: unknown) => {
          this.#failing.abort(error);
        })
        .finally(() => {
          isAsking = false;
        });
    }, LISTEN_MS);
    return () => {
      clearInterval(timer);
    };
  }

  /** Feeds the candles that the journal does not hold yet. */
  async #trade({lastCandle, decisions}: Recalled): Promise<{finished: boolean; candles: number}> {
    const afterMs = lastCandle?.openTimeMs ?? -Infinity;
    const {config, feed, listeners} = this.#parts;
    const signal = AbortSignal.any([listeners.signal, this.#failing.signal]);
    const pace = new Pace(feed.source, config.speed);
    let decided = decisions;
    let candles = 0;
    try {
      for await (const candle of feed.source.candles(signal, lastCandle)) {
        if (candle.openTimeMs <= afterMs) continue;
        if (config.maxCandles !== undefined && decided >= config.maxCandles) break;
        const records = await this.#inTurn(() => this.#strategy.onCandle(candle));
        candles += 1;
        for (const record of records) listeners.onRecord(record, this.#header);
        if (!records.some(({kind}) => kind === 'decided')) continue;
        decided += 1;
        await pace.next(signal);
      }
    } catch (error) {
      if (signal.aborted && error === signal.reason) return {finished: false, candles};
      throw error;
    }
    return {finished: !signal.aborted, candles};
  }
}
