import {Decimal} from '../domain/decimal.js';
import type {Clock} from '../domain/clock.js';
import type {TradingConfig} from '../config/trading-config.js';
import {DlTradeError} from '../domain/errors.js';
import type {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import {paperRecords} from '../engine/recall.js';
import type {Recalled} from '../engine/recall.js';
import type {StepRecord} from '../engine/step-record.js';
import type {CcxtBroker} from '../exchange/ccxt-broker.js';
import {PaperBroker} from '../execution/paper-broker.js';
import {summariseRun} from '../report/run-summary.js';
import type {RunSummary} from '../report/run-summary.js';
import {canonicalJson} from '../store/journal-entry.js';
import {openFeed} from './candle-feed.js';
import {createStrategy, paperOptions} from './create-strategy.js';
import {interruptible} from './interruption.js';
import {KillSwitch} from './kill-switch.js';
import {openSentiment, unusedSentiment} from './open-sentiment.js';
import {openVenue} from './open-venue.js';
import type {OpenVenue} from './open-venue.js';
import {Pace} from './pace.js';
import {requireModel} from './require-model.js';
import {identityDifferences, identityOf, named, readIdentity} from './run-identity.js';
import type {RunIdentity, RunInputs} from './run-identity.js';
import {openState} from './state-directory.js';
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
  /** Wall clock and candles of this process alone. */
  readonly seconds: number;
  readonly candlesThisTime: number;
}

/** Who is told what, as it happens. */
export interface RunListeners {
  readonly signal: AbortSignal;
  onBegin(header: RunHeader): void;
  onRecord(record: StepRecord, header: RunHeader): void;
  /** A warning for people. */
  onNote(text: string): void;
}

/** Between two questions after orders that are under way. */
const LISTEN_MS = 2000;

const WALL_CLOCK: Clock = {nowMs: () => Date.now()};

/** Runs a strategy over a source of candles, from where its journal left off to the source's end, the candle limit or
 *  an abort. Every exit leaves the journal whole; an aborted or killed run goes on at the next call.
 *  @param environment where the credentials of an exchange are looked up
 *  @throws any code of configuration, data, model, exchange and journal */
export async function runSession(
  config: TradingConfig,
  listeners: RunListeners,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<RunResult> {
  const model = await requireModel(config.model, config.modelsDirectory);
  const {signal} = listeners;
  const onNote = (text: string): void => {
    listeners.onNote(text);
  };
  let venue: OpenVenue | undefined;
  try {
    if (config.provider !== 'sim' && config.candlesFile === undefined) {
      const {manifest} = model;
      venue = await interruptible(signal, () => openVenue({config, manifest, environment, signal, onNote}));
    }
    const feed = venue?.feed ?? (await openFeed(config, model.manifest, WALL_CLOCK));
    for (const warning of [...feed.warnings, ...unusedSentiment(config.sentiment, model)]) onNote(warning);
    const sentiment = await openSentiment(config.sentiment, {clock: WALL_CLOCK, signal, onNote});
    try {
      return await runOn(config, {model, feed, sentiment, venue}, listeners);
    } finally {
      sentiment.close();
    }
  } finally {
    venue?.close();
    model.network.dispose();
  }
}

interface VenueInputs extends RunInputs {
  readonly venue: OpenVenue | undefined;
}

async function runOn(
  config: TradingConfig,
  inputs: VenueInputs,
  listeners: RunListeners,
): Promise<RunResult> {
  const {model, feed, venue} = inputs;
  const unnamed = identityOf(config, inputs, venue?.broker?.name ?? 'paper');
  const state = openState(
    {
      ...{named: config.stateDirectory, provider: placeOf(config), model: model.name, pid: process.pid},
      goesOn: venue !== undefined,
      ...{symbol: feed.source.symbol, timeframe: feed.source.timeframe.name},
      difference: (session, directory) => {
        const recorded = readIdentity(session, directory);
        return inWords(recorded, named(unnamed, recorded, 'own'));
      },
      // A simulation or a replay can be made again: it need not wait for the disk at every order.
      durability: venue === undefined ? 'process' : 'power',
    },
    WALL_CLOCK,
  );
  for (const warning of state.warnings) listeners.onNote(warning);
  try {
    if (!state.resumes && venue?.broker !== undefined) await requireCash(venue.broker, config);
    const session = state.journal.last('session');
    const recorded = session === undefined ? undefined : readIdentity(session.body, state.directory);
    const identity = named(unnamed, recorded, venue?.broker === undefined ? 'own' : 'shared');
    return await new Run({...{config, state, identity, listeners}, ...inputs}).toTheEnd();
  } finally {
    state.journal.close();
    state.lock.release();
  }
}

/** Names the state directory of a run. */
function placeOf({provider, mode, testnet, candlesFile}: TradingConfig): string {
  if (candlesFile !== undefined) return 'replay';
  if (provider === 'sim') return 'sim';
  return mode === 'paper' ? `${provider}-paper` : testnet ? `${provider}-testnet` : provider;
}

/** What a strategy may use of an account is said, not found: others may trade there as well. */
async function requireCash(broker: CcxtBroker, {startingCashQuote}: TradingConfig): Promise<void> {
  const {quote} = await broker.balances();
  if (quote.gte(startingCashQuote)) return;
  throw new DlTradeError(
    'CONFIG_INVALID',
    `--cash was "${startingCashQuote}", but the account at ${broker.name} holds ${quote.toFixed()} ${broker.rules.quote}; give what of it this strategy may use`,
    {details: {setting: '--cash'}},
  );
}

function inWords(recorded: RunIdentity, now: RunIdentity): string | undefined {
  const [first] = identityDifferences(recorded, now);
  if (first === undefined) return undefined;
  return `${first.path} was ${quoted(first.was)} there, now it is ${quoted(first.now)}`;
}

function quoted(value: unknown): string {
  if (value === undefined) return 'not set';
  return `"${typeof value === 'string' ? value : canonicalJson(value)}"`;
}

interface RunParts extends VenueInputs {
  readonly config: TradingConfig;
  readonly state: OpenState;
  readonly identity: RunIdentity;
  readonly listeners: RunListeners;
}

class Run {
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
      exits: identity.exits,
      stateDirectory: state.directory,
      resumes: state.resumes,
      account: identity.broker,
    };
  }

  async toTheEnd(): Promise<RunResult> {
    const {state, identity, feed, listeners, venue} = this.#parts;
    listeners.onBegin(this.#header);
    if (!state.resumes)
      state.journal.append([{kind: 'session', candleMs: null, body: identity}], {durable: true});
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
    const timer = setInterval(() => {
      if (isAsking || !this.#strategy.isWaiting) return;
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
