import {describe, expect, it} from 'vitest';
import {tagProblem} from '../../../tools/pack/release-tag.mjs';

const UNRELEASED = '# Changelog\n\n## Unreleased\n\n- Something new in 0.2.0.\n\n## 0.1.0\n\n- The first.\n';

describe('a tag', () => {
  it.each([
    ['v0.1.0', '0.1.0', UNRELEASED],
    ['v0.2.0', '0.2.0', UNRELEASED.replace('## Unreleased', '## Unreleased\n\n## 0.2.0 (2026-12-01)')],
    ['v0.2.0', '0.2.0', UNRELEASED.replace('## Unreleased', '## [0.2.0] - 2026-12-01')],
    // What is tried out has no line of its own yet.
    ['v0.2.0-rc.1', '0.2.0-rc.1', UNRELEASED],
  ])('%s releases %s', (tag, version, changelog) => {
    expect(tagProblem(tag, {version, changelog})).toBeUndefined();
  });

  it.each(['', '0.1.0', 'v0.1', 'v0.1.0-rc.1', 'v0.2.0'])('"%s" does not release 0.1.0', (tag) => {
    expect(tagProblem(tag, {version: '0.1.0', changelog: UNRELEASED})).toBe(
      `the tag was "${tag}", and package.json has 0.1.0: they must agree`,
    );
  });

  it.each(['0.2.0', '0.1', '0.1.00'])(
    'releases nothing where the changelog has no heading for %s',
    (version) => {
      expect(tagProblem(`v${version}`, {version, changelog: UNRELEASED})).toContain(
        `CHANGELOG.md has no heading for ${version}`,
      );
    },
  );
});
