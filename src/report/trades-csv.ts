import type {BacktestReport, BacktestTrade} from './backtest-report.js';

const COLUMNS = [
  ...['symbol', 'side', 'openedAtMs', 'closedAtMs', 'holdingMs', 'quantityBase'],
  ...['averageEntryPrice', 'averageExitPrice', 'grossPnlQuote', 'feesQuote', 'pnlQuote', 'returnOnEntry'],
  ...['entryReason', 'exitReason'],
] as readonly (keyof BacktestTrade)[];

/** The round trips of a backtest as CSV, a line each in the order in which they closed; amounts keep every digit. */
export function tradesCsv({symbols}: Pick<BacktestReport, 'symbols'>): string {
  const trades = symbols.flatMap(({trades: own}) => own).sort((a, b) => a.closedAtMs - b.closedAtMs);
  const lines = trades.map((trade) => COLUMNS.map((column) => String(trade[column])).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\n')}\n`;
}
