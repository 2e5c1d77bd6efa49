import {z} from 'zod';
import {backtestReport} from '../../src/report/backtest-report.js';

/** The text of docs/backtest.schema.json: the JSON Schema of what `dl-trade backtest --json` prints. */
export function backtestSchema(): string {
  const schema = {
    ...z.toJSONSchema(backtestReport, {reused: 'ref'}),
    title: 'The result of dl-trade backtest --json',
    description:
      'Generated from src/report/backtest-report.ts by tools/docs/backtest-schema.ts: do not edit. Fractions, not percent; times in ms since 1970, UTC.',
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
