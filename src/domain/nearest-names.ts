/** Suggestions behind a name that nobody knows. */
const SUGGESTED = 3;

/** The names that a misspelt one may have meant, the nearest first: few edits away, or one beginning with the other.
 *  @returns at most 3, none where nothing is near */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  const near: {candidate: string; distance: number}[] = [];
  for (const candidate of known) {
    const distance = distanceTo(wanted, candidate.toLowerCase());
    if (distance < Infinity) near.push({candidate, distance});
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, SUGGESTED).map(({candidate}) => candidate);
}

function distanceTo(wanted: string, candidate: string): number {
  const edits = editDistance(wanted, candidate);
  if (edits <= Math.max(1, Math.floor(wanted.length / 3))) return edits;
  const isPrefix = wanted.length >= 3 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));
  return isPrefix ? edits : Infinity;
}

/** Insertions, deletions and replacements from one text to the other (Levenshtein 1966), swaps of neighbours counting as two. */
export function editDistance(from: string, to: string): number {
  let above = Array.from({length: to.length + 1}, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[to.length]!;
}
