import type {PositionView} from '../domain/account-view.js';
import type {Decimal} from '../domain/decimal.js';
import type {Position} from './position.js';

/** The side of a position that no mark changes: made once a fill, shared by every view until the next one. */
export class HeldPosition {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantityBase: Decimal;
  readonly openedAtMs: number;
  readonly #position: Position;
  #averageEntryPrice: Decimal | undefined;

  constructor(symbol: string, position: Position) {
    this.symbol = symbol;
    this.side = position.base.isNegative() ? 'short' : 'long';
    this.quantityBase = position.base.abs();
    this.openedAtMs = position.openedAtMs;
    this.#position = position;
  }

  /** The same object at every call. */
  get averageEntryPrice(): Decimal {
    return (this.#averageEntryPrice ??= this.#position.costQuote.dividedBy(this.#position.base));
  }

  unrealisedPnlQuote(price: number): Decimal {
    return this.#position.base.times(price).minus(this.#position.costQuote);
  }
}

/** A held position at one mark, with decimals made when they are asked for. Getters are no own properties:
 *  `toJSON` makes the plain value. */
export class MarkedPosition implements PositionView {
  readonly #held: HeldPosition;
  readonly #price: number;

  constructor(held: HeldPosition, price: number) {
    this.#held = held;
    this.#price = price;
  }

  get symbol(): string {
    return this.#held.symbol;
  }

  get side(): 'long' | 'short' {
    return this.#held.side;
  }

  get quantityBase(): Decimal {
    return this.#held.quantityBase;
  }

  get averageEntryPrice(): Decimal {
    return this.#held.averageEntryPrice;
  }

  get unrealisedPnlQuote(): Decimal {
    return this.#held.unrealisedPnlQuote(this.#price);
  }

  get openedAtMs(): number {
    return this.#held.openedAtMs;
  }

  toJSON(): PositionView {
    return {
      symbol: this.symbol,
      side: this.side,
      quantityBase: this.quantityBase,
      averageEntryPrice: this.averageEntryPrice,
      unrealisedPnlQuote: this.unrealisedPnlQuote,
      openedAtMs: this.openedAtMs,
    };
  }
}
