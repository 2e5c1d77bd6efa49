import type {BacktestReport, SymbolReport} from '../report/backtest-report.js';

/** Below so many round trips a ratio says next to nothing. */
const FEW_TRADES = 30;

/** What a reader should know of one symbol's result before believing it, a plain sentence each.
 *  @param model what forecast
 *  @param settings what it was asked for with */
export function backtestWarnings(
  report: SymbolReport,
  {name, trainedOn}: Pick<BacktestReport['model'], 'name' | 'trainedOn'>,
  {threshold}: Pick<BacktestReport['settings'], 'threshold'>,
): string[] {
  const {period, signals, forecasts, training, tradeStatistics, openPosition} = report;
  if (period.decisions === 0)
    return ['nothing was decided: the history is no longer than the warm-up; give more candles'];
  const warnings: string[] = [];
  if (signals.buy + signals.sell === 0) {
    warnings.push(
      `no forecast crossed the threshold: probabilities lay in [${digits(forecasts.lowest)}, ${digits(forecasts.highest)}], a buy needs more than ${threshold}; try --threshold with a lower value`,
    );
  } else if (tradeStatistics.trades < FEW_TRADES) {
    warnings.push(
      `all of it rests on ${counted(tradeStatistics.trades, 'round trip')}: too few to tell skill from luck`,
    );
  }
  warnings.push(...trainingWarnings(report, name));
  if (!training.sameSymbol)
    warnings.push(`${name} was trained on ${trainedOn.symbol}, this is ${report.symbol}`);
  if (openPosition !== null)
    warnings.push(
      'a position is still open at the end: its profit so far is in the equity, not in the trades',
    );
  return warnings;
}

function trainingWarnings({training, heldOut}: SymbolReport, name: string): string[] {
  const {seenCandles, seenShare, heldOutFrom} = training;
  if (seenCandles === null || seenShare === null)
    return [
      `${name} does not say which candles it was trained on: the result may be of candles that it has seen`,
    ];
  if (seenCandles === 0) return [];
  const share = `${(seenShare * 100).toFixed(1)}%`;
  return [
    heldOut === null
      ? `${name} was trained on all of these candles: the result flatters and proves nothing`
      : `${share} of the candles lie before ${heldOutFrom ?? ''}, from where on ${name} has seen none: the result flatters; the part behind is measured apart`,
  ];
}

function digits(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
