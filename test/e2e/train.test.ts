import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {candlesToCsv} from '../support/candle-csv.js';
import {CLI, runCli} from '../support/cli.js';
import type {CliResult} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {plantedMarket} from '../support/planted-market.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const SMALL = ['--hidden-size', '8', '--layers', '1', '--sequence-length', '8', '--horizon', '1'];

/** A folder with candles, and the command run in it. */
function place(candles = 1500): {
  folder: string;
  run: (args: readonly string[], options?: Parameters<typeof runCli>[1]) => Promise<CliResult>;
  read: (name: string) => string;
} {
  const folder = temporaryDirectory();
  writeFileSync(
    join(folder, 'ETHUSDT-1h.csv'),
    candlesToCsv(plantedMarket({candles, repeats: 0.8, seed: 'command'})),
  );
  return {
    folder,
    run: (args, options = {}) => runCli(args, {cwd: folder, ...options}),
    read: (name) => readFileSync(join(folder, name), 'utf8'),
  };
}

const train = (out: string, ...more: readonly string[]): string[] => [
  ...['train', '--model', 'lstm', '--candles', 'ETHUSDT-1h.csv', '--out', out, ...SMALL],
  ...['--batch-size', '16', '--seed', '5', ...more],
];

/** A signal when a text has come; one alone, since a second Ctrl-C ends at once. */
function once(
  awaited: string,
  signal: NodeJS.Signals,
): (text: string, kill: (signal: NodeJS.Signals) => void) => void {
  let sent = false;
  return (text, kill) => {
    if (sent || !text.includes(awaited)) return;
    sent = true;
    kill(signal);
  };
}

const weightsOf = (manifest: string): string =>
  (JSON.parse(manifest) as {weightsSha256: string}).weightsSha256;

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('dl-trade train', () => {
  it('trains, prints both parts beside the baselines, and leaves a model that runs on the same candles', async () => {
    const {run, read} = place();
    const trained = await run(train('models/mine', '--epochs', '3'));
    expect(withoutProgress(trained.stderr)).toBe('');
    expect(trained.code).toBe(0);
    for (const line of [
      'dl-trade train: bilstm on ETHUSDT-1h.csv, ETH/USDT 1h, horizon 1',
      'epoch 3/3  train loss',
      'validation part, on which it was selected:',
      'test part, looked at once:',
      'logistic regression',
      'gradient boosting',
      'saved in models/mine',
    ]) {
      expect(trained.stdout).toContain(line);
    }
    expect(read('models/mine/MODEL_CARD.md')).toContain('| candles | ETH/USDT, 1h, ETHUSDT-1h.csv |');
    const ran = await run(['--model', 'mine', '--candles', 'ETHUSDT-1h.csv', '--json']);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({model: 'mine', symbol: 'ETH/USDT', timeframe: '1h'});
  });

  it('stops at Ctrl-C with everything saved, is not written over, and goes on to the same weights', async () => {
    const {folder, run, read} = place();
    const whole = await run(train('whole', '--epochs', '40', '--patience', '40', '--json'));
    expect(whole.code).toBe(0);

    const stopped = await run(train('models/mine', '--epochs', '40', '--patience', '40'), {
      onStdout: once('epoch  2/40', 'SIGINT'),
    });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(/stopped by a signal after \d+ whole epochs.*--resume goes on/);
    expect(existsSync(join(folder, 'models/mine'))).toBe(false);

    const again = await run(train('models/mine', '--epochs', '40', '--patience', '40'));
    expect(again).toMatchObject({code: 2, stdout: ''});
    expect(again.stderr).toContain('a stopped training lies in "models/mine.training"');

    const resumed = await run(train('models/mine', '--epochs', '40', '--patience', '40', '--resume'));
    expect(resumed.code).toBe(0);
    expect(weightsOf(read('models/mine/manifest.json'))).toBe(weightsOf(read('whole/manifest.json')));
    expect((JSON.parse(whole.stdout) as {bestEpoch: number}).bestEpoch).toBeGreaterThan(1);
  });

  it('says in a sentence what is wrong with what it was given', async () => {
    const {run} = place(700);
    const faults: [string[], number, string][] = [
      [train('out', '--epochs', '0'), 2, '--epochs'],
      [train('out', '--d-model', '8'), 2, 'd_model was "8", but a lstm has none'],
      [[...train('out'), '--model', 'gru'], 2, 'model was "gru", want lstm or transformer'],
      [[...train('out'), '--candles', 'none.csv'], 3, 'none.csv'],
      [[...train('out'), '--sequence-length', '99'], 3, 'give'],
    ];
    for (const [args, code, text] of faults) {
      const result = await run(args);
      expect(result.stderr).toContain(text);
      expect(result.code).toBe(code);
    }
  });
});

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('dl-trade walk-forward', () => {
  const walk = (out: string, ...more: readonly string[]): string[] => [
    ...['walk-forward', '--model', 'lstm', '--candles', 'ETHUSDT-1h.csv', '--out', out, ...SMALL],
    ...['--folds', '3', '--epochs', '20', '--patience', '20', '--batch-size', '16', ...more],
  ];

  it('runs folds in processes; killed in the middle it goes on to the same record', async () => {
    const {run, read} = place();
    const whole = await run(walk('whole', '--jobs', '2', '--json'));
    expect(whole.code).toBe(0);
    const {overall, folds} = JSON.parse(whole.stdout) as {
      overall: {metrics: {samples: number; accuracy: number}};
      folds: unknown[];
    };
    expect(folds).toHaveLength(3);
    expect(overall.metrics.samples).toBe(446);
    expect(overall.metrics.accuracy).toBeGreaterThan(0.6);

    const killed = await run(walk('cut'), {onStderr: once('fold 2/3  epoch  1', 'SIGKILL')});
    expect(killed.signal).toBe('SIGKILL');
    expect(killed.stderr).toContain('fold 1/3  done');
    expect(killed.stderr).not.toContain('fold 2/3  done');
    const resumed = await run(walk('cut'));
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('3 folds, 1 of them done before');
    expect(read('cut/forecasts.csv')).toBe(read('whole/forecasts.csv'));
  });

  it('stops at Ctrl-C with its folds, and leaves no process behind', async () => {
    const {run, folder} = place();
    const stopped = await run(walk('cut', '--jobs', '2', '--epochs', '500', '--patience', '500'), {
      onStderr: once('epoch   2/500', 'SIGINT'),
    });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('finished folds and checkpoints are kept in "cut"');
    expect(existsSync(join(folder, 'cut/fold-01.training'))).toBe(true);
  });
});

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('dl-trade compare', () => {
  it('records which model is best, and --model best runs it', async () => {
    const {run, read} = place();
    await run(train('models/first', '--epochs', '3'));
    await run(train('models/second', '--epochs', '1', '--lr', '0.000001'));
    const compared = await run(['compare', '--models', 'first,second', '--candles', 'ETHUSDT-1h.csv']);
    expect(compared.code).toBe(0);
    for (const line of [
      'that none of them has seen',
      'first wins: the lower log loss',
      'its decisions, after costs:',
      'recorded in models/best.json: --model best means first',
    ]) {
      expect(compared.stdout).toContain(line);
    }
    expect(JSON.parse(read('models/best.json'))).toMatchObject({winner: 'first'});
    const best = await run(['predict', '--model', 'best', '--candles', 'ETHUSDT-1h.csv', '--json']);
    expect(JSON.parse(best.stdout)).toMatchObject({model: 'first'});
  });
});
