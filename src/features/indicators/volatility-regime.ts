import type {RegimeParameters} from '../../domain/feature-schema.js';
import type {CandleWindow} from '../candle-window.js';
import {RegimeFilter} from '../regime-filter.js';
import type {Indicator} from './indicator.js';

/** Filtered probabilities of the calm and the volatile state, and which of them leads. */
export class VolatilityRegime implements Indicator {
  readonly name = 'regime';
  readonly state: Float64Array;
  readonly #filter: RegimeFilter;

  /** @throws MODEL_INVALID */
  constructor(regime?: RegimeParameters) {
    this.#filter = new RegimeFilter(regime);
    this.state = this.#filter.state;
  }

  update(window: CandleWindow, row: Float64Array, at: number): void {
    if (window.hasChange) this.#filter.updateFrom(window.simpleReturn, window.head);
    const volatile = this.state[1]! > this.state[0]! ? 1 : 0;
    row[at] = this.state[0]!;
    row[at + 1] = this.state[1]!;
    row[at + 2] = volatile;
    row[at + 3] = 1 - volatile;
  }
}
