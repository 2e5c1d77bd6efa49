/** Where output differs from what a page shows of it, as a sentence; undefined where it does not. A line of `…` stands for any number of
 *  lines, `…` at the end of a line for its rest; all else must come in this order, without anything between.
 *  @param shown the block of a page */
export function outputDefect(shown: string, output: string): string | undefined {
  const lines = output.trimEnd().split('\n');
  let next = 0;
  let mayLeap = false;
  for (const line of shown.split('\n')) {
    if (line.trim() === '…') {
      mayLeap = true;
      continue;
    }
    const at = mayLeap ? lines.findIndex((found, i) => i >= next && agrees(line, found)) : next;
    if (at < 0) return `"${line}" is not in the output behind line ${String(next)}`;
    if (!agrees(line, lines[at] ?? '')) {
      return `line ${String(at + 1)} was "${lines[at] ?? ''}", and "${line}" is shown`;
    }
    next = at + 1;
    mayLeap = false;
  }
  if (mayLeap || next === lines.length) return undefined;
  return `"${lines[next]!}" follows, and nothing is shown of it`;
}

function agrees(shown: string, found: string): boolean {
  return shown.endsWith('…')
    ? found.startsWith(shown.slice(0, -1).trimEnd())
    : found.trimEnd() === shown.trimEnd();
}
