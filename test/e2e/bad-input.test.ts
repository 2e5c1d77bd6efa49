import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {simulateCandles} from '../../src/exchange/simulate-candles.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {ROOT, runCli} from '../support/cli.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const HOUR = {name: '1h', ms: 3_600_000};
const CANDLES = [...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 9, candles: 660})];
const LINES = candlesToCsv(CANDLES).trim().split('\n');
const MODELS = join(ROOT, 'models');

/** The file's lines with one of them changed. */
function withLine(number: number, change: (cells: string[]) => string[]): string {
  return LINES.map((line, i) => (i === number ? change(line.split(',')).join(',') : line)).join('\n');
}

function cell(number: number, column: number, value: string): string {
  return withLine(number, (cells) => cells.map((old, i) => (i === column ? value : old)));
}

/** Everything that a failed command must not have touched. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, {recursive: true}).map(String).sort();
}

describe('a candle file that breaks a rule', () => {
  const cases: [name: string, content: string, message: RegExp][] = [
    ['a NaN', cell(100, 4, 'NaN'), /line 101: close was "NaN"/],
    ['a text column', cell(100, 2, 'high'), /line 101: high was "high"/],
    ['an empty cell', cell(100, 5, ''), /line 101: volume was ""/],
    ['a negative price', cell(100, 3, '-1'), /line 101: low was "-1"/],
    [
      'times that go back',
      [...LINES.slice(0, 200), LINES[150]!, ...LINES.slice(200)].join('\n'),
      /line 201: timestamp was .*goes back/,
    ],
    [
      'rows with the newest first',
      [LINES[0]!, ...LINES.slice(1).reverse()].join('\n'),
      /line 3: timestamp was .*goes back/,
    ],
    [
      'a duplicate that disagrees',
      [...LINES.slice(0, 200), LINES[199]!.replace(/,[^,]+,0,0$/, ',1,0,0'), ...LINES.slice(200)].join('\n'),
      /line 201: volume was "1"/,
    ],
    ['no rows', `${LINES[0]!}\n`, /no closed candle/],
    ['nothing', '', /empty/i],
    ['no such column', LINES.join('\n').replace('close', 'last'), /close/],
    ['too few candles', LINES.slice(0, 300).join('\n'), /want at least/],
  ];
  it.each(cases)('is refused with a line that names the place: %s', async (name, content, message) => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'candles.csv'), content);
    const {code, stdout, stderr} = await runCli(
      [
        'predict',
        '--model',
        'lstm',
        '--candles',
        'candles.csv',
        '--all',
        '--out',
        'out.csv',
        '--models-dir',
        MODELS,
      ],
      {cwd},
    );
    expect(stderr, name).toMatch(message);
    expect(withoutProgress(stderr).trim().split('\n'), name).toHaveLength(1);
    expect(code, name).toBe(3);
    expect(stdout, name).toBe('');
    expect(filesOf(cwd), name).toEqual(['candles.csv']);
  });

  it('is refused where it is missing, or a directory', async () => {
    const cwd = temporaryDirectory();
    for (const path of ['nowhere.csv', '.']) {
      const {code, stderr} = await runCli(['--candles', path, '--models-dir', MODELS], {cwd});
      expect(code).toBe(3);
      expect(stderr).toContain('[FILE_UNREADABLE]');
    }
  });
});

describe('a model that is not right', () => {
  it('is a usage error where the bare name is unknown, and names those that are there', async () => {
    const {code, stderr} = await runCli(['--model', 'gru']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^dl-trade: model was "gru", but there are lstm, transformer; .*\[MODEL_UNKNOWN\]\n$/,
    );
  });

  it('is a model error where the path holds none', async () => {
    const {code, stderr} = await runCli(['--model', './nowhere']);
    expect(code).toBe(4);
    expect(stderr).toContain('[MODEL_NOT_FOUND]');
  });

  const damages: [name: string, damage: (model: string) => void, message: RegExp][] = [
    [
      'a truncated checkpoint',
      (model) => {
        truncateSync(join(model, 'weights.pth'), 100_000);
      },
      /sha256 of weights\.pth/,
    ],
    [
      'a manifest of other sizes',
      (model) => {
        editManifest(model, (text) => text.replace('"hidden_size": 128', '"hidden_size": 64'));
      },
      /hidden_size/,
    ],
    [
      'a manifest of another schema',
      (model) => {
        editManifest(model, (text) => text.replace('dl86/1', 'dl77/1'));
      },
      /feature schema was "dl77\/1/,
    ],
    [
      'a manifest without a field',
      (model) => {
        editManifest(model, (text) => text.replace('"horizon"', '"horizont"'));
      },
      /horizon/,
    ],
    [
      'a manifest that is no JSON',
      (model) => {
        writeFileSync(join(model, 'manifest.json'), '{');
      },
      /no JSON/,
    ],
    [
      'no manifest',
      (model) => {
        rmSync(join(model, 'manifest.json'));
      },
      /no manifest\.json/,
    ],
  ];
  it.each(damages)('is refused with the reason: %s', async (name, damage, message) => {
    const cwd = temporaryDirectory();
    cpSync(join(MODELS, 'lstm'), join(cwd, 'mine'), {recursive: true});
    damage(join(cwd, 'mine'));
    const {code, stdout, stderr} = await runCli(
      ['--model', './mine', '--speed', 'max', '--max-candles', '1'],
      {cwd},
    );
    expect(stderr, name).toMatch(message);
    expect(withoutProgress(stderr).trim().split('\n'), name).toHaveLength(1);
    expect(code, name).toBe(4);
    expect(stdout, name).toBe('');
    expect(
      filesOf(cwd).some((path) => path.startsWith('.dl-trade')),
      name,
    ).toBe(false);
  });
});

function editManifest(model: string, edit: (text: string) => string): void {
  const path = join(model, 'manifest.json');
  const before = readFileSync(path, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error('the edit changed nothing');
  writeFileSync(path, after);
}

const BACKTEST = ['backtest', '--model', 'lstm', '--candles', 'x.csv'];

describe('a command line that is not understood', () => {
  const cases: [args: string[], message: RegExp][] = [
    [['--modle', 'lstm'], /unknown option '--modle'.*\n.*did you mean one of --mode, --model/is],
    [['predcit'], /unknown command "predcit"; did you mean predict\?/],
    [['imprt', '--weights', 'x'], /unknown command "imprt"; did you mean import\?/],
    [['nosuch', '--help'], /unknown command "nosuch"; there are fetch, features,/],
    [['backtest', '--modle', 'lstm'], /unknown option '--modle'.*\n.*did you mean --model/is],
    [['backtest', '--model', 'lstm'], /required option '--candles <file>' not specified/],
    [
      [...BACKTEST, '--out', 'r.json', '--report', './r.json'],
      /--report was "\.\/r\.json".* of --out as well/,
    ],
    [[...BACKTEST, '--cuts', '3'], /--cuts was "3" without --prove/],
    [[...BACKTEST, '--prove', '--out', 'r.json'], /--out was given with --prove/],
    [['--candles', 'x.csv', '--provider', 'binance'], /--provider was "binance" beside --candles/],
    [['predict', '--model', 'lstm'], /--candles/],
    [['predict', '--model', 'lstm', '--candles', 'x.csv', '--all'], /--all and --out go together/],
    [['--symbol', 'DOGE/USDT'], /symbol was "DOGE\/USDT".*BTC\/USDT/],
    [['--symbol', 'bitcoin'], /symbol was "bitcoin"/],
    [['--timeframe', '7x'], /timeframe was "7x"/],
    [['--provider', 'binance_futures'], /futures are not supported/],
    [['--mode', 'live'], /live trading/],
    [['--threshold', '2'], /--threshold was "2"/],
  ];
  it.each(cases)('is a usage error with what was wrong: %j', async (args, message) => {
    const flags = args[0]!.startsWith('--') ? [...args, '--models-dir', MODELS] : args;
    const {code, stdout, stderr} = await runCli(flags, {cwd: temporaryDirectory()});
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

describe('an output that is the input', () => {
  it('is refused, and the candles stay', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'candles.csv'), LINES.join('\n'));
    for (const [flag, ...args] of [
      ['--out', 'features'],
      ['--out', 'predict', '--model', 'lstm', '--all'],
      ['--report', 'backtest', '--model', 'lstm'],
    ] as const) {
      const io = ['--candles', 'candles.csv', flag, './candles.csv', '--models-dir', MODELS];
      const {code, stderr} = await runCli([...args, ...io], {cwd});
      expect(stderr).toContain(`${flag} was "./candles.csv", which is the candle file itself`);
      expect(code).toBe(2);
    }
    expect(readFileSync(join(cwd, 'candles.csv'), 'utf8')).toBe(LINES.join('\n'));
  });
});

describe('a folder that is gone or not ours', () => {
  it('is one line, not a stack', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, '.dl-trade'), 'a file where a folder should be');
    const {code, stderr} = await runCli(['--speed', 'max', '--max-candles', '1', '--models-dir', MODELS], {
      cwd,
    });
    expect(stderr).toMatch(/^dl-trade: no state directory can be made here .*\[JOURNAL_FAILED\]\n$/);
    expect(code).toBe(3);
  });
});

describe('a checkpoint that is none', () => {
  it('is no path at all, or one too many', async () => {
    expect((await runCli(['inspect', ''])).stderr).toMatch(/the path was ""/);
    const {code, stderr} = await runCli(['inspect', 'a.pth', 'b.pth']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/too many arguments/);
  });

  it('is reported by inspect with a code, and exit 4', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'a.pth'), 'PK\u0003\u0004 not really');
    const {code, stdout} = await runCli(['inspect', 'a.pth', '--json'], {cwd});
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ok: false, code: expect.stringMatching(/^[A-Z_]+$/) as string});
    expect((await runCli(['inspect', 'nowhere.pth'], {cwd})).code).toBe(4);
  });
});

describe('a full disk', () => {
  it('leaves the journal readable, with one line of what to do', async ({skip}) => {
    const cwd = temporaryDirectory();
    const disk = join(cwd, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk], {stdio: 'pipe'});
    } catch (error) {
      // Not even root may, in most containers.
      skip(`no disk can be mounted here: ${String(error)}`);
    }
    try {
      const args = ['--speed', 'max', '--models-dir', MODELS, '--state-dir', 'disk/state'];
      const full = await runCli(args, {cwd});
      expect(withoutProgress(full.stderr)).toMatch(
        /^dl-trade: journal ".*" could not be written .*free some space.*\[JOURNAL_FAILED\]\n$/,
      );
      expect(full.code).toBe(3);
      execFileSync('mount', ['-o', 'remount,size=8m', disk]);
      const again = await runCli([...args, '--max-candles', '40', '--json'], {cwd});
      expect(withoutProgress(again.stderr)).toBe('');
      expect(again.code).toBe(0);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('leaves no half of a table', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'candles.csv'), LINES.join('\n'));
    const {code, stderr} = await runCli(['features', '--candles', 'candles.csv', '--out', '/dev/full'], {
      cwd,
    });
    expect(stderr).toContain('[OUTPUT_FAILED]');
    expect(code).toBe(1);
  });
});
