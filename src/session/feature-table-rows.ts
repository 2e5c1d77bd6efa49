import type {FeatureRow} from '../domain/feature-row.js';
import {FEATURE_COUNT, FEATURE_NAMES, FEATURE_SCHEMA} from '../features/schema.js';
import {AnchoredInputs} from '../model/anchored-inputs.js';
import type {InputScale} from '../model/anchored-inputs.js';
import {LabelledRows} from '../training/labelled-rows.js';
import type {LabelledRow} from '../training/labelled-rows.js';

/** A row of an exported table. */
export interface TableRow {
  readonly openTimeMs: number;
  /** As many as the table has columns; overwritten by the next row where nothing is labelled. */
  readonly values: Float64Array;
}

/** What rows of features become in an exported table: anchored and labelled where that was asked for. */
export class FeatureTableRows {
  readonly columns: readonly string[];
  readonly #anchoring: AnchoredInputs;
  readonly #labelling: LabelledRows | undefined;
  readonly #row: [{openTimeMs: number; readonly values: Float64Array}];

  /** @param labelHorizon candles that the column `label` looks ahead; without it there is none */
  constructor({
    inputScale = 'raw',
    labelHorizon,
  }: {
    readonly inputScale?: InputScale | undefined;
    readonly labelHorizon?: number | undefined;
  }) {
    this.columns = labelHorizon === undefined ? FEATURE_NAMES : [...FEATURE_NAMES, 'label'];
    this.#anchoring = new AnchoredInputs(FEATURE_SCHEMA, inputScale);
    this.#labelling = labelHorizon === undefined ? undefined : new LabelledRows(labelHorizon);
    this.#row = [{openTimeMs: 0, values: new Float64Array(FEATURE_COUNT)}];
  }

  /** @returns the rows that are complete now: one at once, or those whose label became known */
  push(row: FeatureRow, close: number): readonly TableRow[] {
    const {openTimeMs, segmentStart} = row;
    if (this.#labelling === undefined) {
      this.#anchoring.apply(row.values, this.#row[0].values);
      this.#row[0].openTimeMs = openTimeMs;
      return this.#row;
    }
    const values = new Float64Array(FEATURE_COUNT + 1);
    this.#anchoring.apply(row.values, values);
    return this.#labelling.push({openTimeMs, values, close, segmentStart}).map(tableRow);
  }

  /** @returns the rows that nobody will ever label */
  end(): readonly TableRow[] {
    return this.#labelling?.end().map(tableRow) ?? [];
  }
}

function tableRow({openTimeMs, values, label}: LabelledRow): TableRow {
  values[FEATURE_COUNT] = label;
  return {openTimeMs, values};
}
