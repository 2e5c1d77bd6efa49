const COUNT = String.raw`[\d,]+(?:\.\d)?`;
const RATE = String.raw`\(${COUNT}/s\)`;
const LEFT = String.raw`(?:\d+ s|\d+ min|\d+ h \d+ min) left`;
const TRAINING = String.raw`epoch \d+/\d+ batch \d+/\d+  loss .* left`;
const LINE = new RegExp(
  String.raw`^(?:[^:\n]+: (?:${COUNT} ${RATE}|\d+% of ${COUNT} ${RATE} (?:${LEFT})?)|${TRAINING})\n`,
  'gm',
);

/** What a command said on stderr besides how far it was, which it tells only where the machine is slow. */
export function withoutProgress(stderr: string): string {
  return stderr.replaceAll(LINE, '');
}
