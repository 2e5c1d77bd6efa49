import {requireApproved} from '../domain/approval.js';
import type {Candle} from '../domain/candle.js';
import type {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {ApprovedOrder, OrderReport} from '../domain/order.js';
import type {Broker, BrokerEvent} from './broker.js';
import {PaperBook} from './paper-book.js';
import type {PaperOptions, PaperRecord} from './paper-book.js';

/** A venue on paper: market orders fill at the next candle's open, with fee, slippage, partial fills and rejections. */
export class PaperBroker implements Broker {
  readonly name = 'paper';
  readonly #book: PaperBook;

  /** @throws CONFIG_INVALID for costs outside their range */
  constructor(options: PaperOptions) {
    requirePaperOptions(options);
    this.#book = new PaperBook(options);
  }

  /** The venue as a journal left it: pending orders fill as if nothing had happened.
   *  @param records orders, fills and reports in the order in which they were journalled
   *  @throws JOURNAL_CORRUPT for a fill or report whose order is missing */
  static restore(options: PaperOptions, records: Iterable<PaperRecord>): PaperBroker {
    const broker = new PaperBroker(options);
    for (const record of records) broker.#book.restore(record);
    return broker;
  }

  /** What the venue would say we own. */
  get balances(): {readonly quote: Decimal; readonly base: Decimal} {
    return this.#book.balances;
  }

  /** True where nothing pends, so that `settle` has nothing to tell: a backtest need not ask. */
  get idle(): boolean {
    return this.#book.idle;
  }

  /** @throws UNEXPECTED for an order that no RiskAudit approved */
  submit(order: ApprovedOrder): Promise<OrderReport> {
    return settled(() => this.#book.place(requireApproved(order)));
  }

  query(clientOrderId: string, symbol: string): Promise<OrderReport | undefined> {
    return settled(() => this.#book.query(clientOrderId, symbol));
  }

  /** Takes back what has not filled yet; `undefined` where the venue has never heard of the id. */
  cancel(clientOrderId: string, symbol: string): Promise<OrderReport | undefined> {
    return settled(() => this.#book.cancel(clientOrderId, symbol));
  }

  settle(candle: Candle): Promise<readonly BrokerEvent[]> {
    return settled(() => this.#book.settle(candle));
  }
}

/** The answer, or the failure, as a broker gives it: through the promise, never thrown in the caller's face. */
function settled<T>(answer: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(answer());
  });
}

function requirePaperOptions(options: PaperOptions): void {
  const requireRange = (name: keyof PaperOptions, holds: (value: number) => boolean, want: string): void => {
    const given = options[name];
    if (given === undefined) return;
    const value = typeof given === 'number' ? given : Number((given as Decimal).toFixed());
    // Written as what must hold, so that a NaN refuses.
    if (holds(value)) return;
    throw new DlTradeError('CONFIG_INVALID', `paper.${name} was "${value}", want ${want}`, {
      details: {setting: `paper.${name}`, value: String(value)},
    });
  };
  const bps = (value: number): boolean => value >= 0 && value < 10_000;
  const amount = (value: number): boolean => value >= 0 && value < Infinity;
  requireRange('feeBps', bps, 'a number in [0, 10000)');
  requireRange('slippageBps', bps, 'a number in [0, 10000)');
  requireRange('maxParticipation', (value) => value > 0 && value <= 1, 'a fraction in (0, 1]');
  requireRange('expireAfterCandles', (value) => Number.isInteger(value) && value >= 1, 'a whole number >= 1');
  requireRange('timeframeMs', (value) => value > 0 && value < Infinity, 'a number > 0');
  requireRange('startingQuote', amount, 'an amount >= 0');
  requireRange('startingBase', amount, 'an amount >= 0');
}
