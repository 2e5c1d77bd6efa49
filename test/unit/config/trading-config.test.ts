import {describe, expect, it} from 'vitest';
import {LIMIT_VARIABLES, loadTradingConfig} from '../../../src/config/trading-config.js';
import type {TradingFlags} from '../../../src/config/trading-config.js';
import {redactSecrets} from '../../../src/domain/secrets.js';
import {caught} from '../../support/caught.js';

describe('loadTradingConfig', () => {
  it('has a default for everything', () => {
    expect(loadTradingConfig({}, {})).toEqual({
      model: 'lstm',
      modelsDirectory: undefined,
      provider: 'sim',
      mode: 'paper',
      symbol: undefined,
      timeframe: undefined,
      candlesFile: undefined,
      sentiment: {kind: 'none'},
      stateDirectory: undefined,
      maxCandles: undefined,
      speed: undefined,
      seed: 1,
      decisionThreshold: undefined,
      maxPositionSizeQuote: 1000,
      maxDailyDrawdown: 0.05,
      maxOpenPositions: 3,
      exits: {},
      limits: {},
      startingCashQuote: 10_000,
      feeBps: 10,
      slippageBps: 2,
      testnet: true,
      baseUrl: undefined,
    });
  });

  it("takes the old system's variables, and a flag before a variable", () => {
    const environment = {
      TRADING_PROVIDER: 'paper',
      TRADING_MAX_POSITION_SIZE_USD: '250.5',
      TRADING_MAX_DAILY_DRAWDOWN_PCT: '2',
      TRADING_MAX_OPEN_POSITIONS: '1',
      TRADING_DECISION_THRESHOLD: '0.7',
      TRADING_TESTNET: 'false',
    };
    expect(loadTradingConfig({threshold: '0.55'}, environment)).toMatchObject({
      provider: 'sim',
      maxPositionSizeQuote: 250.5,
      maxDailyDrawdown: 0.02,
      maxOpenPositions: 1,
      decisionThreshold: 0.55,
      testnet: false,
    });
    expect(loadTradingConfig({}, environment).decisionThreshold).toBe(0.7);
  });

  it('lets a stop loss rest at the exchange where that is asked for, and refuses to rest none', () => {
    const resting = {stopLoss: 0.02, restingStop: true};
    expect(loadTradingConfig({stopLoss: '2', restingStop: true}, {}).exits).toEqual(resting);
    const environment = {TRADING_STOP_LOSS_PCT: '2', TRADING_RESTING_STOP: 'true'};
    expect(loadTradingConfig({}, environment).exits).toEqual(resting);
    expect(loadTradingConfig({}, {...environment, TRADING_RESTING_STOP: 'no'}).exits).toEqual({
      stopLoss: 0.02,
    });
    for (const [flags, set, name] of [
      [{restingStop: true}, {}, '--resting-stop'],
      [{}, {TRADING_RESTING_STOP: '1'}, 'TRADING_RESTING_STOP'],
    ] as const) {
      expect(() => loadTradingConfig(flags, set)).toThrow(
        `${name} was given without a stop loss to rest at the exchange; give --stop-loss PCT as well`,
      );
    }
    expect(() => loadTradingConfig({}, {...environment, TRADING_RESTING_STOP: 'maybe'})).toThrow(
      'TRADING_RESTING_STOP was "maybe", want true or false',
    );
  });

  it('takes exit rules in percent and as a duration, from a flag or the environment', () => {
    const environment = {
      TRADING_STOP_LOSS_PCT: '0.7',
      TRADING_TAKE_PROFIT_PCT: '150',
      TRADING_TRAILING_STOP_PCT: '3',
      TRADING_MAX_HOLDING: '12h',
    };
    expect(loadTradingConfig({trailingStop: '1.1'}, environment).exits).toEqual({
      ...{stopLoss: 0.007, takeProfit: 1.5, trailingStop: 0.011},
      maxHoldingMs: 43_200_000,
    });
    expect(loadTradingConfig({maxHolding: '3d', stopLoss: '2'}, {}).exits).toEqual({
      ...{stopLoss: 0.02, maxHoldingMs: 259_200_000},
    });
  });

  it('takes every limit of the risk audit from the environment', () => {
    const environment = {
      TRADING_MIN_CONFIDENCE: '0.6',
      TRADING_MAX_CONSECUTIVE_LOSSES: '0',
      TRADING_LOSS_PAUSE: '2d',
      TRADING_MAX_CANDLE_MOVE_PCT: '0',
      TRADING_COOLDOWN: '0',
      TRADING_MAX_CANDLE_AGE: '90m',
      TRADING_MAX_CLOCK_SKEW_MS: '250',
      TRADING_MAX_PRICE_DISTANCE_PCT: '0.3',
      TRADING_MAX_ABS_INPUT: '12.5',
      TRADING_MAX_FILLED_IN_WINDOW: '2',
    };
    expect(Object.keys(environment)).toEqual(LIMIT_VARIABLES);
    expect(loadTradingConfig({}, environment).limits).toEqual({
      ...{minConfidence: 0.6, maxConsecutiveLosses: 0, lossPauseMs: 172_800_000, maxCandleMove: 0},
      ...{cooldownMs: 0, maxCandleAgeMs: 5_400_000, maxClockSkewMs: 250, maxPriceDistance: 0.003},
      ...{maxAbsInput: 12.5, maxFilledInWindow: 2},
    });
  });

  it('takes an empty variable as unset', () => {
    expect(
      loadTradingConfig({}, {TRADING_DECISION_THRESHOLD: '', TRADING_PROVIDER: ''}).decisionThreshold,
    ).toBeUndefined();
  });

  it.each([
    ['TRADING_MAX_POSITON_SIZE_USD', 'TRADING_MAX_POSITION_SIZE_USD'],
    ['TRADING_MAX_POSITION_SIZE', 'TRADING_MAX_POSITION_SIZE_USD'],
    ['TRADING_STOP_LOSS', 'TRADING_STOP_LOSS_PCT'],
    ['TRADING_STOPLOSS', 'TRADING_STOP_LOSS_PCT'],
    ['TRADING_STOPLOSS_PCT', 'TRADING_STOP_LOSS_PCT'],
    ['TRADING_MAX_DRAWDOWN_PCT', 'TRADING_MAX_DAILY_DRAWDOWN_PCT'],
    ['TRADING_MAX_POSITION_USD', 'TRADING_MAX_POSITION_SIZE_USD'],
    ['TRADING_MAX_POSITIONS', 'TRADING_MAX_OPEN_POSITIONS'],
    ['TRADING_TEST_NET', 'TRADING_TESTNET'],
    ['TRADING_COOL_DOWN', 'TRADING_COOLDOWN'],
    ['Trading_Max_Open_Positions', 'TRADING_MAX_OPEN_POSITIONS'],
  ])('refuses %s, which would be ignored where a limit is meant', (variable, meant) => {
    expect(() => loadTradingConfig({}, {[variable]: '5'})).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(
          `${variable} is no setting of dl-trade; did you mean ${meant}`,
        ) as unknown,
      }),
    );
    expect(loadTradingConfig({}, {[variable]: ''}).provider).toBe('sim');
  });

  it.each([
    ...[
      'TRADING_HOST',
      'TRADING_LEVERAGE',
      'TRADINGVIEW_KEY',
      'TRADING_DB_URL',
      'TRADING_MODE',
      'TRADING_ENABLED',
    ],
    ...[
      'TRADING_SYMBOL',
      'TRADING_PAIRS',
      'TRADING_API_KEY',
      'TRADING_MAX_LEVERAGE',
      'TRADING_RISK_PER_TRADE',
    ],
    ...['TRADING_PROVIDER_PORT', 'TRADING_SENTIMENT_SERVICE_HOST', 'TRADING_TEST', 'TRADING_TESTNET_API_KEY'],
    ...['TRADING_MAX', 'TRADING_MIN', 'TRADING_PRO', 'TRADING_PROVIDER_API_KEY', 'TRADING_SENTIMENT_URL'],
  ])('leaves %s alone, which may be of another system', (variable) => {
    expect(loadTradingConfig({}, {[variable]: '3'})).toEqual(loadTradingConfig({}, {}));
  });

  it('asks a replay for no provider, whatever the environment says for other runs', () => {
    expect(loadTradingConfig({candles: 'btc.csv'}, {TRADING_PROVIDER: 'binance_spot'}).provider).toBe('sim');
    expect(loadTradingConfig({}, {TRADING_PROVIDER: 'binance_spot'}).provider).toBe('binance');
  });

  it('takes a speed, or max', () => {
    expect(loadTradingConfig({candles: 'btc.csv', speed: '60'}, {}).speed).toBe(60);
    expect(loadTradingConfig({speed: 'max'}, {}).speed).toBe('max');
  });

  const wrong: [TradingFlags, Record<string, string>, RegExp][] = [
    [{threshold: '0.4'}, {}, /--threshold was "0\.4", want a probability of at least 0\.5 and below 1/],
    [{threshold: 'high'}, {}, /--threshold was "high"/],
    [{threshold: '1'}, {}, /--threshold was "1"/],
    [{maxCandles: '0'}, {}, /--max-candles was "0", want a whole number above 0/],
    [{maxCandles: '2.5'}, {}, /--max-candles was "2\.5"/],
    [{speed: '-1'}, {}, /--speed was "-1", want a number above 0, or max/],
    [{speed: 'fast'}, {}, /--speed was "fast"/],
    [{seed: '-3'}, {}, /--seed was "-3"/],
    [{cash: 'NaN'}, {}, /--cash was "NaN", want a number above 0/],
    [{mode: 'demo'}, {}, /--mode was "demo", want paper or live/],
    [{stopLoss: '100'}, {}, /--stop-loss was "100", want a percentage above 0 and below 100/],
    [{takeProfit: '0'}, {}, /--take-profit was "0", want a percentage above 0/],
    [{maxHolding: '0'}, {}, /--max-holding was "0", want a duration above 0/],
    [{maxHolding: 'long'}, {}, /--max-holding was "long", want a duration such as 90m, 12h or 3d/],
    [{}, {TRADING_TRAILING_STOP_PCT: '-1'}, /TRADING_TRAILING_STOP_PCT was "-1"/],
    [
      {},
      {TRADING_MIN_CONFIDENCE: '0.4'},
      /TRADING_MIN_CONFIDENCE was "0.4", want a probability from 0.5 to 1/,
    ],
    [{}, {TRADING_COOLDOWN: '5'}, /TRADING_COOLDOWN was "5", want a duration/],
    [{}, {TRADING_MAX_FILLED_IN_WINDOW: '1.5'}, /want a whole number of at least 0/],
    [{feeBps: '5000'}, {}, /--fee-bps was "5000", want basis points/],
    [
      {},
      {TRADING_MAX_DAILY_DRAWDOWN_PCT: '-5'},
      /TRADING_MAX_DAILY_DRAWDOWN_PCT was "-5", want a percentage/,
    ],
    [{}, {TRADING_MAX_DAILY_DRAWDOWN_PCT: '101'}, /want a percentage above 0 and up to 100/],
    [{}, {TRADING_MAX_OPEN_POSITIONS: 'three'}, /TRADING_MAX_OPEN_POSITIONS was "three"/],
    [{}, {TRADING_TESTNET: 'maybe'}, /TRADING_TESTNET was "maybe", want true or false/],
    [{}, {TRADING_MAX_POSITION_SIZE_USD: ' '}, /TRADING_MAX_POSITION_SIZE_USD was " "/],
  ];
  it.each(wrong)('names the setting, the value and what it may be: %j %j', (flags, environment, message) => {
    const error = caught(() => loadTradingConfig(flags, environment));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(message);
  });

  it('refuses futures with a sentence', () => {
    expect(caught(() => loadTradingConfig({provider: 'binance_futures'}, {})).message).toMatch(
      /futures are not supported, spot only/,
    );
  });

  it('takes where an exchange is from the environment, for that exchange alone', () => {
    const environment = {BINANCE_BASE_URL: 'http://127.0.0.1:8080/'};
    expect(loadTradingConfig({provider: 'binance'}, environment).baseUrl).toBe('http://127.0.0.1:8080');
    expect(loadTradingConfig({provider: 'kraken'}, environment).baseUrl).toBeUndefined();
    expect(loadTradingConfig({}, environment).baseUrl).toBeUndefined();
  });

  it('trades live only where that is said twice, and where somebody takes orders', () => {
    const live = {mode: 'live', provider: 'binance'};
    const refusals: [TradingFlags, RegExp][] = [
      [{mode: 'live', confirmLive: 'sim'}, /the simulated market takes no real order/],
      [{...live, candles: 'btc.csv', confirmLive: 'binance'}, /--candles replays a file/],
      [live, /it was not confirmed; give --confirm-live binance/],
      [{...live, confirmLive: 'kraken'}, /--confirm-live was "kraken", want binance/],
    ];
    for (const [flags, message] of refusals) {
      const error = caught(() => loadTradingConfig(flags, {}));
      expect(error.code).toBe('LIVE_REFUSED');
      expect(error.message).toMatch(message);
    }
    const config = loadTradingConfig({...live, confirmLive: 'Binance'}, {});
    expect(config).toMatchObject({mode: 'live', provider: 'binance', testnet: true});
  });

  it('registers every credential, so that no error can carry it', () => {
    loadTradingConfig({}, {BINANCE_API_KEY: 'canary-key-90aa', KRAKEN_API_SECRET: 'canary-secret-77bb'});
    expect(redactSecrets('sent canary-key-90aa with canary-secret-77bb')).toBe(
      'sent [redacted] with [redacted]',
    );
    expect(caught(() => loadTradingConfig({threshold: 'canary-key-90aa'}, {})).message).not.toContain(
      'canary',
    );
  });
});
