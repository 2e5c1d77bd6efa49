import {spawnSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {codeBlocksOf, pagesBelow} from '../../support/documentation/pages.js';
import type {CodeBlock} from '../../support/documentation/pages.js';
import {typescriptDefects} from '../../support/documentation/typescript-defects.js';
import {ROOT, findPython} from '../../support/python.js';

const BLOCKS = pagesBelow(ROOT).flatMap(codeBlocksOf);
const python = findPython('ast');

/** Every language that a block may say: one that no test knows would go unchecked. */
const LANGUAGES = ['json', 'python', 'sh', 'text', 'ts'];

function inLanguage(language: string): readonly CodeBlock[] {
  return BLOCKS.filter((block) => block.language === language);
}

function block(language: string, code: string): CodeBlock {
  return {page: 'docs/x.md', line: 3, language, code};
}

function jsonDefects(blocks: readonly CodeBlock[]): readonly string[] {
  return blocks.flatMap(({page, line, code}) => {
    try {
      JSON.parse(code);
      return [];
    } catch (error) {
      return [`${page}:${String(line)}: ${String(error)}`];
    }
  });
}

function pythonDefects(blocks: readonly CodeBlock[]): readonly string[] {
  const program = `
import ast, json, sys
for page, line, code in json.load(sys.stdin):
    try:
        ast.parse(code)
    except SyntaxError as error:
        print(f"{page}:{line + error.lineno}: {error.msg}")
`;
  const input = JSON.stringify(blocks.map(({page, line, code}) => [page, line, code]));
  const {status, stdout, stderr} = spawnSync(python!, ['-c', program], {input, encoding: 'utf8'});
  if (status !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((text) => text !== '');
}

describe('blocks of code in the documentation', () => {
  it('say a language that is checked', () => {
    expect(BLOCKS.filter(({language}) => !LANGUAGES.includes(language))).toEqual([]);
  });

  it('of TypeScript compile under strict against the types of the package', () => {
    expect(inLanguage('ts').length).toBeGreaterThan(1);
    expect(typescriptDefects(inLanguage('ts'), ROOT)).toEqual([]);
  });

  it('of JSON parse', () => {
    expect(inLanguage('json').length).toBeGreaterThan(0);
    expect(jsonDefects(inLanguage('json'))).toEqual([]);
  });

  it.skipIf(python === undefined)('of Python compile', () => {
    expect(inLanguage('python').length).toBeGreaterThan(0);
    expect(pythonDefects(inLanguage('python'))).toEqual([]);
  });
});

describe('the checks of blocks', () => {
  it('find names that the package does not export, values of another type, and broken syntax', () => {
    const found = typescriptDefects(
      [
        block('ts', "import {Nothing} from 'dl-trade';\nconsole.log(Nothing);"),
        block('ts', "import {FEATURE_COUNT} from 'dl-trade/features';\nconst text: string = FEATURE_COUNT;"),
        block('ts', 'const a = ;'),
        block(
          'ts',
          "import {ModelPersistence} from 'dl-trade';\n(await new ModelPersistence('m').load('x')).name;",
        ),
      ],
      ROOT,
    );
    expect(found).toEqual([
      expect.stringMatching(/^docs\/x\.md:4: .*no exported member 'Nothing'/),
      expect.stringMatching(/^docs\/x\.md:5: Type 'number' is not assignable to type 'string'/),
      expect.stringMatching(/^docs\/x\.md:4: Expression expected/),
      expect.stringMatching(/^docs\/x\.md:5: Object is possibly 'null'/),
    ]);
  });

  it('find JSON that is none', () => {
    expect(jsonDefects([block('json', '{"a": 1,}')])).toEqual([
      expect.stringContaining('docs/x.md:3: SyntaxError'),
    ]);
  });

  it.skipIf(python === undefined)('find Python that is none', () => {
    expect(pythonDefects([block('python', 'a = 1\ndef f(:\n')])).toEqual([
      expect.stringMatching(/^docs\/x\.md:5: /),
    ]);
  });

  it('see blocks inside lists and quotations, with the line of their fence', () => {
    const text = '# A\n\n- x\n\n  ```json\n  {}\n  ```\n\n> ```ts\n> const a = 1;\n> ```\n';
    expect(codeBlocksOf({path: 'docs/x.md', text})).toEqual([
      {page: 'docs/x.md', line: 5, language: 'json', code: '{}'},
      {page: 'docs/x.md', line: 9, language: 'ts', code: 'const a = 1;'},
    ]);
  });
});
