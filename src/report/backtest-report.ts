import {z} from 'zod';

const ms = z.number().int().describe('ms since 1970, UTC');
const count = z.number().int().min(0);
const fraction = z.number();
/** Money and quantities keep every digit. */
const amount = z.string().describe('exact decimal');
const sha256 = z.string();
const reason = z.string();

const interval = z.strictObject({
  low: z.number(),
  high: z.number(),
  confidence: fraction,
  resamples: count,
  blockCandles: count.describe('candles of a block of the bootstrap'),
});

/** The deepest fall of an equity curve. */
const drawdownSpan = z.strictObject({
  peakMs: ms,
  troughMs: ms,
  recoveredMs: ms.nullable().describe('first time back at the peak; null where it never was'),
  lengthMs: z.number().describe('from the peak to the recovery, or to the end of the curve'),
});

/** What an equity curve is worth: src/report/performance.ts and curve-performance.ts define each. */
const curvePerformance = z.strictObject({
  candles: count,
  totalReturn: fraction,
  annualisedReturn: fraction.nullable().describe('null for less than a day'),
  annualisedVolatility: fraction,
  sharpe: z.number().nullable(),
  sharpeInterval: interval.nullable().describe('null where there is too little to resample'),
  sortino: z.number().nullable(),
  calmar: z.number().nullable(),
  maxDrawdown: fraction,
  deepestDrawdown: drawdownSpan.nullable().describe('null where equity never fell'),
  longestDrawdownMs: z.number().describe('longest time below an earlier peak'),
});

/** What round trips are worth: src/report/trade-statistics.ts defines each. */
const tradeStatistics = z.strictObject({
  trades: count.describe('closed round trips: what all of it rests on'),
  won: count,
  lost: count,
  winRate: fraction.nullable(),
  profitFactor: z.number().nullable().describe('null where nothing was lost'),
  expectancyQuote: z.number().nullable().describe('mean profit of a trade after fees'),
  expectancyReturn: fraction.nullable().describe('the same over what the entry cost'),
  averageWinQuote: z.number().nullable(),
  averageLossQuote: z.number().nullable().describe('below 0'),
  meanHoldingMs: z.number().nullable(),
  pnlQuote: amount.describe('of closed trades, after fees'),
  feesPaidQuote: amount.describe('of all fills'),
  fills: count,
  tradedQuote: amount.describe('notional of all fills'),
  turnover: z.number().describe('traded notional over mean equity'),
  turnoverPerYear: z.number(),
  exposure: fraction.describe('share of candles at whose close something was held'),
});

/** N + 1 points for N candles: at the open of the first decided one, then at every close. */
const curve = z.strictObject({
  timesMs: z.array(ms),
  equityQuote: z.array(z.number()),
  drawdown: z.array(fraction).describe('1 - equity / highest equity so far'),
  buyAndHoldQuote: z.array(z.number()),
});

const month = z.strictObject({
  month: z.string().describe('YYYY-MM, UTC'),
  candles: count,
  totalReturn: fraction,
  buyAndHoldReturn: fraction,
  trades: count.describe('closed in it'),
  pnlQuote: amount.describe('of those, after fees'),
});

const account = {
  startingCashQuote: amount,
  endEquityQuote: amount.describe('marked at the last close'),
  performance: curvePerformance.nullable().describe('null where nothing was decided'),
  /** Bought at the second decided candle's open with the size, fee and slippage of a position, held to the end. */
  buyAndHold: curvePerformance.nullable(),
  tradeStatistics,
  curve,
  months: z.array(month),
};

const trade = z.strictObject({
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  openedAtMs: ms,
  closedAtMs: ms,
  holdingMs: z.number(),
  quantityBase: amount,
  averageEntryPrice: amount.describe('weighted by quantity, slippage included, before fees'),
  averageExitPrice: amount,
  grossPnlQuote: amount.describe('before fees'),
  feesQuote: amount,
  pnlQuote: amount.describe('after fees'),
  returnOnEntry: fraction.describe('pnlQuote over what the entry cost'),
  entryReason: reason.describe('what asked for the order that opened it: open-buy, open-sell'),
  exitReason: reason.describe(
    'what asked for the order that closed it: close-sell, stop-loss, take-profit …',
  ),
});

const openPosition = z.strictObject({
  side: z.enum(['long', 'short']),
  openedAtMs: ms,
  quantityBase: amount,
  averageEntryPrice: amount,
  unrealisedPnlQuote: amount.describe('at the last close, before the costs of closing'),
});

const calibrationBin = z.strictObject({
  from: fraction,
  to: fraction,
  samples: count,
  forecast: fraction.nullable().describe('mean probability'),
  observed: fraction.nullable().describe('share that rose'),
});

/** How good the forecasts were, whatever was traded on them. */
const forecastQuality = z.strictObject({
  samples: count.describe('forecasts whose outcome is in the file'),
  accuracy: fraction,
  baseRate: fraction.describe('what always saying the more frequent outcome scores'),
  logLoss: z.number().describe('always saying one half scores 0.6931'),
  brierScore: z.number().describe('always saying one half scores 0.25'),
  expectedCalibrationError: fraction,
  calibration: z.array(calibrationBin),
});

/** What the model may have seen of these candles, by its manifest. */
const training = z.strictObject({
  sameSymbol: z.boolean(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  heldOutFrom: z
    .string()
    .nullable()
    .describe('everything before it may have been seen; null where nobody knows'),
  seenCandles: count.nullable().describe('decided candles before that; null where nobody knows'),
  seenShare: fraction.nullable(),
});

/** The part behind what the model was trained and selected on. */
const heldOut = z.strictObject({
  fromMs: ms,
  performance: curvePerformance,
  buyAndHold: curvePerformance,
  tradeStatistics: tradeStatistics.describe('of trades opened in it'),
});

const symbolReport = z.strictObject({
  symbol: z.string(),
  /** What was read. */
  source: z.strictObject({
    file: z.string().describe('name without its folder'),
    sha256,
    candles: count.describe('read, filled ones included'),
    filledCandles: count,
    gaps: count.describe('too long to fill'),
    fromMs: ms,
    toMs: ms.describe('open time of the last candle'),
  }),
  /** What was traded: from the first decided candle on. */
  period: z.strictObject({
    warmUpCandles: count.describe('taken in before the first decision'),
    candles: count,
    decisions: count,
    firstDecisionMs: ms.nullable(),
    lastDecisionMs: ms.nullable(),
  }),
  training,
  ...account,
  heldOut: heldOut.nullable().describe('null where no decided candle lies behind, or nobody knows'),
  signals: z.strictObject({buy: count, sell: count, neutral: count}),
  orders: count,
  refusals: z
    .record(z.string(), z.record(z.string(), count))
    .describe('refused orders, check of the risk audit -> reason -> how often'),
  unfilledOrders: z
    .record(z.string(), count)
    .describe("orders that were not filled whole, by the venue's reason"),
  trades: z.array(trade),
  openPosition: openPosition.nullable(),
  /** Of the candles that were traded through, [N] each. */
  series: z.strictObject({
    openTimesMs: z.array(ms),
    opens: z.array(z.number()),
    highs: z.array(z.number()),
    lows: z.array(z.number()),
    closes: z.array(z.number()),
    probabilities: z.array(z.number().nullable()).describe('null where there was no forecast, behind a gap'),
  }),
  forecasts: z.strictObject({
    made: count,
    lowest: fraction.nullable(),
    highest: fraction.nullable(),
    quality: forecastQuality.nullable().describe('null where no outcome is known'),
  }),
});

/** The result of a backtest: all that `--json` prints and a page needs, without the time or the place that it was made at, so
 *  that the same input gives the same bytes. docs/backtest.schema.json is made of it. */
export const backtestReport = z.strictObject({
  format: z.literal(1),
  dlTrade: z.string().describe('version'),
  model: z.strictObject({
    name: z.string(),
    architecture: z.enum(['bilstm', 'transformer']),
    weightsSha256: sha256,
    manifestSha256: sha256,
    featureSchema: z.strictObject({id: z.string(), hash: sha256}),
    sequenceLength: count,
    horizon: count.describe('candles that a forecast looks ahead'),
    decisionThreshold: fraction.describe("the manifest's"),
    trainedOn: z.strictObject({
      symbol: z.string(),
      timeframe: z.string(),
      source: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      rows: count.nullable(),
      heldOutFrom: z.string().nullable(),
    }),
    card: z.strictObject({
      summary: z.string(),
      limitations: z.array(z.string()),
      notes: z.string().nullable(),
    }),
  }),
  kernel: z.strictObject({
    name: z.string().describe('what computed the logits: fused-1, or naive (docs/inference.md)'),
    libtorch: z.string(),
    isa: z.string(),
    threads: count,
    forecasts: z
      .enum(['batched', 'streamed'])
      .describe(
        'whole history at once, or a candle at a time as a run does: of the kernel naive the last bits may differ',
      ),
  }),
  settings: z.strictObject({
    timeframe: z.string(),
    from: ms.nullable().describe('asked for: first candle to decide on'),
    to: ms.nullable().describe('asked for: last candle'),
    threshold: fraction.describe('buy above it, sell below 1 - it'),
    feeBps: z.number(),
    slippageBps: z.number(),
    startingCashQuote: z.number().describe('of each symbol'),
    maxPositionSizeQuote: z.number(),
    limits: z.record(z.string(), z.number()),
    exits: z.record(z.string(), z.union([z.number(), z.boolean()])),
    sentiment: z.string(),
    seed: count.describe('of the bootstrap'),
  }),
  quote: z.string().describe('currency of every amount of quote'),
  symbols: z.array(symbolReport).min(1),
  portfolio: z
    .strictObject(account)
    .nullable()
    .describe('the books of all symbols added up; null where there is one symbol, whose books are all'),
  warnings: z.array(z.string()),
});

/** One backtest, checked. */
export type BacktestReport = Readonly<z.output<typeof backtestReport>>;
/** One symbol of a backtest, with books of its own. */
export type SymbolReport = Readonly<z.output<typeof symbolReport>>;
/** Equity, candle by candle. */
export type ReportedCurve = Readonly<z.output<typeof curve>>;
/** The measures of an equity curve; docs/backtest.md defines each. */
export type CurvePerformance = Readonly<z.output<typeof curvePerformance>>;
/** The measures of round trips. */
export type TradeStatistics = Readonly<z.output<typeof tradeStatistics>>;
/** One round trip. */
export type BacktestTrade = Readonly<z.output<typeof trade>>;
/** One month of an equity curve. */
export type MonthReport = Readonly<z.output<typeof month>>;
