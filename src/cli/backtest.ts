import type {Command} from 'commander';
import {DlTradeError} from '../domain/errors.js';
import {AtomicFile} from '../files/atomic-file.js';
import {requireDifferentFiles} from '../files/require-different-files.js';
import type {TradingFlags} from '../index.js';
import {backtestLines, proofLines} from './backtest-lines.js';
import {countFlag} from './number-flag.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';
import {SENTIMENT_HELP} from './sentiment-help.js';
import {timeFlag} from './time-flag.js';

const HELP = `
Examples:
  $ dl-trade backtest --model lstm --candles BTCUSDT-1h.csv
  $ dl-trade backtest --model lstm --candles BTCUSDT-1h.csv --from 2024-01-23 --threshold 0.55
  $ dl-trade backtest --model lstm --candles BTCUSDT-5m.csv --candles ETHUSDT-5m.csv --json --out result.json
  $ dl-trade backtest --model lstm --candles BTCUSDT-1h.csv --state-dir journals/first     and then: dl-trade replay --state-dir …
  $ dl-trade backtest --model lstm --candles BTCUSDT-1h.csv --report out.html     a page to look at
  $ dl-trade backtest --model lstm --candles BTCUSDT-1h.csv --prove

The engine, the decisions, the risk audit and the ledger are those of a run; an order that is decided at a close fills at the next open,
with fee and slippage. Every TRADING_ variable and limit holds as for a run (dl-trade --help, docs/risk.md). The first 650 candles
or so warm up and count for nothing; with --from those before it do. Each file is a symbol with books of its own, named by the file
(BTC-USDT-5m.csv, ETHUSDT_5m.csv) or by --symbol, once for each file in order; together they make a portfolio.

All forecasts are computed in one pass. With --state-dir candles go one by one as in a run, which takes longer, and the journal is the
one that a run would write: status, report and replay read it.

--prove prints what it tried; the exit code is 1 where a past decision changed, which would be a defect of dl-trade.

What every number means, and the schema of --json: docs/backtest.md.`;

interface BacktestOptions extends Omit<TradingFlags, 'candles' | 'symbol'> {
  readonly model: string;
  readonly candles: readonly string[];
  readonly symbol?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly report?: string;
  readonly trades?: string;
  readonly prove?: true;
  readonly cuts?: number;
  readonly json?: true;
}

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `dl-trade backtest`: what a model would have traded on recorded candles. */
export function addBacktestCommand(program: Command): Command {
  return program
    .command('backtest')
    .description(
      'trade a model over recorded candles through the engine of a run, and measure what came of it',
    )
    .requiredOption('--model <name>', 'a name under models/, or a path')
    .requiredOption('--candles <file>', 'candles: CSV, .csv.gz or Parquet; once for each symbol', several)
    .option('--symbol <symbol>', 'what the file is of, such as BTC/USDT (default: its name says)', several)
    .option('--from <time>', 'first candle to decide on, such as 2024-01-23 (default: the first warm one)')
    .option('--to <time>', 'last candle, by its open time (default: the last one)')
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option('--threshold <p>', 'buy above it, sell below 1 - it (default: the manifest decides)')
    .option('--stop-loss <pct>', 'close at a loss of so many percent of the entry price (default: never)')
    .option(
      '--resting-stop',
      'the stop loss fills inside candles, as a stop order that rests at the exchange',
    )
    .option('--take-profit <pct>', 'close at a gain of so many percent of the entry price (default: never)')
    .option(
      '--trailing-stop <pct>',
      'close so many percent below the best close since the entry (default: never)',
    )
    .option('--max-holding <time>', 'close after so long, such as 90m, 12h or 3d (default: never)')
    .option('--cash <quote>', 'what the books of each symbol start with (default: 10000)')
    .option('--fee-bps <bps>', 'fee of a fill in basis points (default: 10)')
    .option('--slippage-bps <bps>', 'slippage of a fill in basis points (default: 2)')
    .option('--sentiment <source>', SENTIMENT_HELP)
    .option('--seed <n>', 'seed of the interval of the Sharpe ratio (default: 1)')
    .option('--state-dir <dir>', 'write the journal that a run would (default: none is kept)')
    .option('--trades <file>', 'write the round trips as CSV')
    .option(
      '--prove',
      'prove instead that no decision looks ahead: cut the history at random places and run again',
    )
    .option('--cuts <n>', 'places at which --prove cuts (default: 5)', countFlag)
    .option('--out <file>', 'write the whole result as JSON')
    .option('--report <file>', 'write it as a page to look at: one HTML file that loads nothing')
    .option('--json', 'print the whole result as JSON')
    .addHelpText('after', HELP)
    .action(async (options: BacktestOptions) => {
      await runAction(async ({print, note, signal}) => {
        const written = {'--out': options.out, '--trades': options.trades, '--report': options.report};
        requireMeaning(options, written);
        await requireDifferentFiles(written);
        const {backtestFiles} = await import('../session/backtest-files.js');
        const {backtestPage} = await import('../report/page/backtest-page.js');
        const {loadTradingConfig} = await import('../config/trading-config.js');
        const {proveBacktest} = await import('../session/prove-backtest.js');
        const {tradesCsv} = await import('../report/trades-csv.js');
        const {candles, symbol: symbols, ...flags} = options;
        const request = {
          config: loadTradingConfig({...flags, candles: candles[0]}, process.env),
          candlesFiles: candles,
          symbols,
          fromMs: timeFlag('--from', options.from),
          toMs: timeFlag('--to', options.to),
          stateDirectory: options.stateDir,
          signal,
        };
        const bar = new StageProgress();
        const onProgress = (stage: string, done: number, total: number): void => {
          bar.update(stage, done, total);
        };
        const end = (): void => {
          bar.end();
        };
        if (options.prove === true) {
          const proof = await proveBacktest({...request, onProgress, cuts: options.cuts}).finally(end);
          if (options.json === true) print(JSON.stringify(proof));
          else for (const line of proofLines(proof)) print(line);
          return proof.ok ? 0 : 1;
        }
        const outputs = new Outputs();
        const report = await outputs.whole(async () => {
          await outputs.open(Object.values(written));
          const found = await backtestFiles({...request, onProgress, outputs: written}).finally(end);
          await outputs.write(options.out, `${JSON.stringify(found)}\n`);
          await outputs.write(options.trades, tradesCsv(found));
          if (options.report !== undefined) await outputs.write(options.report, backtestPage(found));
          return found;
        });
        for (const warning of report.warnings) note(`warning: ${warning}`);
        if (options.json === true) print(JSON.stringify(report));
        else for (const line of backtestLines(report)) print(line);
        return 0;
      });
    });
}

/** @throws USAGE for a flag that would do nothing */
function requireMeaning(
  {prove, cuts}: BacktestOptions,
  written: Readonly<Record<string, string | undefined>>,
): void {
  if (prove !== true && cuts !== undefined)
    throw new DlTradeError('USAGE', `--cuts was "${cuts}" without --prove, which cuts; give both or neither`);
  const [flag] = Object.entries(written).find(([, path]) => path !== undefined) ?? [];
  if (prove !== true || flag === undefined) return;
  throw new DlTradeError(
    'USAGE',
    `${flag} was given with --prove, which writes no file and prints what it tried; leave one of them out`,
  );
}

/** The files that a backtest writes. They are begun before the work, so that a wrong path costs no time, and come into being behind it,
 *  all whole or none. */
class Outputs {
  readonly #files = new Map<string, AtomicFile>();

  async open(paths: readonly (string | undefined)[]): Promise<void> {
    for (const path of paths) if (path !== undefined) this.#files.set(path, await AtomicFile.create(path));
  }

  async write(path: string | undefined, text: string): Promise<void> {
    if (path !== undefined) await this.#files.get(path)?.write(text);
  }

  async whole<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      for (const file of this.#files.values()) await file.commit();
      return result;
    } finally {
      for (const file of this.#files.values()) await file.abort();
    }
  }
}

/** A bar for one stage after the other. */
class StageProgress {
  #stage: string | undefined;
  #progress: Progress | undefined;

  update(stage: string, done: number, total: number): void {
    if (stage !== this.#stage) {
      this.#progress?.end();
      this.#progress = new Progress(stage, total);
      this.#stage = stage;
    }
    this.#progress?.update(done);
  }

  end(): void {
    this.#progress?.end();
  }
}
