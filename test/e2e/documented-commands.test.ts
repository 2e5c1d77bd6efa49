import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {ROOT} from '../support/cli.js';
import {commandDefects} from '../support/documentation/command-defects.js';
import type {CommandSurroundings} from '../support/documentation/command-defects.js';
import {readProgramHelp} from '../support/documentation/command-help.js';
import {codeBlocksOf, pagesBelow, tokensOf} from '../support/documentation/pages.js';
import type {CodeBlock, Page} from '../support/documentation/pages.js';
import {commandsOf} from '../support/documentation/shell-lines.js';

let around: CommandSurroundings;

beforeAll(async () => {
  const {scripts} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {scripts: object};
  around = {help: await readProgramHelp(), scripts: Object.keys(scripts), root: ROOT};
});

/** Blocks of a shell, and commands of ours in the middle of a sentence. */
function shellOf(page: Page): readonly CodeBlock[] {
  const inline = tokensOf(page).flatMap((token) =>
    token.type === 'codespan' && /^dl-trade\s/.test(String(token['text']))
      ? // Brackets say that something may be left out.
        [{page: page.path, line: 0, language: 'sh', code: String(token['text']).replaceAll(/[[\]]/g, '')}]
      : [],
  );
  return [...codeBlocksOf(page).filter(({language}) => language === 'sh'), ...inline];
}

describe('documented commands', () => {
  it('exist, with every flag, script and file that they name', () => {
    const commands = pagesBelow(ROOT).flatMap(shellOf).flatMap(commandsOf);
    expect(commands.filter(({words}) => words[0] === 'dl-trade').length).toBeGreaterThan(50);
    expect(commandDefects(commands, around)).toEqual([]);
  });

  it.each([
    ['dl-trade trade --model lstm', 'there is no command "trade"'],
    ['dl-trade --modell lstm', 'there is no flag "--modell"'],
    ['dl-trade status --symbol BTC/USDT', 'there is no flag "--symbol"'],
    ['dl-trade predict --model --candles x.csv', '"--model" wants a value'],
    ['dl-trade predict --json --candles', '"--candles" wants a value'],
    ['dl-trade status now', '"now" is no flag, and no more operands are taken'],
    ['dl-trade inspect --json', 'an operand is missing'],
    ['dl-trade status --json | dl-trade stat', 'there is no command "stat"'],
    ['cd x && dl-trade doctor --fix', 'there is no flag "--fix"'],
    ['TRADING_TESTNET=false dl-trade --live', 'there is no flag "--live"'],
    ['npx dl-trade doctor --fix', 'there is no flag "--fix"'],
    ['npm start -- --candle x.csv', 'there is no flag "--candle"'],
    ['npm run rebuild', 'there is no script "rebuild"'],
    ['node bench/nothing.mjs', 'there is no file "bench/nothing.mjs"'],
    ['node dist/cli/main.js stat', 'there is no command "stat"'],
    ['node node_modules/dl-trade/nothing.mjs', 'there is no file "nothing.mjs"'],
    ['python nothing.py --out x', 'there is no file "nothing.py"'],
  ])('finds what is wrong with: %s', (code, defect) => {
    const commands = commandsOf({page: 'docs/x.md', line: 7, language: 'sh', code: `\n${code}`});
    const found = commandDefects(commands, around);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`docs/x.md:9: `);
    expect(found[0]).toContain(defect);
  });

  it.each([
    'dl-trade inspect models/lstm/weights.pth --json > report.json     # a comment --with-flags',
    'dl-trade --model=lstm --max-candles 5',
    'dl-trade halt --reason "exchange maintenance; --all"',
    'npm run verify -- lint',
    'npm install dl-trade',
    'cmake --build nowhere',
  ])('has nothing against: %s', (code) => {
    expect(commandDefects(commandsOf({page: 'docs/x.md', line: 1, language: 'sh', code}), around)).toEqual(
      [],
    );
  });
});
