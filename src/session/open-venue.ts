import type {TradingConfig} from '../config/trading-config.js';
import {readTradingAccess} from '../config/exchange-settings.js';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {CcxtBroker} from '../exchange/ccxt-broker.js';
import {CcxtConnection} from '../exchange/ccxt-connection.js';
import {LiveCandles} from '../exchange/live-candles.js';
import {requiredHistory} from '../features/schema.js';
import type {Manifest} from '../model/manifest.js';
import type {CandleFeed} from './candle-feed.js';
import {checkTradingAccess} from './doctor-exchange.js';

export interface VenueRequest {
  readonly config: TradingConfig;
  readonly manifest: Manifest;
  /** Holds the credentials, which no configuration does. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onNote: (text: string) => void;
}

/** An exchange that a run trades at, or only looks at. */
export interface OpenVenue {
  readonly feed: CandleFeed;
  /** Where orders go; undefined: to a paper account of our own. */
  readonly broker: CcxtBroker | undefined;
  /** The exchange's clock. */
  readonly clock: Clock;
  close(): void;
}

/** Connects to the exchange of a configuration. On paper its real market is looked at, without credentials; live, everything that
 *  orders need is checked first.
 *  @throws LIVE_REFUSED where a check fails or credentials are missing, PROVIDER_UNSUPPORTED SYMBOL_UNKNOWN CONFIG_INVALID, and as
 *  `CcxtConnection.read` */
export async function openVenue(request: VenueRequest): Promise<OpenVenue> {
  const {config, environment, onNote} = request;
  const {provider, baseUrl, mode} = config;
  const connection = await CcxtConnection.open({
    ...{provider, baseUrl},
    ...(mode === 'live'
      ? {testnet: config.testnet, credentials: readTradingAccess(provider, environment).credentials}
      : {testnet: false}),
    onRetry: ({message}, waitMs) => {
      // A short wait is nobody's business.
      if (waitMs >= 5000) onNote(`${message}; trying again in ${Math.round(waitMs / 1000)} s`);
    },
  });
  try {
    const feed = await openFeed(connection, request);
    const {symbol} = feed.source;
    if (mode === 'live') await requireAccess(connection, symbol, onNote);
    else await connection.syncClock(request.signal);
    return {
      feed,
      broker:
        mode === 'live'
          ? await CcxtBroker.open(connection, {
              symbol,
              stops: config.exits.restingStop === true,
              onTrouble: ({message}) => {
                onNote(message);
              },
            })
          : undefined,
      clock: {nowMs: () => connection.clockMs},
      close: () => {
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function openFeed(
  connection: CcxtConnection,
  {config, manifest, signal, onNote}: VenueRequest,
): Promise<CandleFeed> {
  const symbol = config.symbol ?? manifest.trainedOn.symbol;
  const timeframe = parseTimeframe(config.timeframe ?? manifest.trainedOn.timeframe);
  const source = await LiveCandles.open(connection, {
    ...{symbol, timeframe, signal, onNote},
    // The newest closed candle is the first that can be decided.
    history: requiredHistory(manifest.sequenceLength),
  });
  const foreign = timeframe.name !== manifest.trainedOn.timeframe;
  return {
    source,
    rules: await connection.marketRules(symbol, signal),
    identity: {source: connection.provider, network: connection.testnet ? 'test' : 'main'},
    warnings: foreign
      ? [`the model was trained on ${manifest.trainedOn.timeframe} candles, these are ${timeframe.name} ones`]
      : [],
    closingWarnings: () => [],
  };
}

async function requireAccess(
  connection: CcxtConnection,
  symbol: string,
  onNote: (text: string) => void,
): Promise<void> {
  for (const {check, verdict, text} of await checkTradingAccess(connection, symbol)) {
    if (verdict === 'failed') {
      throw new DlTradeError('LIVE_REFUSED', `live trading is refused: ${check}: ${text}`, {
        details: {check, provider: connection.provider},
      });
    }
    if (verdict === 'warning') onNote(`${check}: ${text}`);
  }
}
