import {onTestFinished} from 'vitest';
import {CcxtConnection} from '../../../src/exchange/ccxt-connection.js';
import type {ConnectionOptions} from '../../../src/exchange/ccxt-connection.js';
import type {TestExchange} from './test-exchange.js';

export interface TestConnection {
  readonly connection: CcxtConnection;
  /** What it waited before each further attempt, ms; no time passes for it. */
  readonly waits: number[];
}

/** Connects real ccxt to the test exchange; the connection goes with the test. */
export async function connect(
  exchange: TestExchange,
  options: Partial<ConnectionOptions> = {},
): Promise<TestConnection> {
  const waits: number[] = [];
  const connection = await CcxtConnection.open({
    ...{provider: 'binance', testnet: false, baseUrl: exchange.url, timeoutMs: 5000},
    ...options,
    wait: async (ms, signal) => {
      waits.push(ms);
      await options.wait?.(ms, signal);
    },
  });
  onTestFinished(() => {
    connection.close();
  });
  return {connection, waits};
}
