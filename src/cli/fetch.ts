import type {Command} from 'commander';
import type {FetchSummary} from '../index.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';

const EXAMPLES = `
Examples:
  $ dl-trade fetch --provider binance --symbol BTC/USDT --timeframe 1h --since 2021-01-01 --out btc-1h.csv
  $ dl-trade fetch --provider binance --symbol BTC/USDT --timeframe 1h --out btc-1h.csv      (what has closed since)
  $ dl-trade fetch --provider kraken --symbol ETH/USD --timeframe 1d --since 2024-01-01 --out eth.parquet --json

Closed candles alone, by the exchange's clock. A fetch that was stopped or killed leaves <file>.part, and the same command goes
on from there; a finished file is gone on with too, once its last candle proves to be the exchange's. Gaps are reported, not filled.
Market data is public: the real market is asked, without credentials, whatever TRADING_TESTNET says; --testnet asks the test network.

Settings from the environment: TRADING_PROVIDER, {PROVIDER}_BASE_URL (such as BINANCE_BASE_URL).`;

interface FetchOptions {
  readonly provider?: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly since?: string;
  readonly until?: string;
  readonly out: string;
  readonly testnet?: true;
  readonly json?: true;
}

/** `dl-trade fetch`: candles of an exchange into a file. */
export function addFetchCommand(program: Command): Command {
  return program
    .command('fetch')
    .description('fetch the candles of a market from an exchange into a file, or go on with one')
    .option('--provider <id>', 'an exchange by its ccxt id (default: TRADING_PROVIDER)')
    .requiredOption('--symbol <symbol>', 'a spot market such as BTC/USDT')
    .requiredOption('--timeframe <frame>', 'such as 5m, 1h or 1d')
    .option('--since <time>', 'where to begin, UTC; needed for a new file')
    .option(
      '--until <time>',
      'where to end: the last candle opens before (default: the last that has closed)',
    )
    .requiredOption('--out <file>', 'where the candles go: .csv.gz, .parquet, else CSV')
    .option('--testnet', "ask the exchange's test network")
    .option('--json', 'print what the file holds as JSON, every gap included')
    .addHelpText('after', EXAMPLES)
    .action(async (options: FetchOptions) => {
      await runAction(async ({print, note, signal}) => {
        const {fetchCandles} = await import('../session/fetch-candles.js');
        const progress = new Progress('fetch', undefined);
        const summary = await fetchCandles({
          ...options,
          environment: process.env,
          signal,
          onProgress: (done, total) => {
            progress.update(done, total);
          },
          onNote: (text) => {
            progress.end();
            note(text);
          },
        }).finally(() => {
          progress.end();
        });
        for (const warning of summary.warnings) note(`warning: ${warning}`);
        if (options.json === true) print(JSON.stringify(summary));
        else for (const line of summaryLines(summary)) print(line);
      });
    });
}

function summaryLines({gaps, longestGap, ...summary}: FetchSummary): string[] {
  const {candles, fetched, symbol, timeframe, provider, testnet, out} = summary;
  const place = testnet ? `${provider}'s test network` : provider;
  return [
    `${count(candles)} candles of ${symbol} ${timeframe} from ${place}, ${time(summary.firstMs)} to ${time(summary.lastMs)}`
      + ` (${count(fetched)} new) -> ${out}`,
    longestGap === null
      ? 'no gaps'
      : `${count(gaps.length)} gap${gaps.length === 1 ? '' : 's'}, ${count(summary.missing)} candles missing, the longest`
        + ` of ${count(longestGap.missing)} from ${time(longestGap.fromMs)} to ${time(longestGap.toMs)}`,
  ];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
