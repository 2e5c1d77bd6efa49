import type {Command} from 'commander';
import {DlTradeError, ERROR_CODES} from '../domain/errors.js';
import type {TradingConfig, TradingFlags} from '../index.js';
import {Progress} from './progress.js';
import {headerLines} from './header-lines.js';
import {lineOf, summaryLines, switchNote} from './run-lines.js';
import {runAction} from './run-action.js';
import {SENTIMENT_HELP} from './sentiment-help.js';

const HELP = `
Examples:
  $ dl-trade --model lstm                                 paper trading on the embedded simulated market
  $ dl-trade --model lstm --speed max --max-candles 500   the same, at full speed, bounded
  $ dl-trade --model transformer --candles btc.csv        replay a file, with paper orders
  $ dl-trade --model lstm --candles btc.csv --json        print the summary alone, as JSON
  $ dl-trade --model lstm --provider binance              paper trading on the exchange's real market, as it goes
  $ dl-trade --model lstm --provider binance --mode live --confirm-live binance --cash 500     orders at its test network

Settings from the environment: TRADING_PROVIDER, TRADING_MAX_POSITION_SIZE_USD (1000), TRADING_MAX_DAILY_DRAWDOWN_PCT (5),
TRADING_MAX_OPEN_POSITIONS (3), TRADING_DECISION_THRESHOLD, TRADING_STOP_LOSS_PCT, TRADING_RESTING_STOP (false),
TRADING_TAKE_PROFIT_PCT, TRADING_TRAILING_STOP_PCT, TRADING_MAX_HOLDING, TRADING_SENTIMENT (none), ALTERNATIVE_ME_BASE_URL, DL_TRADE_LOG_LEVEL (warn);
every other limit of the risk audit: docs/risk.md. A flag goes before a variable.

Every candle, decision, order and fill goes to a journal in the state directory. A run that was stopped or killed goes on
where it was when it is started again with the same settings; a finished one begins anew in a fresh directory.

dl-trade halt stops it from opening anything, within a second; the run goes on and watches what it holds.

Exit codes: 0 ok, 1 unexpected, 2 usage or configuration, 3 data, 4 model or native, 5 exchange, 6 ended while halted.`;

/** The program's own action: run the strategy. */
export function addRunOptions(program: Command): void {
  program
    .option('--model <name>', 'lstm, transformer, or a path to a model', 'lstm')
    .option('--candles <file>', 'replay a candle file instead of trading at a provider')
    .option('--provider <id>', 'where to trade; sim is the embedded simulated market (default: sim)')
    .option(
      '--symbol <symbol>',
      'such as BTC/USDT (default: what the name of the file says, else what the model was trained on)',
    )
    .option('--timeframe <frame>', "such as 5m or 1h (default: the file's own, else the model's)")
    .option('--mode <mode>', 'paper or live (default: paper)')
    .option('--confirm-live <id>', 'the exchange that live orders go to, once more')
    .option('--state-dir <dir>', 'where the journal lies (default: a fresh one below .dl-trade/)')
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option(
      '--max-candles <n>',
      'stop after so many decided candles in all, those of earlier starts included',
    )
    .option('--speed <n>', 'candle time over real time, or max (default: a candle a second; max for a file)')
    .option('--threshold <p>', 'buy above it, sell below 1 - it (default: the manifest decides)')
    .option('--stop-loss <pct>', 'close at a loss of so many percent of the entry price (default: never)')
    .option(
      '--resting-stop',
      'the stop loss rests at the exchange as well, where it needs this process no more (with --stop-loss)',
    )
    .option('--take-profit <pct>', 'close at a gain of so many percent of the entry price (default: never)')
    .option(
      '--trailing-stop <pct>',
      'close so many percent below the best close since the entry (default: never)',
    )
    .option('--max-holding <time>', 'close after so long, such as 90m, 12h or 3d (default: never)')
    .option('--sentiment <source>', SENTIMENT_HELP)
    .option('--seed <n>', 'seed of the simulated market (default: 1)')
    .option(
      '--cash <quote>',
      'what a paper account starts with, or may be used of a real one (default: 10000)',
    )
    .option('--fee-bps <bps>', 'fee of a paper fill in basis points (default: 10)')
    .option('--slippage-bps <bps>', 'slippage of a paper fill in basis points (default: 2)')
    .option('--log-level <level>', 'debug, info, warn, error or silent: JSON lines on stderr (default: warn)')
    .option('--json', 'print the summary as JSON and nothing else')
    .addHelpText('after', HELP)
    .allowExcessArguments()
    .action(async (options: TradingFlags & {json?: true; logLevel?: string}, command: Command) => {
      await runAction(async ({print, note, signal}) => {
        await requireNoOperand(command);
        const {loadTradingConfig} = await import('../config/trading-config.js');
        const {runSession} = await import('../session/run-session.js');
        const {createLogger, logRecord} = await import('./logger.js');
        const config = loadTradingConfig(options, process.env);
        requireOneSource(options, config);
        const json = options.json === true;
        const logger =
          options.logLevel === undefined
            ? createLogger(process.env['DL_TRADE_LOG_LEVEL'] || 'warn', 'DL_TRADE_LOG_LEVEL')
            : createLogger(options.logLevel, '--log-level');
        const progress = new Progress('run', undefined);
        let candles = 0;
        const warn = (text: string): void => {
          // A person reads sentences; whatever collects a log reads lines of JSON.
          if (process.stderr.isTTY) note(`warning: ${text}`);
          else logger.warn(text);
        };
        const result = await runSession(
          config,
          {
            signal,
            onNote: warn,
            onBegin(header) {
              logger.info(header, 'run begins');
              if (json) return;
              for (const line of headerLines(header)) print(line);
            },
            onRecord(record, context) {
              logRecord(logger, record);
              const said = switchNote(record, context.stateDirectory);
              if (said !== undefined) warn(said);
              if (json) {
                if (record.kind === 'decided' || record.kind === 'warming-up') progress.update(++candles);
                return;
              }
              const line = lineOf(record, context);
              if (line !== undefined) print(line);
            },
          },
          process.env,
        );
        progress.end();
        logger.info({finished: result.finished, summary: result.summary}, 'run ends');
        if (json) print(JSON.stringify(result));
        else for (const line of summaryLines(result.summary, result)) print(line);
        if (result.halted) warn('the run ended while it was halted: the exit code is 6');
        return result.halted ? ERROR_CODES.RISK_HALTED.exitCode : 0;
      });
    });
}

async function requireNoOperand({args: [operand], commands}: Command): Promise<void> {
  if (operand === undefined) return;
  const {unknownCommand} = await import('./unknown-command.js');
  throw unknownCommand(
    operand,
    commands.map((command) => command.name()),
  );
}

/** An exchange that is named is meant, and a file has none. The paper account is that of a file as well. */
function requireOneSource({candles, provider: named}: TradingFlags, {provider}: TradingConfig): void {
  if (candles === undefined || named === undefined || provider === 'sim') return;
  throw new DlTradeError(
    'USAGE',
    `--provider was "${named}" beside --candles, which replays a file and trades nowhere; leave one of them out`,
  );
}
