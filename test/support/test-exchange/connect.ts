import {onTestFinished} from 'vitest';
import {CcxtConnection} from '../../../src/exchange/ccxt-connection.js';
import type {TestExchange} from './test-exchange.js';

export interface TestConnection {
  readonly connection: CcxtConnection;
  /** What it waited before each further attempt, ms; no time passes for it. */
  readonly waits: number[];
}

/** Connects real ccxt to the test exchange; the connection goes with the test. */
export async function connect(
  exchange: TestExchange,
  {provider = 'binance', timeoutMs = 5000}: {provider?: string; timeoutMs?: number} = {},
): Promise<TestConnection> {
  const waits: number[] = [];
  const connection = await CcxtConnection.open({
    ...{provider, testnet: false, baseUrl: exchange.url, timeoutMs},
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  onTestFinished(() => {
    connection.close();
  });
  return {connection, waits};
}
