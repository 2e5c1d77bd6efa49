import {isOnGrid} from '../candles/check-candle.js';
import type {Candle} from '../domain/candle.js';
import type {Clock} from '../domain/clock.js';
import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Timeframe} from '../domain/timeframe.js';
import type {HaltOrder, HaltSource} from '../domain/halt-order.js';
import {createDecision, flatten} from '../decision/decide.js';
import type {ExitRules} from '../decision/decision-config.js';
import {restingStop} from '../decision/resting-stop.js';
import type {Broker} from '../execution/broker.js';
import {reconcile} from '../execution/reconcile.js';
import {isCertain} from '../execution/unresolved.js';
import type {Unresolved} from '../execution/unresolved.js';
import {compareAccount} from '../execution/venue-account.js';
import type {AccountComparison, VenueAccount} from '../execution/venue-account.js';
import {FeatureStream} from '../features/feature-stream.js';
import type {SentimentSeries} from '../features/sentiment.js';
import {PositionManager} from '../ledger/position-manager.js';
import type {Model} from '../model/model-persistence.js';
import {Predictor} from '../model/predictor.js';
import {riskLimits} from '../risk/limits.js';
import type {RiskLimits} from '../risk/limits.js';
import {RiskAudit} from '../risk/risk-audit.js';
import type {StoredEntry} from '../store/journal-entry.js';
import {Engine} from './engine.js';
import type {EngineParts} from './engine-parts.js';
import {recall} from './recall.js';
import type {Recalled} from './recall.js';
import {replay} from './replay.js';
import type {ReplayScript} from './replay-script.js';
import type {StepRecord} from './step-record.js';

/** What a strategy is made of: everything that differs between backtest, paper and live comes in here. */
export interface StrategyOptions {
  /** Names the strategy in decision and order ids; unique among those that share a venue account. */
  readonly strategyId: string;
  readonly model: Model;
  readonly rules: MarketRules;
  readonly timeframe: Timeframe;
  readonly broker: Broker;
  /** The account behind the broker, where there is one outside this process: our books are compared with it. */
  readonly account?: VenueAccount;
  /** By default the decided candle's close: the clock of everything but a live run. */
  readonly clock?: Clock;
  /** Default: nothing is kept. */
  readonly journal?: NonNullable<EngineParts['journal']>;
  /** Buy above it, sell below 1 - it, in [0.5, 1); default: the manifest's. */
  readonly threshold?: number;
  /** Default 10,000. */
  readonly startingCashQuote?: Decimal;
  /** Largest notional of one position; default 1,000. */
  readonly maxNotionalQuote?: Decimal;
  readonly limits?: Partial<RiskLimits>;
  readonly exits?: ExitRules;
  /** Default false: spot. */
  readonly allowShorts?: boolean;
  readonly feeBps?: number;
  readonly slippageBps?: number;
  readonly sentiment?: SentimentSeries;
  /** Reads the settings off a `session` line, from which on a recalled or replayed run goes on under them. By default nothing is read. */
  readonly settingsOf?: (session: string) => StrategySettings;
  /** What forecasts: by default a feature stream and a predictor of the model's own. A backtest gives forecasts that were
   *  computed for the whole history at once. */
  readonly forecaster?: Pick<EngineParts, 'features' | 'predictor'>;
  /** Asked before each decision and at `obey`; default: there is none. */
  readonly killSwitch?: HaltSource;
  /** A clock that never goes back, for `predictionTimeMs` alone; default: nothing is measured. */
  readonly monotonicMs?: () => number;
}

/** What may change in the middle of a run. */
export type StrategySettings = Pick<StrategyOptions, 'threshold' | 'maxNotionalQuote' | 'limits' | 'exits'>;

/** What a venue said when it was asked where we stand. */
export interface Standing extends Pick<AccountComparison, 'foreignOrders'> {
  /** In order. */
  readonly news: readonly StepRecord[];
  readonly unresolved: Unresolved;
}

/** One model trading one symbol: features, model, decision, risk and ledger, wired. Two of them share nothing, not even where
 *  they were made from the same model: each has streams, limits, positions and cash of its own. */
export class DeepLearningStrategy {
  readonly ledger: PositionManager;
  #settings: Settings;
  readonly #engine: Engine;
  readonly #broker: Broker;
  readonly #account: VenueAccount | undefined;
  readonly #timeframe: Timeframe;
  #isUnderWay = false;

  /** @throws CONFIG_INVALID for a setting outside its range, SCALER_NOT_FITTED MODEL_INVALID for a model that cannot predict */
  constructor(options: StrategyOptions) {
    const {model, rules, timeframe, broker, strategyId} = options;
    const {manifest} = model;
    this.#settings = settingsFrom(options, options);
    this.#broker = broker;
    this.#account = options.account;
    this.#timeframe = timeframe;
    const account = {
      symbol: rules.symbol,
      lotSizeBase: rules.lotSizeBase,
      ...(options.startingCashQuote === undefined ? {} : {startingCashQuote: options.startingCashQuote}),
    };
    const costs = {feeBps: options.feeBps ?? 10, slippageBps: options.slippageBps ?? 2};
    this.ledger = new PositionManager(account);
    const limitsOf = ({maxNotionalQuote, limits}: Settings): RiskLimits =>
      riskLimits(timeframe.ms, {
        ...{maxPositionSizeQuote: maxNotionalQuote, windowLength: manifest.sequenceLength},
        ...costs,
        ...limits,
      });
    const protect: NonNullable<EngineParts['protect']> = (account, moment) =>
      restingStop({strategyId, rules, exits: this.#settings.exits}, account, moment);
    const decide = createDecision({
      ...{strategyId, rules, ...this.#settings, ...costs},
      ...(options.allowShorts === undefined ? {} : {allowShorts: options.allowShorts}),
    });
    const risk = new RiskAudit({...account, timeframeMs: timeframe.ms, limits: limitsOf(this.#settings)});
    const settings = (): Settings => this.#settings;
    this.#engine = new Engine({
      ...(options.forecaster ?? modelForecaster(options)),
      decide,
      flatten: (account, candle, command) => flatten({strategyId, rules}, account, candle, command),
      get protect() {
        return settings().exits.restingStop === true ? protect : undefined;
      },
      risk,
      ledger: this.ledger,
      broker,
      journal: options.journal,
      clock: options.clock,
      rules,
      timeframeMs: timeframe.ms,
      get threshold() {
        return settings().threshold;
      },
      killSwitch: options.killSwitch,
      changeSettings: (session) => {
        if (options.settingsOf === undefined) return;
        this.#settings = settingsFrom(options.settingsOf(session), options);
        decide.change(this.#settings);
        risk.changeLimits(limitsOf(this.#settings));
      },
    });
  }

  /** Buy above it, sell below 1 - it. */
  get threshold(): number {
    return this.#settings.threshold;
  }

  /** Takes the next closed candle; the one after it only once this promise has resolved.
   *  @returns what happened, in order: fills and order news since the candle before, then the decision and its order
   *  @throws CANDLES_INVALID, for a time off the timeframe's grid as well; JOURNAL_FAILED; USAGE while the candle before is under way. One
   *    that is refused for either was not taken. */
  async onCandle(candle: Candle): Promise<readonly StepRecord[]> {
    return this.take(candle);
  }

  /** `onCandle` for whoever has millions of candles: answers at once where nothing has to be waited for, and throws then.
   *  @throws as `onCandle` */
  take(candle: Candle): readonly StepRecord[] | Promise<readonly StepRecord[]> {
    this.#requireNext(candle);
    const taken = isCertain(this.#engine.state.unresolved)
      ? this.#engine.process(candle)
      : this.reconcile().then(async ({news}) => [...news, ...(await this.#engine.process(candle))]);
    return taken instanceof Promise ? this.#alone(taken) : taken;
  }

  #requireNext({openTimeMs}: Candle): void {
    if (this.#isUnderWay) {
      throw new DlTradeError(
        'USAGE',
        `the candle at open time ${String(openTimeMs)} came while the one before it was decided on; await each onCandle before the next`,
      );
    }
    if (isOnGrid(openTimeMs, this.#timeframe)) return;
    throw new DlTradeError(
      'CANDLES_INVALID',
      `a candle's open time was "${String(openTimeMs)}", which is not on the ${this.#timeframe.name} grid`,
      {details: {openTimeMs, timeframe: this.#timeframe.name}},
    );
  }

  async #alone<T>(work: Promise<T>): Promise<T> {
    this.#isUnderWay = true;
    try {
      return await work;
    } finally {
      this.#isUnderWay = false;
    }
  }

  /** Brings the strategy to where a journal left off, before its first candle. Nothing is decided and nothing is sent.
   *  @throws JOURNAL_CORRUPT where the journal contradicts itself */
  recall(entries: Iterable<StoredEntry>): Recalled {
    return recall(this.#engine.state, entries);
  }

  /** Computes a journal again, from a strategy that has seen nothing; `venue` says whether its broker makes its own fills.
   *  Yields after each event how many lines are compared; the script holds what came of it. */
  replay(script: ReplayScript, venue: 'computed' | 'recorded'): AsyncGenerator<number, void, undefined> {
    return replay(this.#engine, script, venue);
  }

  /** Asks the broker about every order whose end the journal does not know, takes the answers in, and compares our books with the
   *  venue's account. While an order's fate is unknown, or less lies at the venue than we hold, nothing is opened and both are
   *  asked about again before every candle; what others ordered there is only reported.
   *  @throws JOURNAL_FAILED */
  async reconcile(): Promise<Standing> {
    const {reports, unresolved: orders} = await reconcile(this.#engine.state.orders.pending, this.#broker);
    const news = [
      ...this.#engine.takeNews(reports.map((report) => ({kind: 'order', report}))),
      // Fills come before what they left is counted.
      ...(await this.hear()),
    ];
    const {differences, foreignOrders} = await this.#compareAccount();
    this.#engine.setUnresolved({orders, differences});
    return {news, unresolved: {orders, differences}, foreignOrders};
  }

  /** Takes in what a venue that trades by itself has done since it was last asked.
   *  @throws JOURNAL_FAILED */
  async hear(): Promise<readonly StepRecord[]> {
    const news = this.#engine.takeNews((await this.#broker.news?.()) ?? []);
    return [...news, ...(await this.#engine.tend())];
  }

  /** True while an order of ours is under way: at any moment there may be news of it. */
  get isWaiting(): boolean {
    return this.#engine.state.orders.pending.some(({order}) => order.type !== 'stop');
  }

  /** True while a stop of ours rests at the venue. */
  get isProtected(): boolean {
    return this.#engine.state.orders.pending.some(({order}) => order.type === 'stop');
  }

  /** Asks the kill switch between two candles; it is asked before each decision as well. Never while a promise of this strategy is
   *  open. Nothing is opened while the switch is on, and opening orders that wait are canceled; exits go on; with `flatten`, what is
   *  held is closed through the risk audit. What stands is journalled, so it stands after a restart.
   *  @returns what came of it, in order; nothing where the switch stands as it stood
   *  @throws JOURNAL_FAILED; nothing is opened then either */
  async obey(): Promise<readonly StepRecord[]> {
    return this.#engine.obey();
  }

  /** The command of the kill switch, while it is on. */
  get haltCommand(): HaltOrder | undefined {
    return this.#engine.state.halt;
  }

  async #compareAccount(): Promise<AccountComparison> {
    if (this.#account === undefined) return {differences: [], foreignOrders: []};
    return await compareAccount(
      this.#account,
      this.ledger.holdings,
      (id) => this.#engine.state.orders.get(id) !== undefined,
    );
  }
}

type Settings = StrategySettings
  & Required<Pick<StrategySettings, 'threshold' | 'maxNotionalQuote' | 'exits'>>;

function settingsFrom(given: StrategySettings, {model}: Pick<StrategyOptions, 'model'>): Settings {
  return {
    threshold: given.threshold ?? model.manifest.decisionThreshold,
    maxNotionalQuote: given.maxNotionalQuote ?? new Decimal(1000),
    exits: given.exits ?? {},
    ...(given.limits === undefined ? {} : {limits: given.limits}),
  };
}

function modelForecaster({
  model,
  sentiment,
  monotonicMs = () => 0,
}: StrategyOptions): NonNullable<StrategyOptions['forecaster']> {
  const observed = sentiment === undefined ? {} : {sentiment};
  return {
    features: new FeatureStream({regime: model.manifest.regime, ...observed}),
    predictor: new Predictor(model, monotonicMs),
  };
}
