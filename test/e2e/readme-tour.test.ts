import {spawn} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {CLI, ROOT} from '../support/cli.js';
import {codeBlocksOf} from '../support/documentation/pages.js';
import type {CodeBlock} from '../support/documentation/pages.js';
import {outputDefect} from '../support/documentation/shown-output.js';
import {addonIsBuilt} from '../support/native.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

/** The blocks of the tour, from its heading to the next one. */
function tourBlocks(): readonly CodeBlock[] {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, tour = ''] = text.split(/^## A 60-second tour$/m);
  return codeBlocksOf({path: 'README.md', text: tour.split(/^##/m, 1)[0]!});
}

/** An empty folder with the package installed in it, as far as the tour can tell. */
function installedFolder(): string {
  const folder = temporaryDirectory();
  const bin = join(folder, 'node_modules/.bin');
  mkdirSync(bin, {recursive: true});
  symlinkSync(ROOT, join(folder, 'node_modules/dl-trade'), 'dir');
  const command = join(bin, 'dl-trade');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(command, 0o755);
  return folder;
}

/** What a shell that stops at the first failure prints, with its exit code. */
async function runInShell(script: string, cwd: string): Promise<{code: number | null; output: string}> {
  const path = [join(cwd, 'node_modules/.bin'), join(process.execPath, '..'), '/usr/bin', '/bin'];
  const child = spawn('/bin/sh', ['-e', '-c', script], {
    cwd,
    env: {PATH: path.join(delimiter), HOME: cwd},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      resolve({code, output});
    });
  });
}

describe.skipIf(!addonIsBuilt || !existsSync(CLI) || process.platform === 'win32')(
  "the README's tour",
  () => {
    it(
      'works as it stands, command after command, and prints what is shown',
      {timeout: 180_000},
      async () => {
        const cwd = installedFolder();
        let output = '';
        let commands = 0;
        for (const {language, code, line} of tourBlocks()) {
          if (language === 'sh') {
            const ended = await runInShell(code, cwd);
            expect(ended.code, `${code}\n${ended.output}`).toBe(0);
            output = ended.output;
            commands += code.split('\n').length;
          } else {
            expect(
              outputDefect(code, withoutProgress(output)),
              `line ${String(line)} of the tour`,
            ).toBeUndefined();
          }
        }
        expect(commands).toBeGreaterThanOrEqual(5);
        expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toContain('<!doctype html>');
      },
    );
  },
);

describe('what is shown of an output', () => {
  const output = 'one\ntwo  2 ms\nthree\nfour\n';

  it.each(['one\ntwo  2 ms\nthree\nfour', 'one\n…\nfour', '…\nthree\n…', 'one\ntwo …\n…'])(
    'agrees: %j',
    (shown) => {
      expect(outputDefect(shown, output)).toBeUndefined();
    },
  );

  it.each([
    ['one\nthree\nfour', 'line 2 was "two  2 ms"'],
    ['one\ntwo  3 …\n…', 'line 2 was "two  2 ms"'],
    ['…\nfive\n…', '"five" is not in the output'],
    ['…\nfour\n…\none', '"one" is not in the output'],
    ['one\ntwo …', '"three" follows'],
    ['…\nfour\nfive', 'line 5 was ""'],
  ])('does not agree: %j', (shown, defect) => {
    expect(outputDefect(shown, output)).toContain(defect);
  });
});
