/** What is used of a ccxt exchange. Answers are `unknown`: nothing of them is believed before it is checked. */
export interface CcxtApi {
  readonly id: string;
  readonly has: Readonly<Record<string, unknown>>;
  readonly timeframes: Readonly<Record<string, unknown>> | undefined;
  readonly features: unknown;
  readonly urls: {api: unknown; readonly test?: unknown};
  readonly options: Record<string, unknown>;
  readonly exceptions:
    {exact?: Record<string, unknown>; spot?: {exact?: Record<string, unknown>}} | undefined;
  readonly last_response_headers: unknown;
  setSandboxMode(enabled: boolean): void;
  loadMarkets(): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<unknown>;
  /** Called by `fetchOHLCV` with the list that it took out of the answer. */
  parseOHLCVs(rows: unknown, ...rest: unknown[]): unknown;
}

/** What a ccxt exchange is made with. */
export interface CcxtConfiguration {
  readonly enableRateLimit: boolean;
  readonly timeout: number;
  readonly fetchImplementation: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The one export of an exchange's module. */
export type CcxtClass = new (configuration: CcxtConfiguration) => CcxtApi;
