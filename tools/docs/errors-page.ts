import {ERROR_CODES} from '../../src/domain/errors.js';

const EXITS: Readonly<Record<number, string>> = {
  0: 'it worked; a run that a signal stopped as well, since it goes on from there',
  1: 'unexpected; a signal that stopped a command before its result was whole, or a run before it began',
  2: 'usage or configuration',
  3: 'data: candles, files, the journal',
  4: 'a model, a checkpoint or the native addon',
  5: 'the exchange',
  6: 'halted by risk',
};

/** The text of docs/errors.md, from the registry of error codes. */
export function errorsPage(): string {
  const exits = Object.entries(EXITS).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  const codes = Object.entries(ERROR_CODES).map(
    ([code, {exitCode, summary}]) => `| \`${code}\` | ${String(exitCode)} | ${summary} |`,
  );
  return `<!-- Generated from src/domain/errors.ts by tools/docs/errors-page.ts (UPDATE_DOCS=1 npx vitest run test/unit/domain/errors-page.test.ts): do not edit. -->

# Error codes

A failure is a \`DlTradeError\`: its \`message\` says what was wrong, where, which value was found and what to do; \`code\` is one of these and stays
what it is between versions; \`details\` holds the parts, and \`cause\` what it came of. The CLI prints the message on stderr and ends with
the code's exit code. An \`ExchangeError\` also has an \`outcome\`: \`rejected\`, \`not-sent\`, or \`unknown\`. Refusals of the risk audit are no
errors but values: [risk.md](risk.md). Why a checkpoint was refused: [checkpoints.md](checkpoints.md).

| exit code | meaning |
|---|---|
${exits.join('\n')}

| code | exit | meaning |
|---|---|---|
${codes.join('\n')}
`;
}
