import type {AccountView, PendingOrderView, PositionView} from '../domain/account-view.js';
import {Decimal} from '../domain/decimal.js';
import {equityAt, resolve} from './equity-marks.js';
import type {EquityMarks, PriceExtremes} from './equity-marks.js';
import {MarkedPosition} from './held-position.js';
import type {HeldPosition} from './held-position.js';

/** Everything a view is computed from: immutable values at one moment. */
export interface LedgerMoment {
  readonly timeMs: number;
  readonly price: number;
  readonly cashQuote: Decimal;
  readonly reservedQuote: Decimal;
  /** Signed. */
  readonly base: Decimal;
  /** Undefined where nothing is held. */
  readonly held: HeldPosition | undefined;
  readonly settled: EquityMarks;
  readonly extremes: PriceExtremes;
  readonly pendingOrders: readonly PendingOrderView[];
  readonly realisedPnlQuote: Decimal;
  readonly feesPaidQuote: Decimal;
}

const NO_POSITIONS: readonly PositionView[] = [];

/** An AccountView whose decimals are made when they are asked for: most candles ask for none.
 *  Getters are no own properties: `toJSON` makes the plain value. */
export class LedgerView implements AccountView {
  readonly #moment: LedgerMoment;
  #markPrice: Decimal | undefined;
  #equity: Decimal | undefined;
  #marks: EquityMarks | undefined;
  #positions: readonly PositionView[] | undefined;

  constructor(moment: LedgerMoment) {
    this.#moment = moment;
  }

  get timeMs(): number {
    return this.#moment.timeMs;
  }

  get markPrice(): Decimal {
    return (this.#markPrice ??= new Decimal(this.#moment.price));
  }

  get cashQuote(): Decimal {
    return this.#moment.cashQuote;
  }

  get availableQuote(): Decimal {
    return this.#moment.cashQuote.minus(this.#moment.reservedQuote);
  }

  get equityQuote(): Decimal {
    return (this.#equity ??= equityAt(this.#moment, this.#moment.price));
  }

  get peakEquityQuote(): Decimal {
    return this.#equityMarks().peak;
  }

  get dayStartEquityQuote(): Decimal {
    return this.#equityMarks().dayStart;
  }

  get dayPeakEquityQuote(): Decimal {
    return this.#equityMarks().dayPeak;
  }

  get positions(): readonly PositionView[] {
    const {held, price} = this.#moment;
    if (held === undefined) return NO_POSITIONS;
    return (this.#positions ??= [new MarkedPosition(held, price)]);
  }

  get pendingOrders(): readonly PendingOrderView[] {
    return this.#moment.pendingOrders;
  }

  get realisedPnlQuote(): Decimal {
    return this.#moment.realisedPnlQuote;
  }

  get feesPaidQuote(): Decimal {
    return this.#moment.feesPaidQuote;
  }

  toJSON(): AccountView {
    return {
      timeMs: this.timeMs,
      markPrice: this.markPrice,
      cashQuote: this.cashQuote,
      availableQuote: this.availableQuote,
      equityQuote: this.equityQuote,
      peakEquityQuote: this.peakEquityQuote,
      dayStartEquityQuote: this.dayStartEquityQuote,
      dayPeakEquityQuote: this.dayPeakEquityQuote,
      positions: this.positions,
      pendingOrders: this.pendingOrders,
      realisedPnlQuote: this.realisedPnlQuote,
      feesPaidQuote: this.feesPaidQuote,
    };
  }

  #equityMarks(): EquityMarks {
    return (this.#marks ??= resolve(this.#moment.settled, this.#moment, this.#moment.extremes));
  }
}
