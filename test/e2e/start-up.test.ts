import {join} from 'node:path';
import {expect, it} from 'vitest';
import {ROOT, runCli} from '../support/cli.js';
import {watchModules} from '../support/loaded-modules.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

interface Loaded {
  /** Packages of others, by name. */
  readonly packages: readonly string[];
  /** `.node` files: the addon, SQLite. */
  readonly addons: readonly string[];
  /** Our own files below dist/. */
  readonly ours: readonly string[];
}

/** What a command loads in an empty folder. */
async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  const {env, loaded} = watchModules(temporaryDirectory());
  const {code, stderr} = await runCli(args, {cwd: temporaryDirectory(), env});
  expect(code, stderr).toBe(0);
  const all = loaded();
  const packages = all.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  return {
    packages: [...new Set(packages)].sort(),
    addons: all.filter((url) => url.endsWith('.node')),
    ours: all.flatMap((url) => /\/dist\/(.*)$/.exec(url)?.[1] ?? []),
  };
}

/** What every start waits for, whatever is asked. */
const ALWAYS = ['cli/main.js', 'cli/run-action.js'];

it('--version waits for no package, not even commander', async () => {
  const {packages, addons, ours} = await loadedBy('--version');
  expect({packages, addons}).toEqual({packages: [], addons: []});
  expect(ours.filter((file) => !file.startsWith('domain/'))).toEqual(ALWAYS);
});

it('--help waits for commander and the files of our commands alone', async () => {
  const {packages, addons, ours} = await loadedBy('--help');
  expect({packages, addons}).toEqual({packages: ['commander'], addons: []});
  expect(ours.length).toBeGreaterThan(20);
  expect(ours.filter((file) => !/^(cli|domain|files)\//.test(file))).toEqual([]);
});

it('the help of a command waits for no other command', async () => {
  const {packages, addons, ours} = await loadedBy('predict', '--help');
  expect({packages, addons}).toEqual({packages: ['commander'], addons: []});
  expect(ours.filter((file) => !file.startsWith('domain/'))).toEqual([
    ...ALWAYS,
    ...['cli/predict.js', 'cli/progress.js', 'cli/sentiment-help.js'],
  ]);
});

it('status knows of the addon and waits for neither LibTorch nor SQLite, where there is nothing to read', async () => {
  const {packages, addons, ours} = await loadedBy('status');
  expect({packages, addons}).toEqual({packages: ['bignumber.js', 'commander', 'zod'], addons: []});
  // Else nothing is said about when the addon is loaded.
  expect(ours).toContain('model/native.js');
});

it('a command that needs the addon is seen to load it', async () => {
  const {addons} = await loadedBy('inspect', join(ROOT, 'models/lstm/weights.pth'));
  expect(addons).toEqual([expect.stringMatching(/dl_trade\.node$/)]);
});
