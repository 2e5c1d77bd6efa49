import {Decimal, ZERO} from '../../../src/domain/decimal.js';

interface Holding {
  free: Decimal;
  locked: Decimal;
}

/** What the one user of the test exchange owns, in exact decimals. */
export class SpotAccount {
  readonly #holdings = new Map<string, Holding>();

  /** @param initial amounts by asset */
  constructor(initial: Readonly<Record<string, string>>) {
    for (const [asset, amount] of Object.entries(initial)) this.add(asset, new Decimal(amount));
  }

  get assets(): readonly string[] {
    return [...this.#holdings.keys()];
  }

  free(asset: string): Decimal {
    return this.#holdings.get(asset)?.free ?? ZERO;
  }

  locked(asset: string): Decimal {
    return this.#holdings.get(asset)?.locked ?? ZERO;
  }

  total(asset: string): Decimal {
    return this.free(asset).plus(this.locked(asset));
  }

  /** From outside, or to it where the amount is negative. */
  add(asset: string, amount: Decimal): void {
    const holding = this.#holding(asset);
    holding.free = holding.free.plus(amount);
    if (holding.free.lt(0)) throw new Error(`the account was overdrawn by ${amount.toFixed()} ${asset}`);
  }

  /** Sets aside for an order; back again where the amount is negative. */
  lock(asset: string, amount: Decimal): void {
    this.add(asset, amount.negated());
    const holding = this.#holding(asset);
    holding.locked = holding.locked.plus(amount);
  }

  #holding(asset: string): Holding {
    const holding = this.#holdings.get(asset) ?? {free: ZERO, locked: ZERO};
    this.#holdings.set(asset, holding);
    return holding;
  }
}
