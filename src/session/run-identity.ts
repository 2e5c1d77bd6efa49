import {createHash, randomBytes} from 'node:crypto';
import {z} from 'zod';
import type {TradingConfig} from '../config/trading-config.js';
import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {FEATURE_SCHEMA} from '../features/schema.js';
import type {Model} from '../model/model-persistence.js';
import {nativeVersions} from '../model/native.js';
import {riskLimits} from '../risk/limits.js';
import type {RiskLimits} from '../risk/limits.js';
import {bodyDifferences} from '../store/body-differences.js';
import type {BodyDifference} from '../store/body-differences.js';
import {canonicalJson} from '../store/journal-entry.js';
import type {CandleFeed} from './candle-feed.js';
import type {OpenSentiment} from './open-sentiment.js';

/** The others follow from settings that stand beside them, or are no setting. */
type NumericLimit = Exclude<
  keyof RiskLimits,
  'maxPositionSizeQuote' | 'windowLength' | 'feeBps' | 'slippageBps'
>;

// By type each of them: one that is missing here would be taken from the configuration and never compared with.
const LIMITS = Object.keys({
  ...{maxDailyDrawdown: true, maxOpenPositions: true, minConfidence: true, maxConsecutiveLosses: true},
  ...{lossPauseMs: true, maxCandleMove: true, cooldownMs: true, maxCandleAgeMs: true, maxClockSkewMs: true},
  ...{maxPriceDistance: true, maxAbsInput: true, maxFilledInWindow: true},
} satisfies Record<NumericLimit, true>) as NumericLimit[];

const rules = z.strictObject({
  ...{symbol: z.string(), base: z.string(), quote: z.string()},
  ...{lotSizeBase: z.string(), tickSizeQuote: z.string()},
  ...{minQuantityBase: z.string(), minNotionalQuote: z.string()},
});

const identity = z.object({
  /** Names the strategy in decision and order ids. */
  strategy: z.string(),
  model: z.string(),
  /** sha256 of weights.pth. */
  weights: z.string(),
  /** sha256 of the manifest's canonical JSON. */
  manifest: z.string(),
  /** Hash of the feature schema. */
  schema: z.string(),
  kernel: z.object({
    /** What computed the logits; journals from before there was a choice do not say. */
    name: z.string().default('naive'),
    libtorch: z.string(),
    isa: z.string(),
    threads: z.number().int().min(1),
  }),
  feed: z.looseObject({source: z.string()}),
  sentiment: z.unknown(),
  symbol: z.string(),
  timeframe: z.string(),
  threshold: z.number(),
  maxPositionSizeQuote: z.number(),
  startingCashQuote: z.number(),
  feeBps: z.number(),
  slippageBps: z.number(),
  /** `paper`, or the venue that orders went to. */
  broker: z.string().default('paper'),
  /** Undefined in journals of version 1, which knew only markets whose rules follow from symbol and price. */
  rules: rules.optional(),
  limits: z.record(z.enum(LIMITS), z.number()),
  exits: z
    .strictObject({
      stopLoss: z.number().optional(),
      takeProfit: z.number().optional(),
      trailingStop: z.number().optional(),
      maxHoldingMs: z.number().optional(),
      restingStop: z.boolean().optional(),
    })
    .default({}),
});

/** All that the decisions of a run depend on, as the first line of its journal has it: a run goes on only under the same, and a
 *  replay makes its strategy from this. */
export type RunIdentity = Readonly<z.output<typeof identity>>;

/** What the identity of a run is read off. */
export interface RunInputs {
  readonly model: Model;
  readonly feed: CandleFeed;
  readonly sentiment: OpenSentiment;
}

/** The identity of a run that is about to begin.
 *  @param broker where its orders go */
export function identityOf(
  config: TradingConfig,
  {model, feed, sentiment}: RunInputs,
  broker: string,
): RunIdentity {
  const {libtorch, isa, threads} = nativeVersions();
  const {name: timeframe, ms} = feed.source.timeframe;
  return {
    strategy: `dl-trade-${model.name}`,
    model: model.name,
    ...fingerprintOf(model),
    kernel: {name: model.network.kernel, libtorch, isa, threads},
    feed: {...feed.identity},
    sentiment: sentiment.identity,
    symbol: feed.source.symbol,
    timeframe,
    threshold: config.decisionThreshold ?? model.manifest.decisionThreshold,
    maxPositionSizeQuote: config.maxPositionSizeQuote,
    startingCashQuote: config.startingCashQuote,
    feeBps: config.feeBps,
    slippageBps: config.slippageBps,
    broker,
    rules: rulesBody(feed.rules),
    limits: limitsOf(ms, {
      maxDailyDrawdown: config.maxDailyDrawdown,
      maxOpenPositions: config.maxOpenPositions,
      ...config.limits,
    }),
    exits: {...config.exits},
  };
}

/** The same run under a name that no other run at its venue has: ids of its orders are made of it, and a venue may take an id again.
 *  @param recorded the run that goes on, whose name it keeps; undefined where it begins
 *  @param venue `shared`: orders of others rest there too; `own`: it is pretended, and makes the same of the same */
export function named(
  identity: RunIdentity,
  recorded: RunIdentity | undefined,
  venue: 'shared' | 'own',
): RunIdentity {
  if (recorded !== undefined) return {...identity, strategy: recorded.strategy};
  if (venue === 'own') return identity;
  return {...identity, strategy: `${identity.strategy}-${randomBytes(4).toString('hex')}`};
}

/** True where decisions were reviewed by the clock of an exchange, false where by that of the candles. */
export function hasClockOfItsOwn({feed}: Pick<RunIdentity, 'feed'>): boolean {
  return feed.source !== 'sim' && feed.source !== 'replay';
}

/** What a model is told by, whatever its name and place. */
export function fingerprintOf({manifest}: Model): Pick<RunIdentity, 'weights' | 'manifest' | 'schema'> {
  return {
    weights: manifest.weightsSha256,
    manifest: createHash('sha256').update(canonicalJson(manifest)).digest('hex'),
    schema: FEATURE_SCHEMA.hash,
  };
}

/** Reads the `session` line of a journal of this version or an earlier one.
 *  @throws JOURNAL_CORRUPT for one that is none */
export function readIdentity(body: string, place: string): RunIdentity {
  const said = z.record(z.string(), z.unknown()).catch({}).parse(JSON.parse(body));
  const result = identity.safeParse('limits' in said ? said : {...said, limits: limitsOfVersion1(said)});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DlTradeError(
    'JOURNAL_CORRUPT',
    `the first line of the journal in "${place}" does not say which run it is of (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`,
    {details: {place}},
  );
}

/** Where two runs differ. What a journal of an earlier version does not say is taken to be the same. */
export function identityDifferences(recorded: RunIdentity, now: RunIdentity): BodyDifference[] {
  const differences = bodyDifferences(recorded, JSON.parse(canonicalJson(now)));
  // The bits of any other kernel depend on nothing but its name.
  const isNaive = recorded.kernel.name === 'naive';
  return differences.filter(
    ({path}) =>
      !(recorded.rules === undefined && path === 'rules')
      && (isNaive || path === 'kernel.name' || !path.startsWith('kernel.')),
  );
}

/** True for what may be another in a later life of a run at an exchange: limits, exits and the threshold. What it trades, with which
 *  model and on which account, may not. */
export function isSetting(path: string): boolean {
  return /^(threshold$|maxPositionSizeQuote$|limits\b|exits\b)/.test(path);
}

/** The market's rules of a run.
 *  @param otherwise for a journal that does not say */
export function rulesOf(recorded: RunIdentity, otherwise: () => MarketRules): MarketRules {
  if (recorded.rules === undefined) return otherwise();
  const {symbol, base, quote, lotSizeBase, tickSizeQuote, minQuantityBase, minNotionalQuote} = recorded.rules;
  return {
    ...{symbol, base, quote},
    lotSizeBase: new Decimal(lotSizeBase),
    tickSizeQuote: new Decimal(tickSizeQuote),
    minQuantityBase: new Decimal(minQuantityBase),
    minNotionalQuote: new Decimal(minNotionalQuote),
  };
}

function rulesBody(market: MarketRules): NonNullable<RunIdentity['rules']> {
  return {
    ...{symbol: market.symbol, base: market.base, quote: market.quote},
    lotSizeBase: market.lotSizeBase.toFixed(),
    tickSizeQuote: market.tickSizeQuote.toFixed(),
    minQuantityBase: market.minQuantityBase.toFixed(),
    minNotionalQuote: market.minNotionalQuote.toFixed(),
  };
}

/** Every limit, the defaults as well: they may be others in a later version. */
function limitsOf(
  timeframeMs: number,
  given: Partial<Record<NumericLimit, number>>,
): Record<NumericLimit, number> {
  const limits = riskLimits(timeframeMs, given);
  return Object.fromEntries(LIMITS.map((name) => [name, limits[name]])) as Record<NumericLimit, number>;
}

function limitsOfVersion1(said: Record<string, unknown>): unknown {
  const given = z
    .object({timeframe: z.string(), maxDailyDrawdown: z.number(), maxOpenPositions: z.number()})
    .safeParse(said);
  if (!given.success) return undefined;
  const {timeframe, maxDailyDrawdown, maxOpenPositions} = given.data;
  return limitsOf(parseTimeframe(timeframe).ms, {maxDailyDrawdown, maxOpenPositions});
}
