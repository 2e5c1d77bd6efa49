import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core';
import {publint} from 'publint';
import {formatMessage} from 'publint/utils';
import {beforeAll, describe, expect, it} from 'vitest';
import {PREBUILT_PLATFORMS} from '../../src/model/addon-places.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {ROOT} from '../support/cli.js';
import {linkDefects} from '../support/documentation/link-defects.js';
import {pagesBelow} from '../support/documentation/pages.js';
import {ordinaryMarket} from '../support/markets.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';
import {UserFolder, npmCli, readJson, tarballsIn, type Ended} from './installed-packages.js';

const directory = process.env['DL_TRADE_PACKAGES'];
const PLATFORM = `${process.platform}-${process.arch}`;
/** Beside the Node that runs the tests: the oldest that is supported, and the newest of later lines. */
const OTHER_NODES = ['20.19.0', '22', '24'];

const ESM = `
import {FeatureStream, inspectCheckpoint, requireModel} from 'dl-trade';
import {FEATURE_NAMES} from 'dl-trade/features';
import manifest from 'dl-trade/package.json' with {type: 'json'};

const model = await requireModel('lstm');
const report = inspectCheckpoint('node_modules/dl-trade/models/transformer/weights.pth');
console.log(JSON.stringify({version: manifest.version, features: FEATURE_NAMES.length, stream: typeof FeatureStream,
  lstm: model.network.parameterCount, transformer: report.architecture}));
`;

const COMMONJS = `
const {FeatureStream, inspectCheckpoint, requireModel} = require('dl-trade');
const features = require('dl-trade/features');

requireModel('lstm').then((model) => {
  const report = inspectCheckpoint('node_modules/dl-trade/models/transformer/weights.pth');
  console.log(JSON.stringify({version: require('dl-trade/package.json').version, features: features.FEATURE_NAMES.length,
    stream: typeof FeatureStream, oneStream: features.FeatureStream === FeatureStream,
    lstm: model.network.parameterCount, transformer: report.architecture}));
});
`;

const CONSUMER = `
import {DeepLearningStrategy, PaperBroker, marketRulesFor, parseTimeframe, requireModel, type Candle, type StepRecord} from 'dl-trade';
import {FeatureStream} from 'dl-trade/features';

export async function decide(candles: readonly Candle[]): Promise<StepRecord[]> {
  const model = await requireModel('lstm');
  const timeframe = parseTimeframe('1h');
  const rules = marketRulesFor('BTC/USDT');
  const broker = new PaperBroker({rules, timeframeMs: timeframe.ms});
  const strategy = new DeepLearningStrategy({strategyId: 'mine', model, rules, timeframe, broker});
  const row: Float64Array | undefined = new FeatureStream().push(candles[0]!)?.values;
  if (row?.length !== 86) return [];
  return (await Promise.all(candles.map((candle) => strategy.onCandle(candle)))).flat();
}

// @ts-expect-error Types that accept anything would prove nothing.
parseTimeframe(1);
`;

if (directory === undefined) {
  describe('the packages', () => {
    it.skip('need DL_TRADE_PACKAGES, the folder that `npm run pack:all` fills', () => undefined);
  });
} else {
  const {version, dependencies} = readJson(join(ROOT, 'package.json')) as {
    version: string;
    dependencies: object;
  };
  const {tested} = readJson(join(ROOT, 'native/libtorch.json')) as {tested: string};
  const tarballs = tarballsIn(directory, version, tested);
  const temporary = useTemporaryDirectory();
  let folder: UserFolder;
  const nodes: Record<string, string> = {[process.version]: process.execPath};

  const installed = (name: string, file = 'package.json'): string =>
    join(folder.path, 'node_modules', name, file);
  const dlTrade = (node: string, ...args: readonly string[]): Ended =>
    folder.run(node, [installed('dl-trade', 'dist/cli/main.js'), ...args]);

  beforeAll(() => {
    // `sh` is what npm starts scripts with; no compiler, cmake, make or Python is there.
    folder = new UserFolder(temporary.path('user'), {node: process.execPath, npm: npmCli(), sh: '/bin/sh'});
    folder.write('package.json', '{"private": true}\n');
    const {code, stderr} = folder.npm('install', ...Object.values(tarballs));
    expect(code, stderr).toBe(0);
    folder.write('candles.csv', candlesToCsv(ordinaryMarket(7, 900)));
    for (const wanted of OTHER_NODES) {
      const home = temporary.path(`node-${wanted}`);
      mkdirSync(home);
      // npm 12 runs no script of a dependency that is not named, and the one of `node` fetches Node itself.
      writeFileSync(join(home, 'package.json'), '{"private": true, "allowScripts": {"node": true}}\n');
      execFileSync(
        process.execPath,
        [npmCli(), 'install', `node@${wanted}`, '--no-audit', '--no-fund', '--loglevel=error'],
        {
          cwd: home,
          stdio: 'pipe',
        },
      );
      const program = process.platform === 'win32' ? 'node.exe' : 'node';
      nodes[wanted] = join(home, 'node_modules/node/bin', program);
    }
  }, 600_000);

  describe('the packages, installed where there is no compiler, cmake or Python', () => {
    it.skipIf(process.platform === 'win32')('were installed on a PATH without them', () => {
      for (const program of ['cc', 'c++', 'gcc', 'g++', 'clang', 'cmake', 'make', 'python', 'python3'])
        expect(folder.run('/bin/sh', ['-c', `command -v ${program}`]).stdout, program).toBe('');
      expect(folder.run('/bin/sh', ['-c', 'command -v node']).code).toBe(0);
    });

    it('have no install script, and name their platform', () => {
      for (const name of Object.keys(tarballs)) {
        const {scripts} = readJson(installed(name)) as {scripts?: object};
        expect(scripts, name).toBeUndefined();
      }
      for (const name of Object.keys(tarballs).filter((name) => name !== 'dl-trade'))
        expect(readJson(installed(name))).toMatchObject({os: [process.platform], cpu: [process.arch]});
      expect(readJson(installed(`@dl-trade/${PLATFORM}`))['dependencies']).toEqual(
        process.platform === 'win32' ? undefined : {[`@dl-trade/libtorch-${PLATFORM}`]: tested},
      );
    });

    it('name every platform at their own version, and nothing that a developer needs', () => {
      const main = readJson(installed('dl-trade'));
      expect(main['optionalDependencies']).toEqual(
        Object.fromEntries(PREBUILT_PLATFORMS.map((platform) => [`@dl-trade/${platform}`, version])),
      );
      expect(main['dependencies']).toEqual(dependencies);
      expect(main['devDependencies']).toBeUndefined();
      const files = readdirSync(join(folder.path, 'node_modules/dl-trade'), {recursive: true}).map(String);
      expect(files.filter((file) => /\.map$|^(src|test|native|node_modules|build)\b/.test(file))).toEqual([]);
      expect(files).toEqual(
        expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md']),
      );
    });

    it('hold no link that leads nowhere', () => {
      const home = join(folder.path, 'node_modules/dl-trade');
      expect(linkDefects(pagesBelow(home), home)).toEqual([]);
    });

    it.skipIf(PLATFORM !== 'linux-x64')(
      'bring the libraries that the addon needs, their licences, and no other library',
      () => {
        const files = readdirSync(join(folder.path, `node_modules/@dl-trade/libtorch-${PLATFORM}`));
        expect(files.sort()).toEqual(['LICENSE', 'README.md', 'lib', 'licenses', 'package.json']);
        expect(readdirSync(installed(`@dl-trade/libtorch-${PLATFORM}`, 'lib')).sort()).toEqual([
          ...['libc10.so', 'libgomp.so.1', 'libtorch_cpu.so'],
        ]);
        expect(readdirSync(installed(`@dl-trade/libtorch-${PLATFORM}`, 'licenses')).sort()).toEqual([
          ...['LICENSE', 'libgomp', 'third_party'],
        ]);
        expect(readdirSync(installed(`@dl-trade/libtorch-${PLATFORM}`, 'licenses/libgomp'))).toContain(
          'COPYING3',
        );
        expect(readJson(installed(`@dl-trade/libtorch-${PLATFORM}`))['license']).toMatch(
          /\bBSD-3-Clause\b.* AND GPL-3\.0-or-later WITH GCC-exception-3\.1$/,
        );
      },
    );

    it.skipIf(process.platform !== 'linux')(
      'hold an addon that is stripped, knows no path of the machine that built it, and asks for glibc 2.28 at most',
      () => {
        const addon = installed(`@dl-trade/${PLATFORM}`, 'dl_trade.node');
        const readelf = (...args: readonly string[]): string =>
          execFileSync('readelf', [...args, '--wide', addon], {encoding: 'utf8', maxBuffer: 1 << 26});
        const [, rpath] = /\(RPATH\).*\[(.*)\]/.exec(readelf('--dynamic'))!;
        expect(rpath!.split(':').every((part) => part.startsWith('$ORIGIN'))).toBe(true);
        expect(readelf('--sections')).not.toMatch(/\.symtab|\.debug_/);
        expect(readFileSync(addon).includes(ROOT)).toBe(false);
        const wanted = [...readelf('--version-info').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) =>
          Number(minor),
        );
        expect(Math.max(...wanted)).toBeLessThanOrEqual(28);
      },
    );
  });

  describe('the installed command', () => {
    it.each([process.version, ...OTHER_NODES])('runs with Node %s', (name) => {
      const node = nodes[name]!;
      expect(dlTrade(node, '--version')).toEqual({code: 0, stdout: `${version}\n`, stderr: ''});

      const run = dlTrade(node, '--model', 'lstm', '--max-candles', '30', '--speed', 'max', '--json');
      expect(run.code, run.stderr).toBe(0);
      expect(JSON.parse(run.stdout)).toMatchObject({finished: true, summary: {decisions: 30}});

      const predict = dlTrade(
        node,
        'predict',
        '--model',
        'transformer',
        '--candles',
        'candles.csv',
        '--json',
      );
      expect(predict.code, predict.stderr).toBe(0);
      expect(JSON.parse(predict.stdout)).toMatchObject({
        model: 'transformer',
        probability: expect.any(Number) as number,
      });

      const inspect = dlTrade(node, 'inspect', installed('dl-trade', 'models/lstm/weights.pth'), '--json');
      expect(inspect.code, inspect.stderr).toBe(0);
      expect(JSON.parse(inspect.stdout)).toMatchObject({ok: true, architecture: 'bilstm'});
    });

    it('writes files, and says so', () => {
      const written = (file: string, ...args: readonly string[]): void => {
        const {code, stderr} = dlTrade(process.execPath, ...args);
        expect(code, stderr).toBe(0);
        expect(statSync(join(folder.path, file)).size, file).toBeGreaterThan(0);
      };
      written('rows.csv', 'features', '--candles', 'candles.csv', '--out', 'rows.csv');
      const backtest = ['backtest', '--model', 'lstm', '--candles', 'candles.csv'];
      written('report.html', ...backtest, '--report', 'report.html');
      const run = ['--model', 'lstm', '--max-candles', '5', '--speed', 'max'];
      written('state/journal.sqlite', ...run, '--state-dir', 'state');
      written('state/halt.json', 'halt', '--state-dir', 'state');
    });

    it('gives the same bits with every Node', () => {
      const predictions = new Set<string>();
      for (const node of Object.values(nodes)) {
        const {stdout} = dlTrade(
          node,
          'predict',
          '--model',
          'transformer',
          '--candles',
          'candles.csv',
          '--json',
        );
        const {probability, timestamp} = JSON.parse(stdout) as Record<string, unknown>;
        predictions.add(JSON.stringify({probability, timestamp}));
      }
      expect(predictions.size).toBe(1);
    });

    it('says that all is well, in its own words', () => {
      const {code, stdout} = dlTrade(process.execPath, 'doctor');
      expect(stdout).toMatch(new RegExp(`^ok +addon +${version} loaded in .*LibTorch ${tested}`, 'm'));
      expect(stdout).toMatch(/^ok +model lstm /m);
      expect(code, stdout).toBe(0);
    });

    it.skipIf(process.platform !== 'linux')(
      'does not take another LibTorch that the environment names',
      () => {
        const other = temporary.path('other-libtorch');
        mkdirSync(other);
        for (const name of ['libtorch_cpu.so', 'libc10.so']) writeFileSync(join(other, name), 'no library');
        const inspect = [
          installed('dl-trade', 'dist/cli/main.js'),
          'inspect',
          installed('dl-trade', 'models/lstm/weights.pth'),
        ];
        const {code, stderr} = folder.run(process.execPath, inspect, {LD_LIBRARY_PATH: other});
        expect(code, stderr).toBe(0);
      },
    );

    const missing = [
      [`@dl-trade/${PLATFORM}`, `Run \`npm install @dl-trade/${PLATFORM}@${version}\``],
      [
        `@dl-trade/libtorch-${PLATFORM}`,
        `run \`npm install @dl-trade/libtorch-${PLATFORM} @dl-trade/${PLATFORM}@${version}\``,
      ],
    ].filter(([name]) => name! in tarballs) as [string, string][];
    it.each(missing)('says in one message what to do where %s is missing', (name, advice) => {
      const home = join(folder.path, 'node_modules', name);
      renameSync(home, `${home}.away`);
      try {
        const {code, stdout, stderr} = dlTrade(
          process.execPath,
          'inspect',
          installed('dl-trade', 'models/lstm/weights.pth'),
        );
        expect({code, stdout}).toEqual({code: 4, stdout: ''});
        expect(stderr).toContain(advice);
        expect(stderr.trim().split('\n')).toHaveLength(1);
      } finally {
        renameSync(`${home}.away`, home);
      }
    });
  });

  describe('the installed library', () => {
    const facts = {version, features: 86, stream: 'function', lstm: 616_705, transformer: 'transformer'};

    it.each([process.version, ...OTHER_NODES])('is imported and required with Node %s', (name) => {
      const esm = folder.run(nodes[name]!, [folder.write('esm.mjs', ESM)]);
      expect(JSON.parse(esm.stdout), esm.stderr).toEqual(facts);
      const commonjs = folder.run(nodes[name]!, [folder.write('commonjs.cjs', COMMONJS)]);
      expect(JSON.parse(commonjs.stdout), commonjs.stderr).toEqual({...facts, oneStream: true});
      expect(commonjs.stderr).toBe('');
    });

    it.each(['mts', 'cts'])('has types that hold with tsc --strict in a .%s file', (extension) => {
      const file = folder.write(`consumer.${extension}`, CONSUMER);
      const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
      const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023'];
      const {code, stdout} = folder.run(process.execPath, [tsc, ...options, '--ignoreConfig', file]);
      expect({code, stdout}).toEqual({code: 0, stdout: ''});
    });

    it('exports what its package.json says, by publint and attw', async () => {
      const home = join(folder.path, 'node_modules/dl-trade');
      const {messages, pkg} = await publint({pkgDir: home, strict: true, pack: false});
      expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
      const data = new Uint8Array(readFileSync(tarballs['dl-trade']!));
      const analysis = await checkPackage(createPackageFromTarballData(data));
      if (analysis.types === false) throw new Error('no types were found');
      // A CommonJS file gets the ES module itself, which Node hands to `require`: one library, not two. And TypeScript's
      // resolution of before 2022, which knows no exports, is not supported.
      const problems = analysis.problems.filter(
        (problem) =>
          problem.kind !== 'CJSResolvesToESM'
          && !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
      );
      expect(problems).toEqual([]);
    });
  });
}
