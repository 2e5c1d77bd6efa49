import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import {registerSecret} from '../domain/secrets.js';
import {resolveProvider} from './provider.js';
import {readSentimentSource} from './sentiment-source.js';
import type {SentimentSource} from './sentiment-source.js';

/** What one run is told to do. Frozen; what is undefined is decided by the model's manifest or the candle file. */
export interface TradingConfig {
  /** Name of a model, or a path. */
  readonly model: string;
  /** Undefined: `models/` here, then the models that are shipped. */
  readonly modelsDirectory: string | undefined;
  /** A ccxt id, or `sim` for the embedded simulated market. */
  readonly provider: string;
  readonly mode: 'paper' | 'live';
  readonly symbol: string | undefined;
  /** Exchange spelling, such as `5m`. */
  readonly timeframe: string | undefined;
  /** A candle file to replay instead of trading at the provider. */
  readonly candlesFile: string | undefined;
  /** Source of `fear_greed_index`. */
  readonly sentiment: SentimentSource;
  readonly stateDirectory: string | undefined;
  /** Stop after this many decided candles; undefined: until the source ends or a signal comes. */
  readonly maxCandles: number | undefined;
  /** Candle time over real time; `max` does not wait; undefined: the source's own pace. */
  readonly speed: number | 'max' | undefined;
  /** Seed of the simulated market. */
  readonly seed: number;
  /** Buy above it, sell below 1 - it; in [0.5, 1). Undefined: the manifest decides. */
  readonly decisionThreshold: number | undefined;
  /** Largest notional of one position, in quote. */
  readonly maxPositionSizeQuote: number;
  /** Fraction of the day's peak equity in (0, 1]. */
  readonly maxDailyDrawdown: number;
  readonly maxOpenPositions: number;
  readonly startingCashQuote: number;
  readonly feeBps: number;
  readonly slippageBps: number;
  /** Talk to an exchange's test network. */
  readonly testnet: boolean;
}

/** Flags of the command line, as commander parsed them: strings, or absent. */
export interface TradingFlags {
  readonly model?: string | undefined;
  readonly modelsDir?: string | undefined;
  readonly provider?: string | undefined;
  readonly mode?: string | undefined;
  readonly confirmLive?: string | undefined;
  readonly symbol?: string | undefined;
  readonly timeframe?: string | undefined;
  readonly candles?: string | undefined;
  readonly sentiment?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly maxCandles?: string | undefined;
  readonly speed?: string | undefined;
  readonly seed?: string | undefined;
  readonly threshold?: string | undefined;
  readonly cash?: string | undefined;
  readonly feeBps?: string | undefined;
  readonly slippageBps?: string | undefined;
}

const number = (want: string, allows: (value: number) => boolean) =>
  z.string().transform((text, context) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (allows(value)) return value;
    context.addIssue({code: 'custom', message: want});
    return z.NEVER;
  });

const positive = number('a number above 0', (value) => value > 0 && value < Infinity);
const basisPoints = number('basis points from 0 to 1000', (value) => value >= 0 && value <= 1000);
const count = number('a whole number above 0', (value) => Number.isSafeInteger(value) && value > 0);
const flag = z.string().transform((text, context) => {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  context.addIssue({code: 'custom', message: 'true or false'});
  return z.NEVER;
});

/** Every setting: its flag, the variable that stands in for it, its default and what it may be. */
const SETTINGS = {
  mode: {
    flag: 'mode',
    initial: 'paper',
    schema: z.enum(['paper', 'live'], 'paper or live'),
  },
  maxCandles: {flag: 'maxCandles', schema: count.optional()},
  speed: {
    flag: 'speed',
    schema: z
      .union([z.literal('max'), number('a number above 0, or max', (value) => value > 0 && value < Infinity)])
      .optional(),
  },
  seed: {
    flag: 'seed',
    initial: '1',
    schema: number(
      'a whole number from 0 to 4294967295',
      (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
    ),
  },
  decisionThreshold: {
    flag: 'threshold',
    variable: 'TRADING_DECISION_THRESHOLD',
    schema: number(
      'a probability of at least 0.5 and below 1',
      (value) => value >= 0.5 && value < 1,
    ).optional(),
  },
  maxPositionSizeQuote: {variable: 'TRADING_MAX_POSITION_SIZE_USD', initial: '1000', schema: positive},
  maxDailyDrawdownPct: {
    variable: 'TRADING_MAX_DAILY_DRAWDOWN_PCT',
    initial: '5',
    schema: number('a percentage above 0 and up to 100', (value) => value > 0 && value <= 100),
  },
  maxOpenPositions: {variable: 'TRADING_MAX_OPEN_POSITIONS', initial: '3', schema: count},
  startingCashQuote: {flag: 'cash', initial: '10000', schema: positive},
  feeBps: {flag: 'feeBps', initial: '10', schema: basisPoints},
  slippageBps: {flag: 'slippageBps', initial: '2', schema: basisPoints},
  testnet: {variable: 'TRADING_TESTNET', initial: 'true', schema: flag},
} as const satisfies Record<string, Setting>;

interface Setting {
  readonly flag?: keyof TradingFlags;
  readonly variable?: string;
  readonly initial?: string;
  readonly schema: z.ZodType;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags, else the environment, else the default: one frozen, checked configuration.
 *  Every credential in the environment is registered, so that nothing can print it.
 *  @throws CONFIG_INVALID naming the setting, its value and what it may be; PROVIDER_UNSUPPORTED; LIVE_REFUSED */
export function loadTradingConfig(flags: TradingFlags, environment: Environment): TradingConfig {
  registerCredentials(environment);
  const read = <S extends Setting>(setting: S) =>
    readSetting(setting, flags, environment) as z.output<S['schema']>;
  const mode = read(SETTINGS.mode);
  // A replay has no provider: what the environment says for other runs is not asked.
  const named =
    flags.provider
    ?? (flags.candles === undefined ? emptyAsAbsent(environment['TRADING_PROVIDER']) : undefined);
  const provider = resolveProvider(named ?? 'sim');
  if (mode === 'live') refuseLive(provider, flags.confirmLive);
  return Object.freeze({
    model: flags.model ?? 'lstm',
    modelsDirectory: flags.modelsDir,
    provider,
    mode,
    symbol: flags.symbol,
    timeframe: flags.timeframe,
    candlesFile: flags.candles,
    sentiment: readSentimentSource(flags.sentiment, environment),
    stateDirectory: flags.stateDir,
    maxCandles: read(SETTINGS.maxCandles),
    speed: read(SETTINGS.speed),
    seed: read(SETTINGS.seed),
    decisionThreshold: read(SETTINGS.decisionThreshold),
    maxPositionSizeQuote: read(SETTINGS.maxPositionSizeQuote),
    maxDailyDrawdown: read(SETTINGS.maxDailyDrawdownPct) / 100,
    maxOpenPositions: read(SETTINGS.maxOpenPositions),
    startingCashQuote: read(SETTINGS.startingCashQuote),
    feeBps: read(SETTINGS.feeBps),
    slippageBps: read(SETTINGS.slippageBps),
    testnet: read(SETTINGS.testnet),
  });
}

/** The threshold of a flag, else of TRADING_DECISION_THRESHOLD, else undefined: the manifest decides.
 *  @throws CONFIG_INVALID */
export function readThreshold(flag: string | undefined, environment: Environment): number | undefined {
  return readSetting(SETTINGS.decisionThreshold, {threshold: flag}, environment) as number | undefined;
}

/** TRADING_TESTNET, true unless it says otherwise.
 *  @throws CONFIG_INVALID */
export function readTestnet(environment: Environment): boolean {
  return readSetting(SETTINGS.testnet, {}, environment) as boolean;
}

function readSetting(setting: Setting, flags: TradingFlags, environment: Environment): unknown {
  const fromFlag = setting.flag === undefined ? undefined : flags[setting.flag];
  const fromVariable =
    setting.variable === undefined ? undefined : emptyAsAbsent(environment[setting.variable]);
  const value = fromFlag ?? fromVariable ?? setting.initial;
  const result = setting.schema.safeParse(value);
  if (result.success) return result.data;
  const name = fromFlag === undefined ? setting.variable : `--${kebabCase(setting.flag ?? '')}`;
  const want = result.error.issues.map((issue) => wantOf(issue)).join(' or ');
  throw new DlTradeError('CONFIG_INVALID', `${name ?? 'setting'} was "${value ?? ''}", want ${want}`, {
    details: {setting: name, value},
  });
}

function wantOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  return issue.errors.flat().find((inner) => inner.code === 'custom')?.message ?? issue.message;
}

function refuseLive(provider: string, confirmation: string | undefined): never {
  const confirmed = confirmation === undefined ? ' (and --confirm-live was not given)' : '';
  throw new DlTradeError(
    'LIVE_REFUSED',
    `live trading at "${provider}" was asked for${confirmed}; this version trades on paper only: drop --mode live`,
    {details: {provider}},
  );
}

function registerCredentials(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && /_(API_KEY|API_SECRET|API_PASSWORD|PASSPHRASE)$/.test(name))
      registerSecret(value);
  }
}

function emptyAsAbsent(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
