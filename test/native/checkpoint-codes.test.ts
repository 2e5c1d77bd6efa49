import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';

/** The codes and summaries of `kCodes`, as the C++ compiler joins their string literals. */
function codesOfHeader(): Map<string, string> {
  const header = readFileSync('native/core/checkpoint/refusal.hpp', 'utf8');
  const entries = header.matchAll(/CodeEntry\{Code::\w+,\s*"(\w+)",\s*((?:"[^"]*"\s*)+)\}/g);
  return new Map(
    [...entries].map(([, name, literals]) => [
      name!,
      [...literals!.matchAll(/"([^"]*)"/g)].map(([, text]) => text!).join(''),
    ]),
  );
}

function codesOfPage(): Map<string, string> {
  const page = readFileSync('docs/checkpoints.md', 'utf8');
  return new Map([...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, says]) => [name!, says!]));
}

describe('the checkpoint codes', () => {
  it('are documented, every one, in the words of the header', () => {
    const codes = codesOfHeader();
    expect(codes.size).toBeGreaterThan(50);
    expect([...codesOfPage()]).toEqual([...codes]);
  });

  it('are all reachable: a C++ test or the corpus names each', () => {
    const sources = [
      ...[
        'archive',
        'file_bytes',
        'foreign_format',
        'pickle',
        'pickle_calls',
        'state_dict',
        'tensor',
        'writer',
        'zip',
      ],
    ].map((name) => readFileSync(`native/test/checkpoint/${name}_test.cpp`, 'utf8'));
    const corpus = ['foreign', 'unsound_pickle', 'unsound_values', 'unsound_zip'].map((name) =>
      readFileSync(`test/corpus/${name}.py`, 'utf8'),
    );
    const all = [...sources, ...corpus].join('\n');
    // A size that changes during the read cannot be staged without a race.
    const unstaged = ['FILE_CHANGED'];
    const silent = [...codesOfHeader().keys()].filter((code) => !all.includes(`"${code}"`));
    expect(silent).toEqual(unstaged);
  });
});
