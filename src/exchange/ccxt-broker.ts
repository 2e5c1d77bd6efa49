import {setTimeout as sleep} from 'node:timers/promises';
import {requireApproved} from '../domain/approval.js';
import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import {ExchangeError} from '../domain/exchange-error.js';
import type {MarketRules} from '../domain/market-rules.js';
import {redactSecrets} from '../domain/secrets.js';
import type {ApprovedOrder, Fill, OrderReport, OrderTerms} from '../domain/order.js';
import type {Broker, BrokerEvent} from '../execution/broker.js';
import type {VenueAccount, VenueBalances, VenueOrder} from '../execution/venue-account.js';
import {fetchBalances, fetchOpenOrders} from './ccxt-account.js';
import type {CcxtConnection} from './ccxt-connection.js';
import {orderDialect} from './ccxt-dialect.js';
import type {OrderDialect} from './ccxt-dialect.js';
import {parseFills, parseOrder, parseTaken} from './ccxt-order.js';
import type {CcxtOrder} from './ccxt-order.js';
import {requireStopForm, stopRequest} from './ccxt-stops.js';
import type {StopForm} from './ccxt-stops.js';
import {FollowedOrder} from './followed-order.js';

/** An exchange may take so long to show an order to those who ask, ms. */
const SHOWN_AFTER_MS = 5000;
/** For so long an order that was given up is still asked for, ms. */
const ABSENT_FOLLOWED_MS = 3_600_000;
/** Between two looks for an order that may yet arrive, ms. */
const LOOK_AGAIN_MS = 1000;
const NEVER_ARRIVED = 'absent at the exchange: it never arrived';
/** Trades come in pages; an order that needs more is not read to its end at once. */
const MOST_PAGES = 20;

/** What is traded at the exchange, and how patiently. */
export interface CcxtBrokerOptions {
  /** The one symbol that is traded, such as `BTC/USDT`. */
  readonly symbol: string;
  /** True: stops are to rest there. */
  readonly stops?: boolean;
  /** Told of everything that did not go as it should and could be lived with: orders are asked about again later. */
  readonly onTrouble?: (error: DlTradeError) => void;
  /** Waits between two looks for an order; a test has time of its own. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Spot orders of one symbol at an exchange. Each is sent once, whatever comes back: what is not a plain refusal and may have been
 *  carried out is `unknown`, and stays so until the exchange shows the order, or does not know it at a time when it can no longer
 *  arrive. An end is told only behind the fills that lead to it, which come from `news` (or `settle`) alone. */
export class CcxtBroker implements Broker, VenueAccount {
  readonly name: string;
  readonly rules: MarketRules;
  readonly #connection: CcxtConnection;
  readonly #dialect: OrderDialect;
  readonly #options: CcxtBrokerOptions;
  /** Undefined: none were asked for. */
  readonly #stopForm: StopForm | undefined;
  /** An order of an earlier life was signed before, by the exchange's clock, ms. */
  readonly #openedMs: number;
  readonly #orders = new Map<string, FollowedOrder>();

  private constructor(
    connection: CcxtConnection,
    dialect: OrderDialect,
    {rules, stopForm}: {rules: MarketRules; stopForm: StopForm | undefined},
    options: CcxtBrokerOptions,
  ) {
    this.name = `${connection.provider}${connection.testnet ? ' test network' : ''}`;
    this.rules = rules;
    this.#connection = connection;
    this.#dialect = dialect;
    this.#options = options;
    this.#stopForm = stopForm;
    this.#openedMs = connection.clockMs;
  }

  /** Reads the symbol's rules and compares the clocks; nothing is ordered.
   *  @throws LIVE_REFUSED without credentials, PROVIDER_UNSUPPORTED, SYMBOL_UNKNOWN, and as `CcxtConnection.read` */
  static async open(connection: CcxtConnection, options: CcxtBrokerOptions): Promise<CcxtBroker> {
    const {provider} = connection;
    if (!connection.hasCredentials) {
      const names = `${provider.toUpperCase()}_API_KEY and ${provider.toUpperCase()}_API_SECRET`;
      throw new DlTradeError('LIVE_REFUSED', `orders at ${provider} need credentials; set ${names}`, {
        details: {provider},
      });
    }
    const dialect = orderDialect(connection);
    if (typeof dialect === 'string') {
      throw new DlTradeError('PROVIDER_UNSUPPORTED', `provider was "${provider}"; ${dialect}`, {
        details: {provider},
      });
    }
    const rules = await connection.marketRules(options.symbol);
    const stopForm = options.stops === true ? await requireStopForm(connection, options.symbol) : undefined;
    await connection.syncClock();
    return new CcxtBroker(connection, dialect, {rules, stopForm}, options);
  }

  /** Sends an order, once. One whose id has been here before is not sent again.
   *  @returns `open`, `rejected` with the reason (also for what was never sent), or `unknown`
   *  @throws UNEXPECTED for an order that no RiskAudit approved */
  async submit(order: ApprovedOrder): Promise<OrderReport> {
    requireApproved(order);
    const known = this.#orders.get(order.clientOrderId);
    if (known?.isKnown === true) return known.report;
    const followed = new FollowedOrder(order, {isSubmitted: true});
    // Before anything is waited for, so that no second submit gets past it.
    this.#orders.set(order.clientOrderId, followed);
    const objection = this.#objection(order);
    if (objection !== undefined) return followed.sent('rejected', {reason: `not sent: ${objection}`});
    try {
      await this.#connection.syncClock();
    } catch (error) {
      return followed.sent('rejected', {reason: `not sent: ${messageOf(error)}`});
    }
    return await this.#send(order, followed);
  }

  /** Looks for an order until it is certain: an order that may yet arrive is waited for, for seconds.
   *  @returns how the order stands, as far as its fills have been told; `undefined` where it never arrived and can no longer
   *  @throws as `CcxtConnection.read` */
  async query(clientOrderId: string, symbol: string): Promise<OrderReport | undefined> {
    if (symbol !== this.rules.symbol) return undefined;
    const followed = this.#followed(clientOrderId);
    if (followed.isOver) return followed.report;
    for (;;) {
      const {order, clockMs} = await this.#look(followed);
      if (order !== undefined) return followed.peek(order, await this.#fills(followed, order));
      // The exchange had it: whatever lost it there, it did not fail to arrive.
      if (followed.venueOrderId !== undefined) return followed.report;
      if (clockMs >= followed.certainFromMs) {
        followed.giveUp(NEVER_ARRIVED);
        return undefined;
      }
      if (followed.certainFromMs === Infinity) return followed.report;
      await this.#wait(Math.min(LOOK_AGAIN_MS, followed.certainFromMs - clockMs));
    }
  }

  /** Takes back what has not been filled; asks how the order stands afterwards, whatever the exchange answered.
   *  @throws as `CcxtConnection.read` */
  async cancel(clientOrderId: string, symbol: string): Promise<OrderReport | undefined> {
    const before = await this.query(clientOrderId, symbol);
    if (before?.venueOrderId === undefined || this.#followed(clientOrderId).isOver) return before;
    const {venueOrderId} = before;
    try {
      await this.#connection.send(`cancelling the order ${clientOrderId}`, (api) =>
        api.cancelOrder(venueOrderId, symbol),
      );
    } catch (error) {
      // Filled meanwhile, most likely: the order itself says.
      this.#trouble(error);
    }
    return await this.query(clientOrderId, symbol);
  }

  async settle(): Promise<readonly BrokerEvent[]> {
    return await this.news();
  }

  /** What has happened to our orders since the last call. An exchange that cannot be asked now has no news now. */
  async news(): Promise<readonly BrokerEvent[]> {
    const events: BrokerEvent[] = [];
    for (const followed of this.#orders.values()) {
      if (followed.isOver && followed.isKnown) events.push(...followed.takeNews());
      // Whoever asked about an id and got no answer asks again.
      if (followed.isOver || !(followed.isKnown || followed.isAbsent)) continue;
      try {
        events.push(...(await this.#newsOf(followed)));
      } catch (error) {
        this.#trouble(error);
        // What cannot be reached for one order is not there for the next.
        if (!(error instanceof ExchangeError) || error.code !== 'EXCHANGE_ANSWER_INVALID') break;
      }
    }
    return events;
  }

  /** @throws EXCHANGE_ANSWER_INVALID for an answer without balances, and as `CcxtConnection.read` */
  async balances(): Promise<VenueBalances> {
    const totals = await fetchBalances(this.#connection);
    return {base: totals.of(this.rules.base), quote: totals.of(this.rules.quote)};
  }

  /** @throws as `balances` */
  async openOrders(): Promise<readonly VenueOrder[]> {
    const orders = await fetchOpenOrders(this.#connection, this.rules.symbol);
    return orders.map(({clientOrderId, ...order}) => ({
      ...order,
      clientOrderId: clientOrderId === undefined ? undefined : this.#dialect.clientId(clientOrderId),
    }));
  }

  /** What the exchange would refuse for certain, or take in another way than it was meant. */
  #objection({symbol, quantityBase, referencePrice, stopPrice}: OrderTerms): string | undefined {
    const {rules} = this;
    if (symbol !== rules.symbol) return `symbol was "${symbol}", want ${rules.symbol}`;
    if (!(quantityBase.gt(0) && quantityBase.gte(rules.minQuantityBase))) {
      return `quantity was ${quantityBase.toFixed()}, below the minimum of ${rules.minQuantityBase.toFixed()}`;
    }
    if (!quantityBase.modulo(rules.lotSizeBase).isZero()) {
      return `quantity was ${quantityBase.toFixed()}, no multiple of ${rules.lotSizeBase.toFixed()}`;
    }
    if (stopPrice !== undefined) {
      if (this.#stopForm === undefined) return `no stops were asked for at ${this.name}`;
      if (!(stopPrice.gt(0) && stopPrice.modulo(rules.tickSizeQuote).isZero())) {
        return `stop price was ${stopPrice.toFixed()}, no multiple of ${rules.tickSizeQuote.toFixed()}`;
      }
    }
    const notional = quantityBase.times(stopPrice ?? referencePrice);
    if (notional.gte(rules.minNotionalQuote)) return undefined;
    return `notional was ${notional.toFixed()}, below the minimum of ${rules.minNotionalQuote.toFixed()}`;
  }

  async #send(order: ApprovedOrder, followed: FollowedOrder): Promise<OrderReport> {
    const {clientOrderId, symbol, side, quantityBase, stopPrice} = order;
    const venueId = this.#dialect.venueId(clientOrderId);
    try {
      const venueOrderId = await this.#connection.send(`the order ${clientOrderId}`, async (api) => {
        const amount = quantityBase.toFixed();
        const precise = api.amountToPrecision(symbol, amount);
        if (!new Decimal(String(precise)).eq(amount)) {
          throw new ExchangeError(
            'EXCHANGE_FAILED',
            `quantity was ${amount}, of which ${this.name} would take ${String(precise)}`,
            {outcome: 'not-sent'},
          );
        }
        const parameters = this.#dialect.sendParameters(this.#connection.clockMs);
        // No price: a market order with one is sent by its cost.
        const {type, price, ...stop} =
          stopPrice === undefined || this.#stopForm === undefined
            ? {type: 'market', price: undefined}
            : stopRequest({side, stopPrice}, this.#stopForm, this.rules);
        const answer = await api.createOrder(symbol, type, side, amount, price, {
          ...{...parameters, ...stop},
          clientOrderId: venueId,
        });
        const taken = parseTaken(answer, order, venueId);
        if (typeof taken !== 'string') return taken.venueOrderId;
        throw this.#connection.invalid(`its answer to the order ${clientOrderId} is not sound: ${taken}`);
      });
      return followed.sent('open', {venueOrderId});
    } catch (error) {
      return await this.#failed(followed, error);
    }
  }

  async #failed(followed: FollowedOrder, error: unknown): Promise<OrderReport> {
    this.#trouble(error);
    const outcome = fateOf(error);
    if (outcome === 'not-sent') return followed.sent('rejected', {reason: `not sent: ${messageOf(error)}`});
    if (outcome === 'rejected') return followed.sent('rejected', {reason: messageOf(error)});
    try {
      // Where the clock was what the exchange refused, the window is counted by a better one.
      await this.#connection.syncClock();
    } catch (late) {
      this.#trouble(late);
    }
    followed.certainFromMs = this.#certainAfter(this.#connection.clockMs);
    return followed.sent('unknown', {reason: messageOf(error)});
  }

  async #newsOf(followed: FollowedOrder): Promise<BrokerEvent[]> {
    const {order, clockMs} = await this.#look(followed);
    if (order !== undefined) return followed.advance(order, await this.#fills(followed, order));
    if (followed.venueOrderId !== undefined || clockMs < followed.certainFromMs) return [];
    if (followed.isAbsent) {
      if (clockMs >= followed.certainFromMs + ABSENT_FOLLOWED_MS) followed.isAbsent = false;
      return followed.isKnown ? followed.takeNews() : [];
    }
    followed.giveUp(NEVER_ARRIVED);
    return followed.takeNews();
  }

  /** Asks for an order once.
   *  @returns the exchange's clock before it was asked, where the answer was that it knows no such order */
  async #look({expected, venueOrderId}: FollowedOrder): Promise<{order?: CcxtOrder; clockMs: number}> {
    const {clientOrderId, symbol} = expected;
    const venueId = this.#dialect.venueId(clientOrderId);
    await this.#connection.syncClock();
    // What was not there then may have come since, so the clock is read first.
    const clockMs = await this.#connection.serverTimeMs();
    const order = await this.#connection.read(`the order ${clientOrderId}`, async (api) => {
      const answer = await this.#dialect
        .find(api, {venueId, venueOrderId, symbol})
        .catch((error: unknown) => {
          if (error instanceof Error && error.constructor.name === 'OrderNotFound') return undefined;
          throw error;
        });
      if (answer === undefined) return undefined;
      const parsed = parseOrder(answer, expected, venueId);
      if (typeof parsed !== 'string') return parsed;
      throw this.#connection.invalid(`the order ${clientOrderId} is not sound: ${parsed}`);
    });
    return order === undefined ? {clockMs} : {order, clockMs};
  }

  async #fills(followed: FollowedOrder, order: CcxtOrder): Promise<Fill[]> {
    if (!followed.wantsFills(order)) return [];
    const {expected} = followed;
    const what = `the trades of the order ${expected.clientOrderId}`;
    const fills = new Map<string, Fill>();
    let afterId: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const found = await this.#connection.read(what, async (api) => {
        const answer = await this.#dialect.trades(api, expected.symbol, order, afterId);
        const parsed = parseFills(answer, order, expected, this.rules);
        if (typeof parsed !== 'string') return parsed;
        throw this.#connection.invalid(`${what} are not sound: ${parsed}`);
      });
      const size = fills.size;
      for (const fill of found) fills.set(fill.fillId, fill);
      const sum = [...fills.values()].reduce((total, fill) => total.plus(fill.quantityBase), new Decimal(0));
      if (sum.gte(order.filledBase) || fills.size === size) break;
      afterId = found.at(-1)?.fillId;
    }
    return [...fills.values()];
  }

  #followed(clientOrderId: string): FollowedOrder {
    const known = this.#orders.get(clientOrderId);
    if (known !== undefined) return known;
    // An order of an earlier life: it was signed before this one began.
    const followed = new FollowedOrder({clientOrderId, symbol: this.rules.symbol}, {isSubmitted: false});
    followed.certainFromMs = this.#certainAfter(this.#openedMs);
    this.#orders.set(clientOrderId, followed);
    return followed;
  }

  #certainAfter(signedMs: number): number {
    const {receiveWindowMs} = this.#dialect;
    return receiveWindowMs === undefined ? Infinity : signedMs + receiveWindowMs + SHOWN_AFTER_MS;
  }

  #trouble(error: unknown): void {
    const {onTrouble} = this.#options;
    if (error instanceof DlTradeError) onTrouble?.(error);
    else onTrouble?.(new DlTradeError('UNEXPECTED', `${this.name}: ${messageOf(error)}`, {cause: error}));
  }

  async #wait(ms: number): Promise<void> {
    await (this.#options.wait ?? sleep)(ms);
  }
}

/** What became of an order whose sending failed, as far as that is certain. */
function fateOf(error: unknown): ExchangeError['outcome'] {
  if (!(error instanceof ExchangeError)) return 'unknown';
  // Something between us and the exchange may have sent it twice: then the first one is there. And one that ran out of time inside the
  // exchange may have been carried out, whatever class ccxt gives it.
  return /duplicate|time(d )?-?out/i.test(error.message) ? 'unknown' : error.outcome;
}

function messageOf(error: unknown): string {
  return redactSecrets(error instanceof Error ? error.message : String(error));
}
