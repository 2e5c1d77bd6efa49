import type {Model} from '../model/model-persistence.js';

/** What to say where a model is asked about another market than it was trained on: what was measured of it was measured there.
 *  @param timeframe name of it */
export function trainedElsewhere(
  {name, manifest: {trainedOn}}: Pick<Model, 'name' | 'manifest'>,
  {symbol, timeframe}: {readonly symbol: string; readonly timeframe: string},
): string[] {
  if (symbol === trainedOn.symbol && timeframe === trainedOn.timeframe) return [];
  return [
    `${name} was trained on ${trainedOn.symbol} ${trainedOn.timeframe}, these candles are ${symbol} ${timeframe}: what was measured of it does not hold for them`,
  ];
}
