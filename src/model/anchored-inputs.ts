import {DlTradeError} from '../domain/errors.js';
import type {FeatureSchema, FeatureUnit} from '../domain/feature-schema.js';

/** How a network was trained to see features: `anchored` to the row's own price and volume level, or `raw`. */
export type InputScale = 'anchored' | 'raw';

const KEEP = 0;
const LEVEL = 1;
const DIFFERENCE = 2;
const VOLUME = 3;
const INVERSE_TURNOVER = 4;

const KIND_OF_UNIT: Readonly<Record<FeatureUnit, number>> = {
  none: KEEP,
  price: LEVEL,
  'price-difference': DIFFERENCE,
  volume: VOLUME,
  '1/turnover': INVERSE_TURNOVER,
};

/** Takes the drifting scale of price and volume out of a row: a level becomes its distance from sma_50, a price difference a
 *  fraction of sma_50, a volume a multiple of volume_sma_50 (0 where that is 0), and amihud_20 is put in units of the row's
 *  own turnover. Each from the same row, so that an input does not depend on its window.
 *  source: features.md, "Units and anchored inputs" */
export class AnchoredInputs {
  readonly scale: InputScale;
  readonly size: number;
  readonly #kinds: Uint8Array;
  readonly #priceAnchor: number;
  readonly #volumeAnchor: number;

  /** @throws MODEL_INVALID where the schema has neither anchor but the scale needs them */
  constructor(schema: FeatureSchema, scale: InputScale) {
    this.scale = scale;
    this.size = schema.features.length;
    this.#kinds = Uint8Array.from(schema.features, ({unit}) => (scale === 'raw' ? KEEP : KIND_OF_UNIT[unit]));
    const indexOf = (name: string): number => schema.features.findIndex((feature) => feature.name === name);
    this.#priceAnchor = indexOf('sma_50');
    this.#volumeAnchor = indexOf('volume_sma_50');
    if (scale === 'anchored' && (this.#priceAnchor < 0 || this.#volumeAnchor < 0)) {
      throw new DlTradeError(
        'MODEL_INVALID',
        `schema "${schema.id}" has no sma_50 and volume_sma_50, which anchored inputs need; use input scale raw`,
        {details: {schema: schema.id}},
      );
    }
  }

  /** @param values shape [..., F], features as the schema has them
   *  @param out shape [F], float64; overwritten
   *  @param at where the row begins in `values` */
  apply(values: Float64Array, out: Float64Array, at = 0): void {
    const price = values[at + this.#priceAnchor]!;
    const volume = values[at + this.#volumeAnchor]!;
    for (let i = 0; i < this.size; i++) {
      const value = values[at + i]!;
      switch (this.#kinds[i]!) {
        case LEVEL:
          out[i] = value / price - 1;
          break;
        case DIFFERENCE:
          out[i] = value / price;
          break;
        case VOLUME:
          out[i] = volume === 0 ? 0 : value / volume;
          break;
        case INVERSE_TURNOVER:
          out[i] = 1e-6 * value * price * volume;
          break;
        default:
          out[i] = value;
      }
    }
  }
}
