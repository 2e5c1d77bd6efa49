import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {journalLines} from '../support/journal-lines.js';
import {CLI, ROOT, runCli} from '../support/cli.js';
import type {CliResult} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';
import {API_KEY, BinanceVenue} from '../support/test-exchange/binance-venue.js';
import type {SpotOrder} from '../support/test-exchange/spot-orders.js';
import {LISTED_MS} from '../support/test-exchange/markets.js';
import {HurriedHistory} from '../support/test-exchange/hurried-history.js';
import {TestExchange} from '../support/test-exchange/test-exchange.js';

const KEYS = {BINANCE_API_KEY: API_KEY.apiKey, BINANCE_API_SECRET: API_KEY.secret};
const RUN = ['--model', 'lstm', '--models-dir', join(ROOT, 'models'), '--provider', 'binance'];
const MARKET = ['--symbol', 'BTC/USDT', '--timeframe', '1s'];
const LIVE = ['--mode', 'live', '--confirm-live', 'binance', '--cash', '5000', '--threshold', '0.5'];
/** One trade follows the next, whatever the waves of the market look like to the network. */
const EAGER = {
  ...{TRADING_COOLDOWN: '0', TRADING_MAX_CONSECUTIVE_LOSSES: '0', TRADING_MAX_ABS_INPUT: '1000000000'},
  ...{TRADING_MAX_CANDLE_AGE: '30s', TRADING_MIN_CONFIDENCE: '0.5', TRADING_MAX_DAILY_DRAWDOWN_PCT: '100'},
};

/** An exchange whose clock goes as ours does, with candles of a second. */
async function place(): Promise<{
  venue: BinanceVenue;
  exchange: TestExchange;
  folder: string;
  run: (args: readonly string[], options?: Parameters<typeof runCli>[1]) => Promise<CliResult>;
}> {
  const venue = new BinanceVenue({'BTC/USDT': new HurriedHistory({seconds: 3000, seed: 3})});
  const exchange = await TestExchange.start(venue, LISTED_MS + 700_500);
  exchange.run(1);
  const folder = temporaryDirectory();
  return {
    ...{venue, exchange, folder},
    run: (args, {env = {}, ...options} = {}) =>
      runCli(args, {cwd: folder, ...options, env: {BINANCE_BASE_URL: exchange.url, ...EAGER, ...env}}),
  };
}

const decisionsIn = (lines: readonly string[]): number =>
  lines.filter((line) => line.startsWith('step ')).length;

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('dl-trade at an exchange', () => {
  it('trades on paper on its real market, needs no credentials, and goes on where it was stopped', async () => {
    const {run, folder, exchange} = await place();
    const state = join(folder, '.dl-trade/binance-paper-lstm-BTC-USDT-1s');
    const first = await run([...RUN, ...MARKET, '--threshold', '0.5', '--max-candles', '3']);
    expect(first.stderr).not.toContain('[');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('live candles of binance, paper account');
    expect(decisionsIn(journalLines(state))).toBe(3);

    const second = await run([...RUN, ...MARKET, '--threshold', '0.5', '--max-candles', '6']);
    expect(second.stdout).toContain('going on with .dl-trade/binance-paper-lstm-BTC-USDT-1s');
    const lines = journalLines(state);
    expect(decisionsIn(lines)).toBe(6);
    const times = lines.flatMap((line) => /^(?:candle|step) (\d+) /.exec(line)?.[1] ?? []).map(Number);
    expect(times.every((time, i) => i === 0 || time - times[i - 1]! === 1000)).toBe(true);
    expect(exchange.count('POST /api/v3/order')).toBe(0);

    const replayed = await run(['replay', '--state-dir', state, '--models-dir', join(ROOT, 'models')]);
    expect(withoutProgress(replayed.stderr)).toBe('');
    expect(replayed.code).toBe(0);
  });

  it(
    'sends orders to the test network; killed at any moment it neither forgets nor repeats one',
    {timeout: 180_000},
    async () => {
      const {run, folder, venue} = await place();
      const state = join(folder, '.dl-trade/binance-testnet-lstm-BTC-USDT-1s');
      const args = [...RUN, ...MARKET, ...LIVE];
      for (const orders of [1, 2, 3]) {
        const killed = await run([...args, '--max-candles', '100'], {
          env: KEYS,
          onStart(kill) {
            const timer = setInterval(() => {
              if (venue.orders.taken.length < orders) return;
              clearInterval(timer);
              kill('SIGKILL');
            }, 1);
          },
        });
        expect(killed.stdout).toContain('ORDERS GO TO BINANCE TEST NETWORK');
        expect(killed.stdout).toMatch(
          /positions of up to [\d,.]+ USDT out of [\d,.]+; nothing is opened once/,
        );
      }
      const soFar = decisionsIn(journalLines(state));
      const last = await run([...args, '--max-candles', String(soFar + 3)], {env: KEYS});
      expect(last.code).toBe(0);
      expect(last.stdout).toContain('going on with');

      const lines = journalLines(state);
      const bodies = (kind: string): {clientOrderId: string}[] =>
        lines
          .filter((line) => line.startsWith(`${kind} `))
          .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as {clientOrderId: string});
      const sent = venue.orders.taken.map(({clientOrderId}) => clientOrderId);
      expect(new Set(sent).size).toBe(sent.length);
      const journalled = new Set(bodies('order').map(({clientOrderId}) => clientOrderId));
      expect(sent.filter((id) => !journalled.has(id))).toEqual([]);
      expect(bodies('fill')).toHaveLength(venue.orders.taken.flatMap(({fills}) => fills).length);
      expect(sent.length).toBeGreaterThanOrEqual(3);

      const replayed = await run(['replay', '--state-dir', state, '--models-dir', join(ROOT, 'models')]);
      expect(withoutProgress(replayed.stderr)).toBe('');
      expect(replayed.code).toBe(0);
      const status = await run(['status', '--json', '--state-dir', state]);
      expect(JSON.parse(status.stdout)).toMatchObject({state: 'stopped', source: 'binance'});
    },
  );

  it(
    'leaves its stop loss at the exchange when it dies: it sells there, and the books know at the next start',
    {timeout: 180_000},
    async () => {
      const {run, folder, venue, exchange} = await place();
      const state = join(folder, '.dl-trade/binance-testnet-lstm-BTC-USDT-1s');
      const args = [...RUN, ...MARKET, ...LIVE, '--stop-loss', '20', '--resting-stop'];
      const stops = (): SpotOrder[] => venue.orders.taken.filter(({type}) => type === 'STOP_LOSS');
      const killed = await run([...args, '--max-candles', '200'], {
        env: KEYS,
        onStart(kill) {
          const timer = setInterval(() => {
            if (!stops().some(({status}) => status === 'NEW')) return;
            clearInterval(timer);
            kill('SIGKILL');
          }, 1);
        },
      });
      expect(killed.signal).toBe('SIGKILL');
      expect(killed.stdout).toContain('stop-loss 20% resting at the venue');
      const stop = stops().at(-1)!;
      venue.price = stop.stopPrice!.times('0.99').toFixed(2);
      venue.orders.tick(exchange.nowMs);
      expect(stop.status).toBe('FILLED');
      venue.price = undefined;

      const soFar = decisionsIn(journalLines(state));
      const last = await run([...args, '--max-candles', String(soFar + 2)], {env: KEYS});
      expect(last.code).toBe(0);
      expect(last.stdout).toMatch(/fill sell .* realised -/);
      expect(last.stderr).not.toContain('our books hold');
      const fills = journalLines(state).filter((line) => line.startsWith('fill '));
      expect(fills).toHaveLength(venue.orders.taken.flatMap((order) => order.fills).length);
      const open = venue.orders.open(undefined, exchange.nowMs);
      const held = venue.orders.account.total('BTC');
      expect(open.filter(({type}) => type === 'STOP_LOSS')).toHaveLength(held.gte('0.001') ? 1 : 0);

      const replayed = await run(['replay', '--state-dir', state, '--models-dir', join(ROOT, 'models')]);
      expect(withoutProgress(replayed.stderr)).toBe('');
      expect(replayed.code).toBe(0);
    },
  );

  it('refuses a stop that is to rest where there is none to rest, or nowhere to rest', async () => {
    const {run, venue} = await place();
    const alone = await run([...RUN, ...MARKET, '--resting-stop'], {env: KEYS});
    expect(alone).toMatchObject({code: 2});
    expect(alone.stderr).toContain('give --stop-loss PCT as well');
    const other = new BinanceVenue(
      {'BTC/USDT': new HurriedHistory({seconds: 3000, seed: 3})},
      {orderTypes: ['MARKET', 'LIMIT']},
    );
    const exchange = await TestExchange.start(other, LISTED_MS + 700_500);
    exchange.run(1);
    const nowhere = await run([...RUN, ...MARKET, ...LIVE, '--stop-loss', '2', '--resting-stop'], {
      env: {...KEYS, BINANCE_BASE_URL: exchange.url},
    });
    expect(nowhere).toMatchObject({code: 2});
    expect(nowhere.stderr).toContain('which takes no stop orders for BTC/USDT; leave --resting-stop out');
    expect([...venue.orders.taken, ...other.orders.taken]).toEqual([]);
  });

  it('is looked at by doctor: what everybody may see, and with a key what it may do', async () => {
    const {run, venue} = await place();
    const doctor = async (
      env: Record<string, string>,
    ): Promise<{code: number | null; checks: {check: string; verdict: string; text: string}[]}> => {
      const {code, stdout} = await run(['doctor', '--json', '--models-dir', join(ROOT, 'models')], {
        env: {TRADING_PROVIDER: 'binance', ...env},
      });
      const {checks} = JSON.parse(stdout) as {checks: {check: string; verdict: string; text: string}[]};
      return {code, checks: checks.slice(checks.findIndex(({check}) => check === 'exchange'))};
    };
    const looked = await doctor({});
    expect(looked.code).toBe(0);
    expect(looked.checks.map(({check}) => check)).toEqual(['exchange', 'market', 'credentials']);
    expect(looked.checks[2]!.text).toContain('paper trading alone');

    const keyed = await doctor({...KEYS, TRADING_TESTNET: 'false'});
    expect(keyed.code).toBe(0);
    expect(keyed.checks.at(-1)).toMatchObject({check: 'permissions', verdict: 'ok'});
    venue.key.canWithdraw = true;
    const loose = await doctor({...KEYS, TRADING_TESTNET: 'false'});
    expect(loose.checks.at(-1)).toMatchObject({check: 'permissions', verdict: 'warning'});

    const wrong = await doctor({...KEYS, BINANCE_API_SECRET: 'wrong-secret-of-the-key'});
    expect(wrong.code).toBe(5);
    expect(wrong.checks.at(-1)).toMatchObject({check: 'credentials', verdict: 'failed'});
    expect(JSON.stringify(wrong)).not.toContain('wrong-secret-of-the-key');
    expect(venue.orders.taken).toEqual([]);
  });

  it('refuses live trading that is not fully meant, or cannot work', async () => {
    const {run, venue} = await place();
    const faults: [string[], Record<string, string>, number, string][] = [
      [['--mode', 'live'], KEYS, 2, 'give --confirm-live binance where you mean it'],
      [['--mode', 'live', '--confirm-live', 'kraken'], KEYS, 2, '--confirm-live was "kraken", want binance'],
      [LIVE, {}, 2, 'BINANCE_API_KEY and BINANCE_API_SECRET are not set'],
      [
        LIVE,
        {...KEYS, BINANCE_API_SECRET: 'wrong-secret-of-the-key'},
        2,
        'live trading is refused: credentials',
      ],
      [[...LIVE, '--cash', '20000'], KEYS, 2, 'the account at binance test network holds 10000 USDT'],
      [[...LIVE, '--symbol', 'BTC/USD'], KEYS, 2, 'did you mean BTC/USDT'],
    ];
    for (const [args, env, code, text] of faults) {
      const result = await run([...RUN, '--timeframe', '1s', '--symbol', 'BTC/USDT', ...args], {env});
      expect(result.stderr).toContain(text);
      expect(result.stderr).not.toContain('wrong-secret-of-the-key');
      expect(result.code).toBe(code);
    }
    expect(venue.orders.taken).toEqual([]);
  });

  it('ends with the code of the exchange where it begins in the middle of trouble, which passes', async () => {
    const {run, exchange} = await place();
    exchange.fail('/api/v3/account', {kind: 'answer', status: 200, body: '{}'}, {times: 3});
    const result = await run([...RUN, ...MARKET, ...LIVE], {env: KEYS});
    expect(result.stderr).toContain('[EXCHANGE_ANSWER_INVALID]');
    expect(result.code).toBe(5);
  });

  it('says so in a sentence where a signal stops it before it has begun', async () => {
    const {run, exchange} = await place();
    const result = await run([...RUN, ...MARKET, ...LIVE], {
      env: KEYS,
      onStart(kill) {
        exchange.onRequest = ({path}) => {
          if (path === '/api/v3/exchangeInfo') kill('SIGTERM');
        };
      },
    });
    expect(result.stderr).toMatch(/^dl-trade: stopped by a signal .*\[INTERRUPTED\]$/m);
    expect(result.stderr).not.toContain('unexpected');
    expect(result).toMatchObject({code: 1, signal: null});
  });
});
