import {Decimal} from '../../src/domain/decimal.js';
import {SeededRandom} from '../../src/domain/seeded-random.js';
import {accountReport} from '../../src/report/account-report.js';
import type {AccountHistory} from '../../src/report/account-report.js';
import {backtestReport} from '../../src/report/backtest-report.js';
import type {BacktestReport, BacktestTrade, SymbolReport} from '../../src/report/backtest-report.js';
import {portfolioHistory} from '../../src/report/portfolio-history.js';

/** What a made-up backtest is like. */
export interface MadeBacktest {
  readonly candles: number;
  /** Evenly spread round trips. */
  readonly trades: number;
  readonly symbols?: readonly string[];
  /** Stands wherever a text comes from a file or a user. */
  readonly text?: string;
}

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2023, 0, 1);
const CASH = 10_000;
const MEASURES = {timeframeMs: HOUR_MS, bounds: () => () => null};

/** A backtest of a random walk that nobody traded: whole in every part, and valid by the schema. */
export function madeReport({
  candles,
  trades,
  symbols = ['BTC/USDT'],
  text = 'some text',
}: MadeBacktest): BacktestReport {
  const made = symbols.map((symbol) => madeSymbol(symbol, candles, {trades, text}));
  return backtestReport.parse({
    ...{format: 1, dlTrade: '0.1.0', quote: 'USDT', warnings: [`a warning: ${text}`]},
    model: {
      ...{name: text, architecture: 'bilstm', weightsSha256: 'aa', manifestSha256: 'bb'},
      featureSchema: {id: 'dl86/1', hash: 'cc'},
      ...{sequenceLength: 50, horizon: 1, decisionThreshold: 0.6},
      trainedOn: {
        symbol: text,
        timeframe: '1h',
        source: text,
        from: null,
        to: null,
        rows: 12_345,
        heldOutFrom: null,
      },
      card: {summary: text, limitations: [text], notes: `${text}\nsecond line`},
    },
    kernel: {name: 'fused-1', libtorch: '2.13.0', isa: 'AVX2', threads: 1, forecasts: 'batched'},
    settings: {
      ...{timeframe: '1h', from: null, to: null, threshold: 0.6, feeBps: 10, slippageBps: 2},
      ...{startingCashQuote: CASH, maxPositionSizeQuote: 1000, limits: {maxDailyDrawdown: 0.05}},
      ...{exits: {stopLoss: 0.02, restingStop: true}, sentiment: 'none', seed: 1},
    },
    symbols: made.map(({report}) => report),
    portfolio:
      made.length === 1 ? null : accountReport(portfolioHistory(made.map(({history}) => history)), MEASURES),
  });
}

function madeSymbol(
  symbol: string,
  candles: number,
  {trades: wanted, text}: {trades: number; text: string},
): {report: SymbolReport; history: AccountHistory} {
  const series = madeSeries(symbol, candles);
  const {openTimesMs, opens, closes} = series;
  const trades = Array.from({length: wanted}, (_, i) => {
    const entry = Math.floor((i * candles) / wanted);
    const exit = Math.min(candles - 1, entry + Math.max(1, Math.floor(candles / wanted / 2)));
    return madeTrade(
      {symbol, text},
      [openTimesMs[entry]!, opens[entry]!],
      [openTimesMs[exit]!, opens[exit]!],
    );
  });
  const equity = [CASH, ...equityAt(openTimesMs, trades)];
  const history: AccountHistory = {
    startingCashQuote: new Decimal(CASH),
    endEquityQuote: new Decimal(equity.at(-1)!),
    timesMs: candles === 0 ? [] : [START_MS, ...openTimesMs.map((time) => time + HOUR_MS)],
    equity: candles === 0 ? [] : equity,
    buyAndHold:
      candles === 0 ? [] : [CASH, ...closes.map((close) => CASH - 1000 + (1000 * close) / opens[0]!)],
    held: closes.map((_, i) => i % 2),
    trades,
    fills: trades
      .flatMap(() => [1, 2])
      .map(() => ({notionalQuote: new Decimal(1000), feeQuote: new Decimal(1)})),
  };
  const account = accountReport(history, MEASURES);
  const half = openTimesMs[Math.floor(candles / 2)];
  const report: SymbolReport = {
    symbol,
    source: {
      ...{file: `${text}.csv`, sha256: 'dd', candles, filledCandles: 0, gaps: 0},
      ...{fromMs: START_MS, toMs: openTimesMs.at(-1) ?? START_MS},
    },
    period: {
      ...{warmUpCandles: 649, candles, decisions: candles},
      ...{firstDecisionMs: openTimesMs[0] ?? null, lastDecisionMs: openTimesMs.at(-1) ?? null},
    },
    training: {sameSymbol: true, from: null, to: null, heldOutFrom: null, seenCandles: null, seenShare: null},
    ...account,
    heldOut:
      half === undefined || account.performance === null || account.buyAndHold === null
        ? null
        : {
            ...{
              fromMs: half,
              performance: {...account.performance, candles: candles - Math.floor(candles / 2)},
            },
            ...{buyAndHold: account.buyAndHold, tradeStatistics: account.tradeStatistics},
          },
    signals: {buy: wanted, sell: wanted, neutral: Math.max(0, candles - 2 * wanted)},
    orders: 2 * wanted,
    refusals: wanted === 0 ? {} : {cooldown: {COOLDOWN: 3}, gap: {[text]: 1234}},
    unfilledOrders: wanted === 0 ? {} : {[text]: 2},
    trades,
    openPosition: null,
    series,
    forecasts: {
      ...{made: candles, lowest: candles === 0 ? null : 0.31, highest: candles === 0 ? null : 0.71},
      quality:
        candles < 100
          ? null
          : {
              ...{samples: candles - 1, accuracy: 0.54, baseRate: 0.51, logLoss: 0.6873, brierScore: 0.2471},
              ...{expectedCalibrationError: 0.012, calibration: madeBins(candles)},
            },
    },
  };
  return {report, history};
}

function madeSeries(symbol: string, candles: number): SymbolReport['series'] {
  const random = new SeededRandom(symbol);
  const series = {
    ...{openTimesMs: [] as number[], opens: [] as number[], highs: [] as number[]},
    ...{lows: [] as number[], closes: [] as number[], probabilities: [] as (number | null)[]},
  };
  const cents = (value: number): number => Number(value.toFixed(2));
  let last = 30_000;
  for (let i = 0; i < candles; i++) {
    const close = cents(last * Math.exp(0.004 * random.normal()));
    series.openTimesMs.push(START_MS + i * HOUR_MS);
    series.opens.push(last);
    series.highs.push(cents(Math.max(last, close) * (1 + 0.002 * random.uniform())));
    series.lows.push(cents(Math.min(last, close) * (1 - 0.002 * random.uniform())));
    series.closes.push(close);
    series.probabilities.push(i % 97 === 5 ? null : 0.5 + 0.2 * Math.sin(i / 5) * random.uniform());
    last = close;
  }
  return series;
}

function madeTrade(
  {symbol, text}: {symbol: string; text: string},
  [openedAtMs, entryPrice]: readonly [number, number],
  [closedAtMs, exitPrice]: readonly [number, number],
): BacktestTrade {
  const quantity = new Decimal('0.033');
  const gross = quantity.times(new Decimal(exitPrice).minus(entryPrice));
  const pnl = gross.minus(2);
  return {
    ...{symbol, side: 'long', openedAtMs, closedAtMs, holdingMs: closedAtMs - openedAtMs},
    quantityBase: quantity.toFixed(),
    averageEntryPrice: String(entryPrice),
    averageExitPrice: String(exitPrice),
    ...{grossPnlQuote: gross.toFixed(), feesQuote: '2', pnlQuote: pnl.toFixed()},
    returnOnEntry: pnl.dividedBy(quantity.times(entryPrice)).toNumber(),
    ...{entryReason: 'open-buy', exitReason: text},
  };
}

function equityAt(timesMs: readonly number[], trades: readonly BacktestTrade[]): number[] {
  let [next, equity] = [0, CASH];
  return timesMs.map((time) => {
    for (; next < trades.length && trades[next]!.closedAtMs <= time; next++)
      equity += Number(trades[next]!.pnlQuote);
    return equity;
  });
}

function madeBins(candles: number): NonNullable<SymbolReport['forecasts']['quality']>['calibration'] {
  return Array.from({length: 10}, (_, i) => {
    const [from, to] = [i / 10, (i + 1) / 10];
    if (i < 3 || i > 7) return {from, to, samples: 0, forecast: null, observed: null};
    return {
      from,
      to,
      samples: Math.round(candles / (2 + Math.abs(5 - i))),
      forecast: from + 0.05,
      observed: from + 0.04,
    };
  });
}
