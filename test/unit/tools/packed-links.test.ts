import {describe, expect, it} from 'vitest';
import {rewriteLinks} from '../../../tools/pack/packed-links.mjs';

const REPOSITORY = 'https://example.com/owner/dl-trade/blob/v1.2.3';
const PACKED = new Set(['README.md', 'docs', 'docs/risk.md', 'docs/images/report.png']);

function rewritten(text: string, repository: string | undefined = REPOSITORY, page = 'docs/x.md'): string {
  return rewriteLinks(text, {page, isPacked: (path) => PACKED.has(path), repository});
}

describe('rewriteLinks', () => {
  it.each([
    '[risk](risk.md) and [its limits](risk.md#limits), [the start](../README.md)',
    '![a page](images/report.png)',
    '[ccxt](https://github.com/ccxt/ccxt), [above](#above), <mailto:a@example.com>',
  ])('leaves what leads to a packed file, out or within the page: %s', (text) => {
    expect(rewritten(text)).toBe(text);
  });

  it('leads to the repository what is not packed', () => {
    expect(rewritten('[a test](../test/a.test.ts), [a check](../CONTRIBUTING.md#add-a-risk-check)')).toBe(
      `[a test](${REPOSITORY}/test/a.test.ts), [a check](${REPOSITORY}/CONTRIBUTING.md#add-a-risk-check)`,
    );
    expect(rewritten('![p](docs/images/none.png)', REPOSITORY, 'README.md')).toBe(
      `![p](${REPOSITORY}/docs/images/none.png)`,
    );
  });

  it('keeps the text alone where the repository is not known', () => {
    const text = '| [`a` test](../test/a.test.ts)<br>[b](../test/b) | [risk](risk.md) |';
    expect(
      rewriteLinks(text, {page: 'docs/x.md', isPacked: (path) => PACKED.has(path), repository: undefined}),
    ).toBe('| `a` test<br>b | [risk](risk.md) |');
  });

  it.each([
    '`[a](none.md)`',
    '``a ` [b](none.md)``',
    '```md\n[a](none.md)\n```',
    '  ~~~\n[a](none.md)\n  ~~~',
  ])('leaves code as it is: %j', (code) => {
    expect(rewritten(`${code}\n\n[a](none.md)`)).toBe(`${code}\n\n[a](${REPOSITORY}/docs/none.md)`);
  });
});
