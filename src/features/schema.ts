import {createHash} from 'node:crypto';
import type {FeatureSchema, FeatureUnit} from '../domain/feature-schema.js';

/** The group that a feature belongs to, for people. */
export type FeatureCategory =
  | 'raw'
  | 'returns'
  | 'technical'
  | 'volatility'
  | 'momentum'
  | 'volume'
  | 'price_patterns'
  | 'statistical'
  | 'microstructure'
  | 'sentiment'
  | 'temporal'
  | 'regime';

/** One column of the schema: everything that code, documentation and tests need to know of it. */
export interface FeatureDefinition {
  readonly name: string;
  readonly category: FeatureCategory;
  readonly unit: FeatureUnit;
  /** Candles before the newest one that the definition looks at; `recursive` where it never quite forgets. */
  readonly lookBack: number | 'recursive';
  /** The indicator that computes it; neighbours with the same one are computed together. */
  readonly indicator: IndicatorName;
  readonly formula: string;
  /** Where the definition comes from. */
  readonly source: string;
}

/** An indicator: what computes a block of features. */
export type IndicatorName =
  | 'candle-channels'
  | 'returns'
  | 'simple-moving-averages'
  | 'macd'
  | 'rsi'
  | 'bollinger-bands'
  | 'average-true-range'
  | 'deviations'
  | 'momentum'
  | 'williams-r'
  | 'volume-averages'
  | 'on-balance-volume'
  | 'vwap'
  | 'price-extremes'
  | 'return-moments'
  | 'amihud'
  | 'corwin-schultz'
  | 'roll-spread'
  | 'garman-klass'
  | 'sentiment'
  | 'session-clock'
  | 'regime';

const WILDER = 'Wilder, New Concepts in Technical Trading Systems (1978)';
const APPEL = 'Appel, The Moving Average Convergence-Divergence Method (1979)';
const BOLLINGER = 'Bollinger, Bollinger on Bollinger Bands (2001)';
const TEXTBOOK = 'Murphy, Technical Analysis of the Financial Markets (1999)';
const JOANES_GILL = 'Joanes and Gill, Comparing measures of sample skewness and kurtosis (1998): G1, G2';
const HAMILTON = 'Hamilton, A New Approach to the Economic Analysis of Nonstationary Time Series (1989)';
const EXCHANGE = 'the exchange';
const CALENDAR = 'the proleptic Gregorian calendar, UTC';
const DEFINITION = 'by definition';

/** What a group of neighbouring features has in common. */
type Shared = Pick<FeatureDefinition, 'category' | 'indicator' | 'source'>;

type Row = readonly [
  name: string,
  unit: FeatureUnit,
  lookBack: FeatureDefinition['lookBack'],
  formula: string,
];

function group(shared: Shared, rows: readonly Row[]): FeatureDefinition[] {
  return rows.map(([name, unit, lookBack, formula]) => ({name, unit, lookBack, formula, ...shared}));
}

function perSpan(spans: readonly number[], rowsOf: (span: number) => readonly Row[]): Row[] {
  return spans.flatMap((span) => [...rowsOf(span)]);
}

/** THE schema: 86 features in the order in which every model and every file has them. */
export const FEATURE_TABLE: readonly FeatureDefinition[] = [
  ...group({category: 'raw', indicator: 'candle-channels', source: EXCHANGE}, [
    ['open', 'price', 0, 'o'],
    ['high', 'price', 0, 'h'],
    ['low', 'price', 0, 'l'],
    ['close', 'price', 0, 'c'],
    ['volume', 'volume', 0, 'v'],
  ]),
  ...group({category: 'returns', indicator: 'returns', source: DEFINITION}, [
    ...perSpan([5, 10, 20, 50], (w) => [[`return_${w}`, 'none', w, `c / c[-${w}] - 1`]]),
    ['log_return_1', 'none', 1, 'ln(c / c[-1])'],
    ['intraday_return', 'none', 0, '(c - o) / o'],
    ['hl_range', 'none', 0, '(h - l) / c'],
  ]),
  ...group(
    {category: 'technical', indicator: 'simple-moving-averages', source: TEXTBOOK},
    perSpan([5, 10, 20, 50], (w) => [
      [`sma_${w}`, 'price', w - 1, `mean_${w}(c)`],
      [`price_to_sma_${w}`, 'none', w - 1, `c / mean_${w}(c)`],
    ]),
  ),
  ...group({category: 'technical', indicator: 'macd', source: APPEL}, [
    ...perSpan([12, 26], (w) => [
      [`ema_${w}`, 'price', 'recursive', `e = e[-1] + 2/${w + 1} (c - e[-1]), seeded with the first close`],
    ]),
    ['macd', 'price-difference', 'recursive', 'ema_12 - ema_26'],
    ['macd_signal', 'price-difference', 'recursive', 's = s[-1] + 0.2 (macd - s[-1]), seeded with 0'],
    ['macd_histogram', 'price-difference', 'recursive', 'macd - macd_signal'],
  ]),
  ...group({category: 'technical', indicator: 'rsi', source: WILDER}, [
    [
      'rsi_14',
      'none',
      'recursive',
      '100 U / (U + D); U, D = Wilder averages (a = 1/14, seeded with the first change) of max(c - c[-1], 0), '
        + 'max(c[-1] - c, 0); 50 where U + D <= 1e-12 c',
    ],
  ]),
  ...group({category: 'technical', indicator: 'bollinger-bands', source: BOLLINGER}, [
    ['bb_upper_20', 'price', 19, 'm + 2s; m = mean_20(c), s = pstd_20(c)'],
    ['bb_lower_20', 'price', 19, 'm - 2s'],
    ['bb_mid_20', 'price', 19, 'm'],
    ['bb_width_20', 'none', 19, '(upper - lower) / m'],
    ['bb_position_20', 'none', 19, '(c - lower) / (upper - lower); 0.5 where s = 0'],
  ]),
  ...group({category: 'volatility', indicator: 'average-true-range', source: WILDER}, [
    [
      'atr_14',
      'price-difference',
      'recursive',
      'Wilder average (a = 1/14, seeded with the first) of max(h - l, |h - c[-1]|, |l - c[-1]|); h - l for the very '
        + 'first candle and for the first one behind a gap',
    ],
    ['atr_ratio_14', 'none', 'recursive', 'atr_14 / c'],
  ]),
  ...group(
    {category: 'volatility', indicator: 'deviations', source: DEFINITION},
    perSpan([5, 10, 20, 50], (w) => [
      [`std_${w}`, 'price-difference', w - 1, `std_${w}(c), n - 1`],
      [`std_ratio_${w}`, 'none', w - 1, `std_${w}(c) / c`],
    ]),
  ),
  ...group({category: 'momentum', indicator: 'momentum', source: TEXTBOOK}, [
    ...perSpan([5, 10, 20, 50], (w) => [[`roc_${w}`, 'none', w, `100 (c / c[-${w}] - 1)`]]),
    ...perSpan([10, 20], (w) => [[`momentum_${w}`, 'price-difference', w, `c - c[-${w}]`]]),
  ]),
  ...group(
    {
      category: 'momentum',
      indicator: 'williams-r',
      source: 'Williams, How I Made One Million Dollars (1973)',
    },
    [
      [
        'williams_r_14',
        'none',
        13,
        '-100 (max_14(h) - c) / (max_14(h) - min_14(l)); -50 where max_14(h) = min_14(l)',
      ],
    ],
  ),
  ...group(
    {category: 'volume', indicator: 'volume-averages', source: TEXTBOOK},
    perSpan([5, 10, 20, 50], (w) => [
      [`volume_sma_${w}`, 'volume', w - 1, `mean_${w}(v)`],
      [`volume_ratio_${w}`, 'none', w - 1, `v / mean_${w}(v); 1 where the mean is 0`],
    ]),
  ),
  ...group(
    {
      category: 'volume',
      indicator: 'on-balance-volume',
      source: "Granville, Granville's New Key to Stock Market Profits (1963), over a window",
    },
    [['obv_50', 'volume', 50, 'sum_50(sign(c - c[-1]) v)']],
  ),
  ...group(
    {
      category: 'volume',
      indicator: 'vwap',
      source: 'Berkowitz, Logue and Noser, The Total Cost of Transactions on the NYSE (1988)',
    },
    [
      ['vwap_20', 'price', 19, 'sum_20(c v) / sum_20(v); c where sum_20(v) = 0'],
      ['price_to_vwap_20', 'none', 19, 'c / vwap_20'],
    ],
  ),
  ...group({category: 'price_patterns', indicator: 'price-extremes', source: DEFINITION}, [
    ...perSpan([20, 50], (w) => [
      [`dist_to_high_${w}`, 'none', w - 1, `(max_${w}(h) - c) / c`],
      [`dist_to_low_${w}`, 'none', w - 1, `(c - min_${w}(l)) / c`],
    ]),
    [
      'price_position_20',
      'none',
      19,
      '(c - min_20(l)) / (max_20(h) - min_20(l)); 0.5 where max_20(h) = min_20(l)',
    ],
  ]),
  ...group({category: 'statistical', indicator: 'return-moments', source: JOANES_GILL}, [
    [
      'skew_20',
      'none',
      20,
      'sqrt(n (n-1)) / (n-2) m3 / m2^1.5 of the last n = 20 returns r = c / c[-1] - 1; 0 where all are equal',
    ],
    [
      'kurt_20',
      'none',
      20,
      '(n-1) / ((n-2) (n-3)) ((n+1) m4 / m2^2 - 3 (n-1)) of the same returns; 0 where all are equal',
    ],
  ]),
  ...group(
    {category: 'microstructure', indicator: 'amihud', source: 'Amihud, Illiquidity and stock returns (2002)'},
    [
      [
        'amihud_20',
        '1/turnover',
        20,
        '1e6 mean_20(|ln(c / c[-1])| / (c v)) over the candles with volume; 0 where none has any',
      ],
    ],
  ),
  ...group(
    {
      category: 'microstructure',
      indicator: 'corwin-schultz',
      source:
        'Corwin and Schultz, A Simple Way to Estimate Bid-Ask Spreads from Daily High and Low Prices (2012), '
        + 'without the overnight adjustment',
    },
    [
      [
        'corwin_schultz',
        'none',
        1,
        'max(0, 2 (e^a - 1) / (1 + e^a)); a = (sqrt(2b) - sqrt(b)) / k - sqrt(g / k), k = 3 - 2 sqrt(2), '
          + 'b = ln(h / l)^2 + ln(h[-1] / l[-1])^2, g = ln(max(h, h[-1]) / min(l, l[-1]))^2',
      ],
    ],
  ),
  ...group(
    {
      category: 'microstructure',
      indicator: 'roll-spread',
      source: 'Roll, A Simple Implicit Measure of the Effective Bid-Ask Spread (1984)',
    },
    [
      [
        'roll_spread_20',
        'none',
        21,
        '2 sqrt(max(0, -cov)) / c; cov = sample covariance (n - 1) of the 20 pairs (d, d[-1]), d = c - c[-1]',
      ],
    ],
  ),
  ...group(
    {
      category: 'microstructure',
      indicator: 'garman-klass',
      source:
        'Garman and Klass, On the Estimation of Security Price Volatilities from Historical Data (1980)',
    },
    [['garman_klass_20', 'none', 19, 'sqrt(max(0, mean_20(0.5 ln(h / l)^2 - (2 ln 2 - 1) ln(c / o)^2)))']],
  ),
  ...group(
    {
      category: 'sentiment',
      indicator: 'sentiment',
      source: 'a sentiment series, such as the Crypto Fear & Greed Index of alternative.me',
    },
    [['fear_greed_index', 'none', 0, 'last value with timestamp <= ts, 0..100; 50 where there is none']],
  ),
  ...group({category: 'temporal', indicator: 'session-clock', source: CALENDAR}, [
    ['hour', 'none', 0, '0..23 of ts in UTC'],
    ['day_of_week', 'none', 0, 'Monday = 0 .. Sunday = 6'],
    ['day_of_month', 'none', 0, '1..31'],
    ['month', 'none', 0, '1..12'],
    ['quarter', 'none', 0, '1..4'],
    ['is_weekend', 'none', 0, '1 on Saturday and Sunday'],
    ['session_asia', 'none', 0, '1 where 0 <= hour < 8'],
    ['session_london', 'none', 0, '1 where 8 <= hour < 12'],
    ['session_newyork', 'none', 0, '1 where 12 <= hour < 21'],
    ['session_offhours', 'none', 0, '1 where 21 <= hour < 24'],
    ['is_holiday', 'none', 0, '1 where the UTC date is no NYSE trading day, weekends included'],
  ]),
  ...group({category: 'regime', indicator: 'regime', source: HAMILTON}, [
    ['regime_prob_0', 'none', 'recursive', 'P(calm state | returns up to and including this one), filtered'],
    [
      'regime_prob_1',
      'none',
      'recursive',
      'P(volatile state | returns up to and including this one), filtered',
    ],
    ['current_regime', 'none', 'recursive', '1 where regime_prob_1 > regime_prob_0, else 0'],
    ['is_low_volatility', 'none', 'recursive', '1 - current_regime'],
  ]),
];

/** The names in order. */
export const FEATURE_NAMES: readonly string[] = FEATURE_TABLE.map((feature) => feature.name);

/** 86. */
export const FEATURE_COUNT = FEATURE_TABLE.length;

/** What a model stores to say which features it was trained on. */
export const FEATURE_SCHEMA: FeatureSchema = {
  id: 'dl86/1',
  hash: createHash('sha256').update(FEATURE_NAMES.join('\n')).digest('hex'),
  features: FEATURE_TABLE.map(({name, unit}) => ({name, unit})),
};

/** Candles at the start of a history that give no row: until then a recursive average may remember its seed. */
export const WARM_UP_CANDLES = 600;

/** Candles behind a gap that give no row: until then a window may reach across the gap. */
export const GAP_CANDLES = 50;

/** Candles of one uninterrupted history that give exactly one full sequence of rows. */
export function requiredHistory(sequenceLength: number): number {
  return WARM_UP_CANDLES + sequenceLength;
}
