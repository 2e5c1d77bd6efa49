// The indicators that npm packages share with the schema, each behind the same call: take a candle in, write the values.
import technical from 'technicalindicators';
import * as signals from 'trading-signals';
import {CandleWindow} from '../dist/features/candle-window.js';
import {AverageTrueRange} from '../dist/features/indicators/average-true-range.js';
import {BollingerBands} from '../dist/features/indicators/bollinger-bands.js';
import {Macd} from '../dist/features/indicators/macd.js';
import {Momentum} from '../dist/features/indicators/momentum.js';
import {Rsi} from '../dist/features/indicators/rsi.js';
import {SimpleMovingAverages} from '../dist/features/indicators/simple-moving-averages.js';
import {WilliamsR} from '../dist/features/indicators/williams-r.js';

const SPANS = [5, 10, 20, 50];

/** What both packages have, in the order in which `push` writes it; momentum only trading-signals has. */
const SHARED = [
  ...SPANS.map((w) => `sma_${w}`),
  ...['ema_12', 'ema_26', 'macd', 'macd_signal', 'macd_histogram', 'rsi_14'],
  ...['bb_upper_20', 'bb_mid_20', 'bb_lower_20', 'atr_14', 'williams_r_14'],
  ...SPANS.map((w) => `roc_${w}`),
];

/** @returns a function that takes the next candle and fills `out` with the values of `names` */
function tradingSignals() {
  const sma = SPANS.map((w) => new signals.SMA(w));
  const [ema12, ema26] = [12, 26].map((w) => new signals.EMA(w));
  const macd = new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9));
  const rsi = new signals.RSI(14);
  const bands = new signals.BollingerBands(20, 2);
  const atr = new signals.ATR(14);
  const williams = new signals.WilliamsR(14);
  const roc = SPANS.map((w) => new signals.ROC(w));
  const momentum = [10, 20].map((w) => new signals.MOM(w));
  return (candle, out) => {
    const {close} = candle;
    let at = 0;
    for (const average of sma) out[at++] = average.update(close, false);
    out[at++] = ema12.update(close, false);
    out[at++] = ema26.update(close, false);
    const lines = macd.update(close, false);
    out[at++] = lines?.macd;
    out[at++] = lines?.signal;
    out[at++] = lines?.histogram;
    out[at++] = rsi.update(close, false);
    const band = bands.update(close, false);
    out[at++] = band?.upper;
    out[at++] = band?.middle;
    out[at++] = band?.lower;
    out[at++] = atr.update(candle, false);
    out[at++] = williams.update(candle, false);
    // A fraction there, percent here.
    for (const change of roc) out[at++] = 100 * change.update(close, false);
    for (const change of momentum) out[at++] = change.update(close, false);
  };
}

function technicalIndicators() {
  const none = {values: [], close: [], high: [], low: []};
  const sma = SPANS.map((period) => new technical.SMA({...none, period}));
  const [ema12, ema26] = [12, 26].map((period) => new technical.EMA({...none, period}));
  const macd = new technical.MACD({
    ...none,
    ...{fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, SimpleMAOscillator: false, SimpleMASignal: false},
  });
  const rsi = new technical.RSI({...none, period: 14});
  const bands = new technical.BollingerBands({...none, period: 20, stdDev: 2});
  const atr = new technical.ATR({...none, period: 14});
  const williams = new technical.WilliamsR({...none, period: 14});
  const roc = SPANS.map((period) => new technical.ROC({...none, period}));
  return (candle, out) => {
    const {close} = candle;
    let at = 0;
    for (const average of sma) out[at++] = average.nextValue(close);
    out[at++] = ema12.nextValue(close);
    out[at++] = ema26.nextValue(close);
    const lines = macd.nextValue(close);
    out[at++] = lines?.MACD;
    out[at++] = lines?.signal;
    out[at++] = lines?.histogram;
    out[at++] = rsi.nextValue(close);
    const band = bands.nextValue(close);
    out[at++] = band?.upper;
    out[at++] = band?.middle;
    out[at++] = band?.lower;
    out[at++] = atr.nextValue(candle);
    out[at++] = williams.nextValue(candle);
    for (const change of roc) out[at++] = change.nextValue(close);
  };
}

/** Our classes behind the same values; they compute 18 more on the way, and sums that other features share. */
function ours() {
  const window = new CandleWindow();
  const row = new Float64Array(40);
  const indicators = [
    ...[new SimpleMovingAverages(), new Macd(), new Rsi(), new BollingerBands()],
    ...[new AverageTrueRange(), new WilliamsR(), new Momentum()],
  ];
  let isFirst = true;
  return (candle) => {
    window.push(candle, !isFirst);
    isFirst = false;
    for (let i = 0; i < indicators.length; i++) indicators[i].update(window, row, 0);
  };
}

/** What is measured beside the features. */
export const PACKAGES = [
  {what: 'trading-signals', names: [...SHARED, 'momentum_10', 'momentum_20'], create: tradingSignals},
  {what: 'technicalindicators', names: SHARED, create: technicalIndicators},
  {what: 'dl-trade, the classes behind the same 21 alone', names: [], create: ours},
];
