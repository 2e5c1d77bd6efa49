import {describe, expect, it} from 'vitest';
import {clangVersion} from '../../../tools/verify/fuzz/clang.mjs';
import {isFinding, readLog, together} from '../../../tools/verify/fuzz/statistics.mjs';

const RUNNING = `INFO: Loaded 1 modules
#1559\tINITED cov: 3092 ft: 7657 corp: 505/1040Kb exec/s: 779 rss: 167Mb
#2000\tNEW    cov: 3100 ft: 7700 corp: 506/1041Kb lim: 65536 exec/s: 800 rss: 168Mb L: 14/16 MS: 1 Custom-
`;
const ENDED = `${RUNNING}stat::number_of_executed_units: 2345
stat::average_exec_per_sec:     703
stat::slowest_unit_time_sec:    2
stat::peak_rss_mb:              172
`;

describe('the statistics of a fuzzing run', () => {
  it('are those of the last line while it runs, and the final ones once it ended', () => {
    expect(readLog(RUNNING)).toMatchObject({executions: 2000, edges: 3100, features: 7700, corpus: 506});
    expect(readLog(ENDED)).toMatchObject({
      executions: 2345,
      perSecond: 703,
      slowestSeconds: 2,
      peakMemoryMb: 172,
    });
  });

  it('are zero for a job that has not begun', () => {
    expect(readLog('').executions).toBe(0);
  });

  it('add what jobs did and take the farthest of what they reached', () => {
    const total = together([readLog(RUNNING), readLog(ENDED)]);
    expect(total).toMatchObject({executions: 4345, edges: 3100});
  });

  it('count a crash, a hang and too much memory as findings, a slow input not', () => {
    const names = ['crash-1', 'timeout-1', 'oom-1', 'leak-1', 'slow-unit-1'];
    expect(names.filter(isFinding)).toEqual(names.slice(0, 4));
  });
});

it('the version of clang is read where it is clang', () => {
  expect(clangVersion('Debian clang version 19.1.7 (3~deb12u1)')).toBe(19);
  expect(clangVersion('g++ (Debian 12.2.0)')).toBeUndefined();
  expect(clangVersion(undefined)).toBeUndefined();
});
