import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {FeatureRow} from '../domain/feature-row.js';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {CandleWindow} from './candle-window.js';
import {Amihud} from './indicators/amihud.js';
import {AverageTrueRange} from './indicators/average-true-range.js';
import {BollingerBands} from './indicators/bollinger-bands.js';
import {CandleChannels} from './indicators/candle-channels.js';
import {CorwinSchultz} from './indicators/corwin-schultz.js';
import {Deviations} from './indicators/deviations.js';
import {FearGreed} from './indicators/fear-greed.js';
import {GarmanKlass} from './indicators/garman-klass.js';
import {Macd} from './indicators/macd.js';
import {Momentum} from './indicators/momentum.js';
import {OnBalanceVolume} from './indicators/on-balance-volume.js';
import {PriceExtremes} from './indicators/price-extremes.js';
import {ReturnMoments} from './indicators/return-moments.js';
import {Returns} from './indicators/returns.js';
import {RollSpread} from './indicators/roll-spread.js';
import {Rsi} from './indicators/rsi.js';
import {SessionClock} from './indicators/session-clock.js';
import {SimpleMovingAverages} from './indicators/simple-moving-averages.js';
import {VolatilityRegime} from './indicators/volatility-regime.js';
import {VolumeAverages} from './indicators/volume-averages.js';
import {Vwap} from './indicators/vwap.js';
import {WilliamsR} from './indicators/williams-r.js';
import {DEFAULT_REGIME} from './regime-filter.js';
import {requireCandle} from './require-candle.js';
import {
  FEATURE_COUNT,
  FEATURE_SCHEMA,
  FEATURE_TABLE,
  GAP_CANDLES,
  WARM_UP_CANDLES,
  type IndicatorName,
} from './schema.js';
import type {SentimentSeries} from './sentiment.js';
import {
  decodeDoubles,
  encodeDoubles,
  parseSnapshot,
  SNAPSHOT_FORMAT,
  type FeatureStreamSnapshot,
} from './snapshot.js';

/** Where in a row each indicator's features begin. */
const AT = Object.fromEntries(
  [...FEATURE_TABLE.entries()].reverse().map(([at, feature]) => [feature.indicator, at]),
) as Readonly<Record<IndicatorName, number>>;

/** What the features need beyond candles. */
export interface FeatureOptions {
  /** Fitted on training candles; `DEFAULT_REGIME` where left out. */
  readonly regime?: RegimeParameters;
  /** Source of `fear_greed_index`; left out, it is 50 throughout. */
  readonly sentiment?: SentimentSeries;
}

/** A row, and whether its sentiment was observed. */
export interface ObservedFeatureRow extends FeatureRow {
  /** False where `fear_greed_index` is the neutral default because the series had no value. */
  readonly sentimentObserved: boolean;
}

/** The sentiment that a row rests on; null where it is the neutral default. */
export function sentimentOf({values, sentimentObserved}: ObservedFeatureRow): number | null {
  return sentimentObserved ? values[AT.sentiment]! : null;
}

/** Turns closed candles into feature rows, one at a time: training, backtest and live all use this one.
 *  Work per candle is bounded by the longest window (50); nothing is allocated per candle, and under 1 KB per UTC date. */
export class FeatureStream {
  readonly #regime: RegimeParameters;
  readonly #candleChannels = new CandleChannels();
  readonly #returns = new Returns();
  readonly #simpleMovingAverages = new SimpleMovingAverages();
  readonly #macd = new Macd();
  readonly #rsi = new Rsi();
  readonly #bollingerBands = new BollingerBands();
  readonly #averageTrueRange = new AverageTrueRange();
  readonly #deviations = new Deviations();
  readonly #momentum = new Momentum();
  readonly #williamsR = new WilliamsR();
  readonly #volumeAverages = new VolumeAverages();
  readonly #onBalanceVolume = new OnBalanceVolume();
  readonly #vwap = new Vwap();
  readonly #priceExtremes = new PriceExtremes();
  readonly #returnMoments = new ReturnMoments();
  readonly #amihud = new Amihud();
  readonly #corwinSchultz = new CorwinSchultz();
  readonly #rollSpread = new RollSpread();
  readonly #garmanKlass = new GarmanKlass();
  readonly #fearGreed: FearGreed;
  readonly #sessionClock = new SessionClock();
  readonly #volatilityRegime: VolatilityRegime;
  readonly #window = new CandleWindow();
  readonly #values = new Float64Array(FEATURE_COUNT);
  readonly #row = {
    openTimeMs: Number.NaN,
    values: this.#values,
    filled: false,
    segmentStart: false,
    sentimentObserved: false,
  };
  #candlesSeen = 0;
  /** Candles since the first one behind the last gap, counted no further than one past what matters. */
  #candlesBehindGap = GAP_CANDLES + 1;

  /** @throws MODEL_INVALID for regime parameters that are none */
  constructor(options: FeatureOptions = {}) {
    this.#regime = structuredClone(options.regime ?? DEFAULT_REGIME);
    this.#fearGreed = new FearGreed(options.sentiment);
    this.#volatilityRegime = new VolatilityRegime(this.#regime);
  }

  /** Feeds one closed candle.
   *  @param recalledSentiment what was observed when the candle was first taken in, null for nothing: a journal's word goes
   *    before the series, which may know better by now; left out, the series is asked
   *  @returns its row, overwritten by the next push; `undefined` while warming up or too close behind a gap
   *  @throws CANDLES_INVALID for a value out of range or a time that does not increase; the stream is unchanged */
  push(candle: Candle, recalledSentiment?: number | null): ObservedFeatureRow | undefined {
    requireCandle(candle, this.#window);
    this.#fearGreed.recalled = recalledSentiment;
    const first = this.#candlesSeen === 0;
    const behindGap = candle.afterGap === true && !first;
    this.#window.push(candle, !first && !behindGap);

    this.#describe();

    const index = this.#candlesSeen++;
    this.#candlesBehindGap = behindGap ? 0 : Math.min(this.#candlesBehindGap + 1, GAP_CANDLES + 1);
    if (index < WARM_UP_CANDLES || this.#candlesBehindGap < GAP_CANDLES) return undefined;

    const row = this.#row;
    row.openTimeMs = candle.openTimeMs;
    row.filled = candle.filled === true;
    row.segmentStart = index === WARM_UP_CANDLES || this.#candlesBehindGap === GAP_CANDLES;
    row.sentimentObserved = this.#fearGreed.observed;
    return row;
  }

  /** Every indicator by name: a list would cost a lookup per indicator and candle. */
  #describe(): void {
    const window = this.#window;
    const row = this.#values;
    this.#candleChannels.update(window, row, AT['candle-channels']);
    this.#returns.update(window, row, AT.returns);
    this.#simpleMovingAverages.update(window, row, AT['simple-moving-averages']);
    this.#macd.update(window, row, AT.macd);
    this.#rsi.update(window, row, AT.rsi);
    this.#bollingerBands.update(window, row, AT['bollinger-bands']);
    this.#averageTrueRange.update(window, row, AT['average-true-range']);
    this.#deviations.update(window, row, AT.deviations);
    this.#momentum.update(window, row, AT.momentum);
    this.#williamsR.update(window, row, AT['williams-r']);
    this.#volumeAverages.update(window, row, AT['volume-averages']);
    this.#onBalanceVolume.update(window, row, AT['on-balance-volume']);
    this.#vwap.update(window, row, AT.vwap);
    this.#priceExtremes.update(window, row, AT['price-extremes']);
    this.#returnMoments.update(window, row, AT['return-moments']);
    this.#amihud.update(window, row, AT.amihud);
    this.#corwinSchultz.update(window, row, AT['corwin-schultz']);
    this.#rollSpread.update(window, row, AT['roll-spread']);
    this.#garmanKlass.update(window, row, AT['garman-klass']);
    this.#fearGreed.update(window, row, AT.sentiment);
    this.#sessionClock.update(window, row, AT['session-clock']);
    this.#volatilityRegime.update(window, row, AT.regime);
  }

  /** Everything that the stream remembers, as plain JSON. */
  snapshot(): FeatureStreamSnapshot {
    const {openTimeMs} = this.#window;
    return {
      format: SNAPSHOT_FORMAT,
      schemaId: FEATURE_SCHEMA.id,
      schemaHash: FEATURE_SCHEMA.hash,
      regime: structuredClone(this.#regime),
      lastOpenTimeMs: Number.isFinite(openTimeMs) ? openTimeMs : null,
      candlesSeen: this.#candlesSeen,
      candlesBehindGap: this.#candlesBehindGap,
      memory: encodeDoubles(this.#memory()),
    };
  }

  /** A stream that goes on where the snapshot was taken, to the bit.
   *  @param snapshot of `snapshot()`, straight or through JSON
   *  @param options the sentiment series, and a regime only if it is the snapshot's own
   *  @throws STATE_MISMATCH for a snapshot of another schema, format or regime */
  static restore(snapshot: unknown, options: FeatureOptions = {}): FeatureStream {
    const parsed = parseSnapshot(snapshot);
    if (options.regime !== undefined && !sameRegime(options.regime, parsed.regime)) {
      throw new DlTradeError(
        'STATE_MISMATCH',
        `feature snapshot: regime was "${JSON.stringify(parsed.regime)}", want the model's `
          + `${JSON.stringify(options.regime)}; delete the snapshot to start from candles`,
        {details: {field: 'regime'}},
      );
    }
    const stream = new FeatureStream({...options, regime: parsed.regime});
    decodeDoubles(parsed.memory, stream.#memory());
    stream.#candlesSeen = parsed.candlesSeen;
    stream.#candlesBehindGap = parsed.candlesBehindGap;
    stream.#window.resumeAt(parsed.candlesSeen, parsed.lastOpenTimeMs);
    return stream;
  }

  #memory(): readonly Float64Array[] {
    return [
      ...this.#window.memory(),
      this.#macd.state,
      this.#rsi.state,
      this.#averageTrueRange.state,
      this.#volatilityRegime.state,
    ];
  }
}

function sameRegime(a: RegimeParameters, b: RegimeParameters): boolean {
  return ([0, 1] as const).every(
    (state) =>
      a.mean[state] === b.mean[state]
      && a.variance[state] === b.variance[state]
      && a.stay[state] === b.stay[state],
  );
}
