import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ROOT, runCli} from '../cli.js';
import type {CliResult} from '../cli.js';
import type {SoakExchange} from './soak-exchange.js';

const STRATEGY = [
  ...[
    '--models-dir',
    join(ROOT, 'models'),
    '--provider',
    'binance',
    '--symbol',
    'BTC/USDT',
    '--timeframe',
    '1s',
  ],
  ...[
    '--mode',
    'live',
    '--confirm-live',
    'binance',
    '--cash',
    '5000',
    '--threshold',
    '0.5',
    '--max-holding',
    '1s',
  ],
];

/** One trade follows the next, whatever the market looks like to the network, and also on candles that a busy machine comes to late. */
const EAGER = {
  ...{TRADING_COOLDOWN: '0', TRADING_MAX_CONSECUTIVE_LOSSES: '0', TRADING_MAX_ABS_INPUT: '1000000000'},
  ...{TRADING_MAX_CANDLE_AGE: '10m', TRADING_MIN_CONFIDENCE: '0.5', TRADING_MAX_DAILY_DRAWDOWN_PCT: '100'},
};

/** With a stop at the exchange, and long enough for the market to come down to some of them: it moves by about as much in a second. */
export const RESTING_STOP = ['--stop-loss', '0.5', '--resting-stop', '--max-holding', '4s'] as const;

/** How a life is to end; `ms` count from where it has read its journal and begins to trade, a `killed-at` comes when its signal aborts. A
 *  life that outlives its time is killed. */
export type Ending =
  | {readonly kind: 'killed-after'; readonly ms: number}
  | {readonly kind: 'killed-at'; readonly signal: AbortSignal}
  | {readonly kind: 'crash-point'; readonly point: string; readonly crossing: number}
  | {
      readonly kind: 'killed-by-exchange';
      readonly when: 'arrived' | 'taken';
      /** Counted from 1. */
      readonly order: number;
      /** By default every order counts. */
      readonly of?: 'stops';
    }
  | {readonly kind: 'signalled'; readonly signal: 'SIGINT' | 'SIGTERM'; readonly ms: number | 'at an order'}
  | {readonly kind: 'candles'; readonly decided: number};

/** The kill switch during a life: turned on as an opening order is taken, or where one has filled. */
export type Switch = 'at an order' | 'at a fill' | undefined;

export interface LifeOptions {
  readonly model: 'lstm' | 'transformer';
  readonly folder: string;
  readonly soak: SoakExchange;
  readonly ending: Ending;
  readonly haltFile: string;
  readonly halt?: Switch;
  /** Besides those of every soak. */
  readonly flags?: readonly string[];
  /** At the latest it is killed then, ms. */
  readonly withinMs: number;
  /** Modules that are loaded in front of the command. */
  readonly preloads?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface LifeResult extends CliResult {
  /** False where its end did not come as it was to, and something else ended it. */
  readonly asPlanned: boolean;
  /** Between the signal to stop and the end, ms; undefined without such a signal. */
  readonly stoppedWithinMs: number | undefined;
}

const living = new Set<() => void>();

/** Kills every life that is still going on: for a soak that ends before its time. */
export function killAll(): void {
  for (const kill of living) kill();
}

/** Runs the built command at the exchange, once, until it ends in the given way. */
export async function live(options: LifeOptions): Promise<LifeResult> {
  const {model, folder, soak, ending, haltFile, withinMs, preloads = []} = options;
  const crossed = join(folder, 'crossed');
  rmSync(crossed, {force: true});
  const crash = ending.kind === 'crash-point' ? ending : undefined;
  const all = crash === undefined ? preloads : [...preloads, 'crash-points.mjs'];
  let kill: (signal: NodeJS.Signals) => void = () => undefined;
  let [killed, signalledMs] = [false, 0];
  const timers: NodeJS.Timeout[] = [];
  const die = (): void => {
    killed = true;
    kill('SIGKILL');
  };
  const stop = (): void => {
    signalledMs = performance.now();
    if (ending.kind === 'signalled') kill(ending.signal);
  };
  watchOrders(options, {die, stop});
  const candles = ending.kind === 'candles' ? ['--max-candles', String(ending.decided)] : [];
  const result = await runCli(['--model', model, ...STRATEGY, ...candles, ...(options.flags ?? [])], {
    cwd: folder,
    nodeArguments: all.flatMap((name) => ['--import', join(ROOT, 'test/support/soak', name)]),
    env: {
      ...EAGER,
      BINANCE_BASE_URL: soak.exchange.url,
      ...{BINANCE_API_KEY: soak.credentials.apiKey, BINANCE_API_SECRET: soak.credentials.secret},
      ...(crash && {CRASH_POINT: `${crash.point} ${String(crash.crossing)}`, CRASH_LOG: crossed}),
      ...options.env,
    },
    onStart(signal) {
      kill = signal;
      living.add(die);
      if (ending.kind === 'killed-at') ending.signal.addEventListener('abort', die);
      timers.push(setTimeout(kill, withinMs, 'SIGKILL'));
    },
    onStdout(text) {
      if (timers.length === 1 && ending.kind === 'killed-after') timers.push(setTimeout(die, ending.ms));
      if (timers.length === 1 && ending.kind === 'signalled' && ending.ms !== 'at an order')
        timers.push(setTimeout(stop, ending.ms));
      if (options.halt === 'at a fill') flattenWhatIsHeld(text, haltFile);
    },
  });
  for (const timer of timers) clearTimeout(timer);
  living.delete(die);
  if (ending.kind === 'killed-at') ending.signal.removeEventListener('abort', die);
  soak.watch = {};
  return {
    ...result,
    asPlanned:
      ending.kind === 'crash-point'
        ? existsSync(crossed) && readFileSync(crossed, 'utf8') !== ''
        : ending.kind === 'candles' || ending.kind === 'signalled'
          ? result.signal === null
          : killed,
    stoppedWithinMs: signalledMs === 0 ? undefined : performance.now() - signalledMs,
  };
}

/** Turns the switch on where more was bought than sold by what was printed; off again where an exit was faster. */
function flattenWhatIsHeld(printed: string, haltFile: string): void {
  const fills = [...printed.matchAll(/^ {4}fill (buy|sell) /gm)].map(([, side]) => side);
  if (fills.at(-1) === 'sell') rmSync(haltFile, {force: true});
  else if (fills.at(-1) === 'buy' && !existsSync(haltFile)) {
    const command = {reason: 'a soak', flatten: true, requestedAtMs: Date.now()};
    writeFileSync(haltFile, JSON.stringify(command));
  }
}

function watchOrders(
  {ending, halt, haltFile, soak}: LifeOptions,
  {die, stop}: {readonly die: () => void; readonly stop: () => void},
): void {
  let seen = 0;
  const counts = (type: string | null): boolean =>
    !(ending.kind === 'killed-by-exchange' && ending.of === 'stops') || type?.startsWith('STOP') === true;
  soak.watch = {
    onArrival(parameters) {
      if (!counts(parameters.get('type'))) return;
      seen += 1;
      if (ending.kind === 'killed-by-exchange' && ending.when === 'arrived' && seen === ending.order) die();
    },
    onTaken({side, type}) {
      if (halt === 'at an order' && side === 'BUY') writeFileSync(haltFile, '');
      if (ending.kind === 'signalled' && ending.ms === 'at an order') stop();
      if (!counts(type)) return;
      if (ending.kind === 'killed-by-exchange' && ending.when === 'taken' && seen === ending.order) die();
    },
  };
}
