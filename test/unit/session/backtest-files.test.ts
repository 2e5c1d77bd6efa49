import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {loadTradingConfig} from '../../../src/config/trading-config.js';
import type {TradingFlags} from '../../../src/config/trading-config.js';
import {simulateCandles} from '../../../src/exchange/simulate-candles.js';
import {backtestReport} from '../../../src/report/backtest-report.js';
import type {BacktestReport} from '../../../src/report/backtest-report.js';
import {backtestFiles} from '../../../src/session/backtest-files.js';
import type {BacktestRequest} from '../../../src/session/backtest-files.js';
import {proveBacktest} from '../../../src/session/prove-backtest.js';
import {replayRun} from '../../../src/session/replay-run.js';
import {reportOf} from '../../../src/session/run-report.js';
import {runSession} from '../../../src/session/run-session.js';
import {candlesToCsv} from '../../support/candle-csv.js';
import {realCandlesPath} from '../../support/candles.js';
import {rejected} from '../../support/caught.js';
import {ROOT} from '../../support/cli.js';
import {journalLines} from '../../support/journal-lines.js';
import {addonIsBuilt} from '../../support/native.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const MODELS = join(ROOT, 'models');
const HOUR = {name: '1h', ms: 3_600_000};
const WARM_UP = 649;
/** Trades often, whatever the model says. */
const FLAGS: TradingFlags = {modelsDir: MODELS, model: 'transformer', threshold: '0.5'};

function candleFile(
  directory: string,
  decisions: number,
  {
    name = 'BTC-USDT-1h.csv',
    symbol = 'BTC/USDT',
    seed = 5,
    from = 0,
  }: {name?: string; symbol?: string; seed?: number; from?: number} = {},
): string {
  const path = join(directory, name);
  const candles = [
    ...simulateCandles({symbol, timeframe: HOUR, seed, candles: WARM_UP + from + decisions}),
  ].slice(from);
  writeFileSync(path, candlesToCsv(candles));
  return path;
}

async function backtest(
  candlesFiles: readonly string[],
  {
    flags,
    environment = {},
    ...request
  }: Partial<BacktestRequest> & {flags?: TradingFlags; environment?: Record<string, string>} = {},
): Promise<BacktestReport> {
  const config = loadTradingConfig({...FLAGS, candles: candlesFiles[0], ...flags}, environment);
  return backtestFiles({config, candlesFiles, ...request});
}

describe.skipIf(!addonIsBuilt)('backtestFiles', () => {
  it('reports what the schema says, the same bytes each time', async () => {
    const file = candleFile(temporaryDirectory(), 120);
    const stages: string[] = [];
    const onProgress = (stage: string): void => {
      stages.push(stage);
    };
    const report = await backtest([file], {onProgress});
    expect(backtestReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(JSON.stringify(await backtest([file]))).toBe(JSON.stringify(report));
    const [symbol] = report.symbols;
    expect(report).toMatchObject({
      ...{format: 1, quote: 'USDT', portfolio: null},
      model: {name: 'transformer', architecture: 'transformer', horizon: 1},
      kernel: {forecasts: 'batched'},
      settings: {
        timeframe: '1h',
        threshold: 0.5,
        feeBps: 10,
        slippageBps: 2,
        startingCashQuote: 10_000,
        seed: 1,
      },
    });
    expect(symbol).toMatchObject({
      symbol: 'BTC/USDT',
      source: {file: 'BTC-USDT-1h.csv', candles: WARM_UP + 120, filledCandles: 0, gaps: 0},
      period: {warmUpCandles: WARM_UP, candles: 120, decisions: 120},
      forecasts: {made: 120, quality: {samples: 119}},
    });
    expect(symbol!.curve.timesMs).toHaveLength(121);
    expect(symbol!.trades.length).toBeGreaterThan(3);
    expect(symbol!.performance!.totalReturn).toBeCloseTo(Number(symbol!.endEquityQuote) / 10_000 - 1, 12);
    expect(Math.max(...symbol!.curve.drawdown)).toBeCloseTo(symbol!.performance!.maxDrawdown, 12);
    expect(new Set(stages)).toEqual(new Set(['forecast BTC/USDT']));
  });

  it('changes the interval of the Sharpe ratio with the seed, and nothing else', async () => {
    const file = candleFile(temporaryDirectory(), 60);
    const [one, other] = [await backtest([file]), await backtest([file], {flags: {seed: '9'}})];
    expect(other.symbols[0]!.performance!.sharpeInterval).not.toEqual(
      one.symbols[0]!.performance!.sharpeInterval,
    );
    expect(other.symbols[0]!.trades).toEqual(one.symbols[0]!.trades);
  });

  it.each(['lstm', 'transformer'])(
    'writes the journal of a paper run on the same candles, line for line: %s',
    async (model) => {
      const directory = temporaryDirectory();
      const file = candleFile(directory, 60);
      const environment = {TRADING_COOLDOWN: '0', TRADING_MAX_CONSECUTIVE_LOSSES: '0'};
      const flags = {...FLAGS, model, candles: file, symbol: 'BTC/USDT', stopLoss: '0.4', maxHolding: '6h'};
      const [paper, own] = [join(directory, 'paper'), join(directory, 'own')];
      await runSession(loadTradingConfig({...flags, stateDir: paper}, environment), {
        ...{signal: new AbortController().signal, onBegin: () => undefined},
        ...{onRecord: () => undefined, onNote: () => undefined},
      });
      const report = await backtest([file], {flags, environment, stateDirectory: own});
      expect(journalLines(own)).toEqual(journalLines(paper));
      expect(journalLines(own).at(-1)).toMatch(/^end /);
      expect(await replayRun({stateDirectory: own, modelsDirectory: MODELS})).toMatchObject({
        ok: true,
        matchedSteps: 60,
        finished: true,
      });

      // What is reported is what the journal comes to, and what forecasts in batches come to.
      expect(report.kernel.forecasts).toBe('streamed');
      const {trades, performance, summary} = reportOf(own);
      const [symbol] = report.symbols;
      expect(symbol!.trades.map(({pnlQuote}) => pnlQuote)).toEqual(trades.list.map(({pnlQuote}) => pnlQuote));
      expect(symbol!.performance!.totalReturn).toBeCloseTo(performance!.totalReturn, 12);
      expect(symbol!.orders).toBe(summary.orders);
      const batched = await backtest([file], {flags, environment});
      expect(batched.symbols[0]!.trades).toEqual(symbol!.trades);
      expect(batched.symbols[0]!.curve).toEqual(symbol!.curve);
    },
  );

  it.each(['lstm', 'transformer'])('decides as a paper run does on real candles: %s', async (model) => {
    const real = realCandlesPath('BTCUSDT-1h.csv');
    if (real === undefined) return;
    const directory = temporaryDirectory();
    const file = join(directory, 'BTCUSDT-1h.csv');
    writeFileSync(
      file,
      readFileSync(real, 'utf8')
        .split('\n')
        .slice(0, 1 + WARM_UP + 150)
        .join('\n'),
    );
    const flags = {...FLAGS, model, candles: file};
    const [paper, own] = [join(directory, 'paper'), join(directory, 'own')];
    await runSession(loadTradingConfig({...flags, stateDir: paper}, {}), {
      ...{signal: new AbortController().signal, onBegin: () => undefined},
      ...{onRecord: () => undefined, onNote: () => undefined},
    });
    await backtest([file], {flags, stateDirectory: own});
    expect(journalLines(own)).toEqual(journalLines(paper));
  });

  it('decides from --from on, warm, and up to --to', async () => {
    const directory = temporaryDirectory();
    const file = candleFile(directory, 100);
    const whole = (await backtest([file])).symbols[0]!;
    const {openTimesMs} = whole.series;
    const part = (await backtest([file], {fromMs: openTimesMs[40]!, toMs: openTimesMs[79]!})).symbols[0]!;
    expect(part.series.openTimesMs).toEqual(openTimesMs.slice(40, 80));
    expect(part.period).toMatchObject({warmUpCandles: WARM_UP, candles: 40});
    for (const [i, probability] of part.series.probabilities.entries())
      expect(probability).toBeCloseTo(whole.series.probabilities[40 + i]!, 5);
    expect((await rejected(backtest([file], {fromMs: 4e12}))).message).toContain(
      'no candle between --from and --to',
    );
    expect((await rejected(backtest([file], {fromMs: 2, toMs: 1}))).message).toContain('behind --to');
  });

  it('keeps books of its own for each symbol, and adds them up', async () => {
    const directory = temporaryDirectory();
    const btc = candleFile(directory, 60);
    const eth = candleFile(directory, 60, {name: 'ETHUSDT_1h.csv', symbol: 'ETH/USDT', seed: 8, from: 20});
    const stateDirectory = join(directory, 'state');
    const report = await backtest([btc, eth], {stateDirectory});
    const alone = await backtest([eth], {stateDirectory: join(directory, 'alone')});
    expect(report.symbols.map(({symbol}) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect(report.symbols[1]).toEqual(alone.symbols[0]);
    const {portfolio} = report;
    expect(portfolio!.startingCashQuote).toBe('20000');
    const [one, other] = report.symbols;
    expect(Number(portfolio!.endEquityQuote)).toBeCloseTo(
      Number(one!.endEquityQuote) + Number(other!.endEquityQuote),
      8,
    );
    expect(portfolio!.curve.equityQuote.at(-1)).toBeCloseTo(Number(portfolio!.endEquityQuote), 8);
    expect(portfolio!.tradeStatistics.trades).toBe(one!.trades.length + other!.trades.length);
    expect(report.warnings).toContain('ETH/USDT: transformer was trained on BTC/USDT, this is ETH/USDT');
    for (const name of ['BTC-USDT', 'ETH-USDT'])
      expect(journalLines(join(stateDirectory, name)).at(-1)).toMatch(/^end /);
  });

  it('says plainly what a result is not worth', async () => {
    const directory = temporaryDirectory();
    const file = candleFile(directory, 50);
    const few = await backtest([file]);
    expect(few.warnings.join('\n')).toMatch(/rests on \d+ round trips?: too few/);
    const silent = await backtest([file], {flags: {threshold: '0.99'}});
    expect(silent.warnings.join('\n')).toContain('no forecast crossed the threshold');
    expect(silent.symbols[0]).toMatchObject({
      ...{trades: [], openPosition: null, endEquityQuote: '10000'},
      performance: {totalReturn: 0, sharpe: null, sharpeInterval: null, sortino: null, calmar: null},
      tradeStatistics: {trades: 0, winRate: null, profitFactor: null},
    });
    const short = candleFile(directory, 0, {name: 'ETHUSDT_1h.csv', symbol: 'ETH/USDT'});
    const partly = await backtest([file, short]);
    expect(partly.warnings).toContain(
      'ETH/USDT: nothing was decided: the history is no longer than the warm-up; give more candles',
    );
    expect(partly.symbols[1]).toMatchObject({
      performance: null,
      buyAndHold: null,
      heldOut: null,
      months: [],
      trades: [],
    });
    expect(backtestReport.safeParse(JSON.parse(JSON.stringify(partly))).success).toBe(true);
  });

  it('takes a history on which nothing could be decided for an error, not for a result', async () => {
    await expect(backtest([candleFile(temporaryDirectory(), 0)])).rejects.toMatchObject({
      code: 'CANDLES_TOO_FEW',
      message: expect.stringMatching(
        /^nothing could be decided on ".*BTC-USDT-1h\.csv": a decision needs 650 candles/,
      ) as string,
    });
  });

  it('measures apart what lies behind the training, and says how much does not', async () => {
    const real = realCandlesPath('BTCUSDT-1h.csv');
    if (real === undefined) return;
    const fromMs = Date.parse('2024-01-21T00:00:00Z');
    const report = await backtest([real], {fromMs, toMs: fromMs + 119 * HOUR.ms});
    const {training, heldOut, performance} = report.symbols[0]!;
    // Held out from 2024-01-23T04:00 on: 52 of 120 candles before it.
    expect(training).toMatchObject({sameSymbol: true, seenCandles: 52, seenShare: 52 / 120});
    expect(heldOut!.performance.candles).toBe(68);
    expect(performance!.candles).toBe(120);
    expect(report.warnings.join('\n')).toContain('43.3% of the candles lie before 2024-01-23T04:00:00.000Z');
    const seen = await backtest([real], {fromMs: fromMs - 100 * HOUR.ms, toMs: fromMs - 90 * HOUR.ms});
    expect(seen.symbols[0]!.heldOut).toBeNull();
    expect(seen.warnings.join('\n')).toContain('trained on all of these candles');
  });

  it('refuses what cannot be told apart or added up', async () => {
    const directory = temporaryDirectory();
    const file = candleFile(directory, 5);
    const unnamed = candleFile(directory, 5, {name: 'candles.csv'});
    const refusal = async (files: readonly string[], symbols?: readonly string[]) => {
      const {code, message} = (await rejected(backtest(files, {symbols}))) as {
        code?: string;
        message: string;
      };
      return `${String(code)} ${message}`;
    };
    expect(await refusal([])).toContain('USAGE no candle file');
    expect(await refusal([file, unnamed])).toMatch(/USAGE .* are both taken for BTC\/USDT/);
    expect(await refusal([file, unnamed], ['BTC/USDT'])).toContain(
      'USAGE --symbol was given "1" times for 2',
    );
    expect(await refusal([file, unnamed], ['BTC/USDT', 'ETH/EUR'])).toMatch(
      /CONFIG_INVALID the quote .* was "EUR"/,
    );
    const daily = join(directory, 'ETH-USDT-1d.csv');
    writeFileSync(daily, 'timestamp,open,high,low,close,volume\n0,1,1,1,1,1\n86400000,1,1,1,1,1\n');
    expect(await refusal([file, daily])).toMatch(/CONFIG_INVALID the timeframe .* was "1d", want 1h/);
    expect((await backtest([unnamed])).warnings[0]).toContain('"candles.csv" is taken for BTC/USDT');
  });

  it('never writes into the journal of another run, and leaves none locked behind', async () => {
    const directory = temporaryDirectory();
    const file = candleFile(directory, 3);
    const stateDirectory = join(directory, 'state');
    await backtest([file], {stateDirectory});
    const before = journalLines(stateDirectory);
    for (let i = 0; i < 2; i++)
      expect(await rejected(backtest([file], {stateDirectory}))).toMatchObject({code: 'STATE_MISMATCH'});
    expect(journalLines(stateDirectory)).toEqual(before);
  });

  it('stops at an abort, and says what is left', async () => {
    const directory = temporaryDirectory();
    const file = candleFile(directory, 200);
    const stopping = (stage: string): Partial<BacktestRequest> => {
      const controller = new AbortController();
      return {
        signal: controller.signal,
        onProgress: (now) => {
          if (now.startsWith(stage)) controller.abort();
        },
      };
    };
    expect(await rejected(backtest([file], stopping('forecast')))).toMatchObject({code: 'INTERRUPTED'});
    const stateDirectory = join(directory, 'state');
    const {message} = await rejected(backtest([file], {...stopping('trade'), stateDirectory}));
    expect(message).toContain(`the journal in "${stateDirectory}" holds what was decided so far`);
    expect(journalLines(stateDirectory).at(-1)).not.toMatch(/^end /);
  });

  it('takes sentiment, and says where there was none', async () => {
    const directory = temporaryDirectory();
    const file = candleFile(directory, 5);
    const sentiment = join(directory, 'fng.csv');
    writeFileSync(sentiment, 'timestamp,value\n2030-01-01,20\n');
    const {warnings, settings} = await backtest([file], {flags: {sentiment}});
    expect(settings.sentiment).toBe('file');
    expect(warnings.join('\n')).toContain('fear_greed_index is the neutral 50 on');
  });

  it('proves that no decision looks ahead, at places that the seed chooses', async () => {
    const file = candleFile(temporaryDirectory(), 80);
    const prove = (seed: string) =>
      proveBacktest({
        config: loadTradingConfig({...FLAGS, candles: file, seed}, {}),
        candlesFiles: [file],
        cuts: 3,
      });
    const proof = await prove('1');
    expect(proof).toMatchObject({ok: true, seed: 1, symbols: [{symbol: 'BTC/USDT', lookAheads: []}]});
    const [symbol] = proof.symbols;
    expect(symbol!.cutsMs).toHaveLength(3);
    expect(symbol!.decisions).toBeGreaterThan(3);
    expect(symbol!.lines).toBeGreaterThan(symbol!.decisions);
    expect(symbol!.largestForecastDifference).toBeLessThan(1e-6);
    expect(await prove('1')).toEqual(proof);
    expect((await prove('2')).symbols[0]!.cutsMs).not.toEqual(symbol!.cutsMs);
  });
});
