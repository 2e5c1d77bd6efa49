import {readFileSync, writeFileSync} from 'node:fs';

/** Why this system does not tell what a process holds in memory and held at most; undefined where it does. */
export const memoryUntold = reasonOf(() => {
  const status = readFileSync('/proc/self/status', 'utf8');
  for (const field of ['VmRSS', 'VmHWM']) {
    if (!new RegExp(`^${field}:\\s+\\d+ kB$`, 'm').test(status)) throw new Error(`no ${field}`);
  }
});

/** Why a process cannot let its peak begin anew here, or read it; undefined where it can. */
export const peakUntold =
  memoryUntold
  ?? reasonOf(() => {
    writeFileSync('/proc/self/clear_refs', '5');
  });

function reasonOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return `memory is not measured here: ${String(error)}`;
  }
}
