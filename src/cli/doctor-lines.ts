import {printable} from '../domain/printable.js';
import type {DoctorReport, LawProofReport} from '../index.js';

type Law = LawProofReport['breaches'][number]['law'];

/** What each law says, in the order in which they are tried. */
const LAWS: Readonly<Record<Law, string>> = {
  finite: 'no value is NaN or infinite',
  causality: 'no row knows the candles after it',
  'stream-equals-batch': 'one candle at a time gives the same bits',
  'history-independence': 'no row depends on where the history begins',
};

/** The lines of a doctor's report for people. */
export function checkLines({checks, ok}: DoctorReport): string[] {
  const width = Math.max(...checks.map(({check}) => printable(check).length));
  const failed = checks.filter(({verdict}) => verdict === 'failed').length;
  return [
    ...checks.map(
      ({check, verdict, text, code}) =>
        `${verdict.padEnd(7)}  ${printable(check).padEnd(width)}  ${printable(text)}${code === undefined ? '' : ` [${code}]`}`,
    ),
    ok ? 'Everything that a run needs is here.' : `${failed} of ${checks.length} checks failed.`,
  ];
}

/** The lines of a proof for people: the laws, then what breaks them, worst first. */
export function proofLines(report: LawProofReport): string[] {
  const {breaches, candles, candlesProved, stretches} = report;
  const lines = [
    `features ${report.schemaId} on ${printable(report.candlesFile)} (${report.timeframe}): ${counted(report.rows, 'row')} of`
      + ` ${counted(candlesProved, 'candle')} in ${counted(stretches, 'stretch', 'stretches')}, ${counted(report.trials, 'trial')}`
      + (candlesProved < candles ? `; --thorough takes all ${candles.toLocaleString('en-US')} candles` : ''),
    '',
  ];
  for (const [law, meaning] of Object.entries(LAWS)) {
    const broken = breaches.filter((breach) => breach.law === law).length;
    const verdict = broken === 0 ? 'holds' : `BROKEN by ${counted(broken, 'feature')}`;
    lines.push(`  ${law.padEnd(21)} ${verdict.padEnd(22)} ${meaning}`);
  }
  if (breaches.length === 0) return lines;
  const width = Math.max(7, ...breaches.map(({feature}) => feature.length));
  lines.push('', `  ${'law'.padEnd(21)} ${'feature'.padEnd(width)}  first candle          at its worst`);
  for (const breach of breaches) {
    lines.push(
      `  ${breach.law.padEnd(21)} ${printable(breach.feature).padEnd(width)}  ${timeOf(breach.firstOpenTimeMs)}  `
        + (breach.law === 'finite'
          ? `${breach.actual} at ${timeOf(breach.openTimeMs)}`
          : `off by ${breach.difference.toPrecision(3)} at ${timeOf(breach.openTimeMs)}: ${breach.expected},`
            + ` but ${breach.actual} with ${breach.trial}`),
    );
  }
  return lines;
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
