import {describe, expect, it} from 'vitest';
import {linkDefects} from '../../support/documentation/link-defects.js';
import {pagesBelow} from '../../support/documentation/pages.js';
import {ROOT} from '../../support/python.js';

describe('links and images of the documentation', () => {
  it('lead somewhere, each to a heading that is there', () => {
    const pages = pagesBelow(ROOT);
    expect(pages.map(({path}) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/errors.md', 'models/lstm/MODEL_CARD.md']),
    );
    expect(linkDefects(pages, ROOT)).toEqual([]);
  });

  it.each([
    ['[x](nowhere.md)', 'does not exist'],
    ['![x](images/none.png)', 'does not exist'],
    ['[x](errors.md#nowhere)', 'has no such heading'],
    ['[x](#nowhere)', 'has no such heading'],
    ['[x](images/report.png#part)', 'has no such heading'],
    ['[x](../../outside.md)', 'leaves the repository'],
    ['[x](/docs/errors.md)', 'is absolute'],
    ['[x](http://example.com)', 'is not https'],
    ['[x](https://localhost/)', 'names no host of the net'],
    ['[x](https://)', 'is no address'],
    ['- a list\n  - [x](nowhere.md)', 'does not exist'],
    ['| a |\n|---|\n| [x](nowhere.md) |', 'does not exist'],
    ['> [x][1]\n\n[1]: nowhere.md', 'does not exist'],
    ['<picture><source srcset="images/none.svg"><img src="images/report.png"></picture>', 'does not exist'],
  ])('finds the defect of %s', (text, defect) => {
    const found = linkDefects([{path: 'docs/x.md', text: `# A page\n\n${text}\n`}], ROOT);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^docs/x\\.md: ".*" ${defect}$`));
  });

  it('takes headings as GitHub names them', () => {
    const text = [
      '# What `train` does, and "why"',
      '## Twice',
      '## Twice',
      '[a](#what-train-does-and-why) [b](#twice) [c](#twice-1) [d](errors.md#error-codes)',
    ].join('\n\n');
    expect(linkDefects([{path: 'docs/x.md', text}], ROOT)).toEqual([]);
  });
});
