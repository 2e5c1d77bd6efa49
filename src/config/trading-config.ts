import {z} from 'zod';
import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import {registerSecret} from '../domain/secrets.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {requireKnownVariables} from './known-variables.js';
import {resolveProvider} from './provider.js';
import {readExchangeSettings} from './exchange-settings.js';
import {readSentimentSource} from './sentiment-source.js';
import type {SentimentSource} from './sentiment-source.js';
import {readSwitch} from './switch.js';
import {readTestnet} from './testnet.js';

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
  /** Rules that close a position without a forecast; each is off where it is not set. */
  readonly exits: ExitSettings;
  /** Limits of the risk audit that were set; the others are the documented defaults for the timeframe. */
  readonly limits: LimitSettings;
  readonly startingCashQuote: number;
  readonly feeBps: number;
  readonly slippageBps: number;
  /** Orders go to an exchange's test network. */
  readonly testnet: boolean;
  /** Replaces the origin of the exchange's addresses; undefined: its own. */
  readonly baseUrl: string | undefined;
}

/** When a position is closed without a forecast. */
export interface ExitSettings {
  /** Loss that closes, a fraction of the average entry price. */
  readonly stopLoss?: number;
  /** Gain that closes, a fraction of the average entry price. */
  readonly takeProfit?: number;
  /** Retreat from the best close since the entry that closes, a fraction of that close. */
  readonly trailingStop?: number;
  /** Age that closes. */
  readonly maxHoldingMs?: number;
  /** The stop loss rests at the venue as well. */
  readonly restingStop?: true;
}

/** What the risk audit compares with, where it is not the default: see docs/risk.md. */
export interface LimitSettings {
  readonly minConfidence?: number;
  readonly maxConsecutiveLosses?: number;
  readonly lossPauseMs?: number;
  readonly maxCandleMove?: number;
  readonly cooldownMs?: number;
  readonly maxCandleAgeMs?: number;
  readonly maxClockSkewMs?: number;
  readonly maxPriceDistance?: number;
  readonly maxAbsInput?: number;
  readonly maxFilledInWindow?: number;
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
  readonly stopLoss?: string | undefined;
  readonly takeProfit?: string | undefined;
  readonly trailingStop?: string | undefined;
  readonly maxHolding?: string | undefined;
  readonly restingStop?: true | undefined;
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
const wholeFromZero = number(
  'a whole number of at least 0',
  (value) => Number.isSafeInteger(value) && value >= 0,
);
const atLeastZero = number('a number of at least 0', (value) => value >= 0 && value < Infinity);
const percent = (want: string, allows: (value: number) => boolean) =>
  // Through a decimal, so that 0.7 is 0.007 and not the sum of its rounding errors.
  number(want, allows).transform((value) => new Decimal(value).shiftedBy(-2).toNumber());
const lossPercent = percent('a percentage above 0 and below 100', (value) => value > 0 && value < 100);
const duration = z.string().transform((text, context) => {
  if (text === '0') return 0;
  try {
    return parseTimeframe(text).ms;
  } catch {
    context.addIssue({code: 'custom', message: 'a duration such as 90m, 12h or 3d, or 0'});
    return z.NEVER;
  }
});
const EXIT_SETTINGS = {
  stopLoss: {flag: 'stopLoss', variable: 'TRADING_STOP_LOSS_PCT', schema: lossPercent.optional()},
  takeProfit: {
    flag: 'takeProfit',
    variable: 'TRADING_TAKE_PROFIT_PCT',
    schema: percent('a percentage above 0', (value) => value > 0 && value < Infinity).optional(),
  },
  trailingStop: {flag: 'trailingStop', variable: 'TRADING_TRAILING_STOP_PCT', schema: lossPercent.optional()},
  maxHoldingMs: {
    flag: 'maxHolding',
    variable: 'TRADING_MAX_HOLDING',
    schema: duration.refine((ms) => ms > 0, 'a duration above 0').optional(),
  },
} as const satisfies Record<Exclude<keyof ExitSettings, 'restingStop'>, Setting>;

const LIMIT_SETTINGS = {
  minConfidence: {
    variable: 'TRADING_MIN_CONFIDENCE',
    schema: number('a probability from 0.5 to 1', (value) => value >= 0.5 && value <= 1).optional(),
  },
  maxConsecutiveLosses: {variable: 'TRADING_MAX_CONSECUTIVE_LOSSES', schema: wholeFromZero.optional()},
  lossPauseMs: {variable: 'TRADING_LOSS_PAUSE', schema: duration.optional()},
  maxCandleMove: {
    variable: 'TRADING_MAX_CANDLE_MOVE_PCT',
    schema: percent('a percentage of at least 0', (value) => value >= 0 && value < Infinity).optional(),
  },
  cooldownMs: {variable: 'TRADING_COOLDOWN', schema: duration.optional()},
  maxCandleAgeMs: {variable: 'TRADING_MAX_CANDLE_AGE', schema: duration.optional()},
  maxClockSkewMs: {variable: 'TRADING_MAX_CLOCK_SKEW_MS', schema: atLeastZero.optional()},
  maxPriceDistance: {
    variable: 'TRADING_MAX_PRICE_DISTANCE_PCT',
    schema: percent('a percentage from 0 to 100', (value) => value >= 0 && value <= 100).optional(),
  },
  maxAbsInput: {variable: 'TRADING_MAX_ABS_INPUT', schema: atLeastZero.optional()},
  maxFilledInWindow: {variable: 'TRADING_MAX_FILLED_IN_WINDOW', schema: wholeFromZero.optional()},
} as const satisfies Record<keyof LimitSettings, Setting>;

/** Variables that set what has no flag, for the help and the documentation. */
export const LIMIT_VARIABLES: readonly string[] = Object.values(LIMIT_SETTINGS).map(({variable}) => variable);

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
} as const satisfies Record<string, Setting>;

interface Setting {
  readonly flag?: keyof TradingFlags;
  readonly variable?: string;
  readonly initial?: string;
  readonly schema: z.ZodType;
}

/** Every variable of a run whose name begins with TRADING_. */
const VARIABLES: readonly string[] = [
  ...[SETTINGS, EXIT_SETTINGS, LIMIT_SETTINGS].flatMap((group) =>
    Object.values<Setting>(group).flatMap(({variable}) => variable ?? []),
  ),
  ...['TRADING_PROVIDER', 'TRADING_SENTIMENT', 'TRADING_TESTNET', 'TRADING_RESTING_STOP'],
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags, else the environment, else the default: one frozen, checked configuration.
 *  Every credential in the environment is registered, so that nothing can print it.
 *  @throws CONFIG_INVALID naming the setting, its value and what it may be; PROVIDER_UNSUPPORTED; LIVE_REFUSED */
export function loadTradingConfig(flags: TradingFlags, environment: Environment): TradingConfig {
  registerCredentials(environment);
  requireKnownVariables(environment, VARIABLES);
  const read = <S extends Setting>(setting: S) =>
    readSetting(setting, flags, environment) as z.output<S['schema']>;
  const mode = read(SETTINGS.mode);
  // A replay has no provider: what the environment says for other runs is not asked.
  const named =
    flags.provider
    ?? (flags.candles === undefined ? emptyAsAbsent(environment['TRADING_PROVIDER']) : undefined);
  const provider = resolveProvider(named ?? 'sim');
  if (mode === 'live') requireLive(provider, flags);
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
    exits: readExits(flags, environment),
    limits: readGroup(LIMIT_SETTINGS, flags, environment),
    startingCashQuote: read(SETTINGS.startingCashQuote),
    feeBps: read(SETTINGS.feeBps),
    slippageBps: read(SETTINGS.slippageBps),
    testnet: readTestnet(environment),
    baseUrl: provider === 'sim' ? undefined : readExchangeSettings(provider, environment).baseUrl,
  });
}

/** The threshold of a flag, else of TRADING_DECISION_THRESHOLD, else undefined: the manifest decides.
 *  @throws CONFIG_INVALID */
export function readThreshold(flag: string | undefined, environment: Environment): number | undefined {
  return readSetting(SETTINGS.decisionThreshold, {threshold: flag}, environment) as number | undefined;
}

/** @throws CONFIG_INVALID for a resting stop without the stop loss that it is to be */
function readExits(flags: TradingFlags, environment: Environment): ExitSettings {
  const exits: ExitSettings = readGroup(EXIT_SETTINGS, flags, environment);
  const isFlag = flags.restingStop === true;
  if (!isFlag && !readSwitch('TRADING_RESTING_STOP', environment, false)) return exits;
  if (exits.stopLoss !== undefined) return Object.freeze({...exits, restingStop: true});
  const setting = isFlag ? '--resting-stop' : 'TRADING_RESTING_STOP';
  throw new DlTradeError(
    'CONFIG_INVALID',
    `${setting} was given without a stop loss to rest at the exchange; give --stop-loss PCT as well, or leave it out`,
    {details: {setting}},
  );
}

/** The settings of a group that were given. */
function readGroup<G extends Record<string, Setting>>(
  group: G,
  flags: TradingFlags,
  environment: Environment,
): {readonly [name in keyof G]?: number} {
  const read = Object.entries(group).map(
    ([name, setting]) => [name, readSetting(setting, flags, environment)] as const,
  );
  return Object.freeze(Object.fromEntries(read.filter(([, value]) => value !== undefined))) as {
    readonly [name in keyof G]?: number;
  };
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

/** Real orders, or those of a test network, are asked for twice. */
function requireLive(provider: string, {confirmLive, candles}: TradingFlags): void {
  const refuse = (reason: string): DlTradeError =>
    new DlTradeError('LIVE_REFUSED', `live trading was asked for, but ${reason}`, {details: {provider}});
  if (candles !== undefined) throw refuse('--candles replays a file, whose past nobody trades in');
  if (provider === 'sim')
    throw refuse('the simulated market takes no real order; name an exchange with --provider');
  if (confirmLive === undefined)
    throw refuse(`it was not confirmed; give --confirm-live ${provider} where you mean it`);
  if (confirmLive.trim().toLowerCase() !== provider)
    throw refuse(`--confirm-live was "${confirmLive}", want ${provider}, where the orders would go`);
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
