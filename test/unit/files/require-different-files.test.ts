import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {requireDifferentFiles} from '../../../src/files/require-different-files.js';
import {rejected} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

describe('requireDifferentFiles', () => {
  it('takes files that differ, and flags that were not given', async () => {
    const folder = temporaryDirectory();
    await requireDifferentFiles({
      '--out': join(folder, 'a'),
      '--report': join(folder, 'b'),
      '--trades': undefined,
    });
    await requireDifferentFiles({'--out': undefined, '--report': undefined});
  });

  it('refuses one file under two names, there or not yet', async () => {
    const folder = temporaryDirectory();
    const [file, link] = [join(folder, 'r.json'), join(folder, 'linked')];
    mkdirSync(join(folder, 'inner'));
    const error = await rejected(
      requireDifferentFiles({'--out': file, '--report': `${folder}/inner/../r.json`}),
    );
    expect(error).toMatchObject({code: 'USAGE', exitCode: 2});
    expect(error.message).toBe(
      `--report was "${folder}/inner/../r.json", which is the file of --out as well; name another one`,
    );
    writeFileSync(file, '');
    symlinkSync(file, link);
    await expect(requireDifferentFiles({'--trades': link, '--out': file})).rejects.toThrow(
      /of --trades as well/,
    );
  });

  it.skipIf(process.platform === 'win32')('takes a device twice', async () => {
    await requireDifferentFiles({'--out': '/dev/null', '--report': '/dev/null'});
  });
});
