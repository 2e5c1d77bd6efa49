import type {Clock} from '../domain/clock.js';
import type {TradingConfig} from '../config/trading-config.js';
import {DlTradeError} from '../domain/errors.js';
import type {CcxtBroker} from '../exchange/ccxt-broker.js';
import type {BodyDifference} from '../store/body-differences.js';
import {canonicalJson} from '../store/journal-entry.js';
import {openFeed} from './candle-feed.js';
import {interruptible} from './interruption.js';
import {openSentiment, unusedSentiment} from './open-sentiment.js';
import {openVenue} from './open-venue.js';
import type {OpenVenue} from './open-venue.js';
import {positionSizeNotes} from './position-size-notes.js';
import {requireModel} from './require-model.js';
import {identityDifferences, identityOf, isSetting, named, readIdentity} from './run-identity.js';
import {Run} from './run.js';
import {trainedElsewhere} from './trained-elsewhere.js';
import type {RunListeners, RunParts, RunResult} from './run.js';
import {openState} from './state-directory.js';

const WALL_CLOCK: Clock = {nowMs: () => Date.now()};

/** Runs a strategy over a source of candles, from where its journal left off to the source's end, the candle limit or
 *  an abort. Every exit leaves the journal whole; an aborted or killed run goes on at the next call.
 *  @param environment where the credentials of an exchange are looked up
 *  @throws any code of configuration, data, model, exchange and journal */
export async function runSession(
  config: TradingConfig,
  listeners: RunListeners,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<RunResult> {
  const model = await requireModel(config.model, config.modelsDirectory);
  const {signal} = listeners;
  const onNote = (text: string): void => {
    listeners.onNote(text);
  };
  let venue: OpenVenue | undefined;
  try {
    if (config.provider !== 'sim' && config.candlesFile === undefined) {
      const {manifest} = model;
      venue = await interruptible(signal, () => openVenue({config, manifest, environment, signal, onNote}));
    }
    const feed = venue?.feed ?? (await openFeed(config, model.manifest, WALL_CLOCK));
    const {symbol} = feed.rules;
    const warnings = [
      ...feed.warnings,
      ...trainedElsewhere(model, {symbol, timeframe: feed.source.timeframe.name}),
      ...positionSizeNotes(config, feed.rules),
      ...unusedSentiment(config.sentiment, model),
    ];
    for (const warning of warnings) onNote(warning);
    const sentiment = await openSentiment(config.sentiment, {clock: WALL_CLOCK, signal, onNote});
    try {
      return await runOn(config, {model, feed, sentiment, venue}, listeners);
    } finally {
      sentiment.close();
    }
  } finally {
    venue?.close();
    model.network.dispose();
  }
}

async function runOn(
  config: TradingConfig,
  inputs: Pick<RunParts, 'model' | 'feed' | 'sentiment' | 'venue'>,
  listeners: RunListeners,
): Promise<RunResult> {
  const {model, feed, venue} = inputs;
  const unnamed = identityOf(config, inputs, venue?.broker?.name ?? 'paper');
  const state = openState(
    {
      ...{named: config.stateDirectory, provider: placeOf(config), model: model.name, pid: process.pid},
      goesOn: venue !== undefined,
      ...{symbol: feed.source.symbol, timeframe: feed.source.timeframe.name},
      difference: (session, directory) => {
        const recorded = readIdentity(session, directory);
        const differences = identityDifferences(recorded, named(unnamed, recorded, 'own'));
        const [first] = venue === undefined ? differences : differences.filter(({path}) => !isSetting(path));
        return first === undefined ? undefined : inWords(first, 'there');
      },
      // A simulation or a replay can be made again: it need not wait for the disk at every order.
      durability: venue === undefined ? 'process' : 'power',
    },
    WALL_CLOCK,
  );
  for (const warning of state.warnings) listeners.onNote(warning);
  try {
    if (!state.resumes && venue?.broker !== undefined) await requireCash(venue.broker, config);
    const session = state.journal.last('session');
    const recorded = session === undefined ? undefined : readIdentity(session.body, state.directory);
    const identity = named(unnamed, recorded, venue?.broker === undefined ? 'own' : 'shared');
    const changes =
      recorded === undefined
        ? []
        : identityDifferences(recorded, identity).filter(({path}) => isSetting(path));
    for (const change of changes) listeners.onNote(`from here on: ${inWords(change, 'until now')}`);
    const begins = recorded === undefined || changes.length > 0;
    return await new Run({...{config, state, identity, begins, listeners}, ...inputs}).toTheEnd();
  } finally {
    state.journal.close();
    state.lock.release();
  }
}

/** Names the state directory of a run. */
function placeOf({provider, mode, testnet, candlesFile}: TradingConfig): string {
  if (candlesFile !== undefined) return 'replay';
  if (provider === 'sim') return 'sim';
  return mode === 'paper' ? `${provider}-paper` : testnet ? `${provider}-testnet` : provider;
}

/** What a strategy may use of an account is said, not found: others may trade there as well. */
async function requireCash(broker: CcxtBroker, {startingCashQuote}: TradingConfig): Promise<void> {
  const {quote} = await broker.balances();
  if (quote.gte(startingCashQuote)) return;
  throw new DlTradeError(
    'CONFIG_INVALID',
    `--cash was "${startingCashQuote}", but the account at ${broker.name} holds ${quote.toFixed()} ${broker.rules.quote}; give what of it this strategy may use`,
    {details: {setting: '--cash'}},
  );
}

/** @param when such as `there` */
function inWords({path, was, now}: BodyDifference, when: string): string {
  return `${path} was ${quoted(was)} ${when}, now it is ${quoted(now)}`;
}

function quoted(value: unknown): string {
  if (value === undefined) return 'not set';
  return `"${typeof value === 'string' ? value : canonicalJson(value)}"`;
}
