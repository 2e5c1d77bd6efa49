import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {
  FEATURE_COUNT,
  FEATURE_NAMES,
  FEATURE_SCHEMA,
  FEATURE_TABLE,
  requiredHistory,
  WARM_UP_CANDLES,
} from '../../../src/features/schema.js';

// The specification's list, written out: what a model was trained on must not follow a change of the table.
const NAMES = `
open high low close volume return_5 return_10 return_20 return_50 log_return_1 intraday_return hl_range
sma_5 price_to_sma_5 sma_10 price_to_sma_10 sma_20 price_to_sma_20 sma_50 price_to_sma_50 ema_12 ema_26
macd macd_signal macd_histogram rsi_14 bb_upper_20 bb_lower_20 bb_mid_20 bb_width_20 bb_position_20
atr_14 atr_ratio_14 std_5 std_ratio_5 std_10 std_ratio_10 std_20 std_ratio_20 std_50 std_ratio_50
roc_5 roc_10 roc_20 roc_50 momentum_10 momentum_20 williams_r_14
volume_sma_5 volume_ratio_5 volume_sma_10 volume_ratio_10 volume_sma_20 volume_ratio_20 volume_sma_50 volume_ratio_50
obv_50 vwap_20 price_to_vwap_20 dist_to_high_20 dist_to_low_20 dist_to_high_50 dist_to_low_50 price_position_20
skew_20 kurt_20 amihud_20 corwin_schultz roll_spread_20 garman_klass_20 fear_greed_index
hour day_of_week day_of_month month quarter is_weekend session_asia session_london session_newyork session_offhours
is_holiday regime_prob_0 regime_prob_1 current_regime is_low_volatility`
  .trim()
  .split(/\s+/);

describe('schema dl86/1', () => {
  it('holds the 86 names of the specification in order', () => {
    expect(FEATURE_COUNT).toBe(86);
    expect(FEATURE_NAMES).toEqual(NAMES);
    expect(new Set(FEATURE_NAMES).size).toBe(86);
  });

  it('has an id and a hash of the ordered names', () => {
    expect(FEATURE_SCHEMA.id).toBe('dl86/1');
    expect(FEATURE_SCHEMA.hash).toBe('ed03a71e12e6af7395f505a2d9f2fe061e016f55644ed9de5e18cca2dee91969');
    expect(FEATURE_SCHEMA.hash).toBe(createHash('sha256').update(NAMES.join('\n')).digest('hex'));
    expect(FEATURE_SCHEMA.features.map(({name}) => name)).toEqual(NAMES);
  });

  it('gives every feature the unit of the specification', () => {
    const unitOf = (name: string): string => {
      if (/^(open|high|low|close|sma_\d+|ema_\d+|bb_(upper|lower|mid)_20|vwap_20)$/.test(name))
        return 'price';
      if (/^(macd.*|atr_14|std_\d+|momentum_\d+)$/.test(name)) return 'price-difference';
      if (/^(volume|volume_sma_\d+|obv_50)$/.test(name)) return 'volume';
      return name === 'amihud_20' ? '1/turnover' : 'none';
    };
    expect(FEATURE_SCHEMA.features.map(({unit}) => unit)).toEqual(NAMES.map(unitOf));
  });

  it('gives every feature one of the twelve categories, a formula and a source', () => {
    const counts = new Map<string, number>();
    for (const {category, formula, source} of FEATURE_TABLE) {
      counts.set(category, (counts.get(category) ?? 0) + 1);
      expect(formula.length).toBeGreaterThan(0);
      expect(source.length).toBeGreaterThan(0);
    }
    expect(Object.fromEntries(counts)).toEqual({
      raw: 5,
      returns: 7,
      technical: 19,
      volatility: 10,
      momentum: 7,
      volume: 11,
      price_patterns: 5,
      statistical: 2,
      microstructure: 4,
      sentiment: 1,
      temporal: 11,
      regime: 4,
    });
  });

  it('needs the warm-up and one candle per row of a sequence', () => {
    expect(WARM_UP_CANDLES).toBe(600);
    expect(requiredHistory(50)).toBe(650);
  });
});
