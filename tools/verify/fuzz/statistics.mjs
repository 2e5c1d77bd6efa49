/** @typedef {{executions: number, perSecond: number, edges: number, features: number, corpus: number,
 *    slowestSeconds: number, peakMemoryMb: number}} FuzzStatistics */

const number = (text) => (text === undefined ? 0 : Number(text));

/** What a log of libFuzzer says so far; the final statistics where it has them. */
export function readLog(log) {
  const lines = [...log.matchAll(/^#(\d+)\s.* cov: (\d+) ft: (\d+) corp: (\d+)\/.*exec\/s: (\d+)/gm)];
  const last = lines.at(-1) ?? [];
  const final = (name) => new RegExp(`^stat::${name}: +(\\d+)`, 'm').exec(log)?.[1];
  return {
    executions: number(final('number_of_executed_units') ?? last[1]),
    perSecond: number(final('average_exec_per_sec') ?? last[5]),
    edges: number(last[2]),
    features: number(last[3]),
    corpus: number(last[4]),
    slowestSeconds: number(final('slowest_unit_time_sec')),
    peakMemoryMb: number(final('peak_rss_mb')),
  };
}

/** Several jobs as one: what they did together, and the farthest that one of them came.
 *  @param {FuzzStatistics[]} jobs @returns {FuzzStatistics} */
export function together(jobs) {
  const sum = (name) => jobs.reduce((total, job) => total + job[name], 0);
  const most = (name) => Math.max(0, ...jobs.map((job) => job[name]));
  return {
    executions: sum('executions'),
    perSecond: sum('perSecond'),
    edges: most('edges'),
    features: most('features'),
    corpus: most('corpus'),
    slowestSeconds: most('slowestSeconds'),
    peakMemoryMb: most('peakMemoryMb'),
  };
}

/** Files that libFuzzer leaves for a broken law, a crash, a hang or too much memory; a slow unit is none. */
export function isFinding(name) {
  return /^(crash|timeout|oom|leak)-/.test(name);
}

/** Of the sources named, how much was reached: from `llvm-cov export -summary-only`. */
export function coverageOf(report, folder) {
  const files = report.data[0].files.filter(({filename}) => filename.includes(folder));
  const total = (kind) => {
    const covered = files.reduce((sum, {summary}) => sum + summary[kind].covered, 0);
    const count = files.reduce((sum, {summary}) => sum + summary[kind].count, 0);
    return {covered, count, percent: count === 0 ? 0 : (100 * covered) / count};
  };
  return {
    lines: total('lines'),
    branches: total('branches'),
    functions: total('functions'),
    files: files
      .map(({filename, summary}) => ({name: filename.split('/').at(-1), percent: summary.lines.percent}))
      .sort((a, b) => a.percent - b.percent),
  };
}
