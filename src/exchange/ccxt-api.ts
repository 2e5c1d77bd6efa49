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
  /** 2: precisions are decimal places; 4: they are steps. */
  readonly precisionMode: unknown;
  /** Makes the numbers of an answer out of their digits. */
  number: (digits: string) => unknown;
  /** This machine's clock, which requests are signed with. */
  milliseconds: () => number;
  setSandboxMode(enabled: boolean): void;
  loadMarkets(): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<unknown>;
  /** Notes how far this machine's clock is from the exchange's, for the requests to come. */
  loadTimeDifference(): Promise<unknown>;
  /** Cut to what the exchange takes.
   *  @throws InvalidOrder where nothing is left */
  amountToPrecision(symbol: string, amount: string): unknown;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price: string | undefined,
    params: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  fetchOrder(id: string, symbol: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  cancelOrder(id: string, symbol: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  fetchOpenOrders(symbol: string): Promise<unknown>;
  fetchClosedOrders(symbol: string, since?: number): Promise<unknown>;
  fetchMyTrades(
    symbol: string,
    since: number | undefined,
    limit: number | undefined,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  fetchBalance(): Promise<unknown>;
  /** Binance alone: what the key may do. */
  sapiGetAccountApiRestrictions?(): Promise<unknown>;
  /** Called by `fetchOHLCV` with the list that it took out of the answer. */
  parseOHLCVs(rows: unknown, ...rest: unknown[]): unknown;
}

/** What a ccxt exchange is made with. */
export interface CcxtConfiguration {
  readonly enableRateLimit: boolean;
  readonly timeout: number;
  readonly fetchImplementation: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly apiKey?: string;
  readonly secret?: string;
  readonly password?: string;
}

/** The one export of an exchange's module. */
export type CcxtClass = new (configuration: CcxtConfiguration) => CcxtApi;
