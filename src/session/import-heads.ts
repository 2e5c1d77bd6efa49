import {DlTradeError} from '../domain/errors.js';
import {inspectCheckpointAsync} from '../model/native.js';
import type {CheckpointValue, Hyperparameters, InspectReport} from '../model/native-network.js';

/** Taken where nobody says how many heads a Transformer has, as the addon does. */
const ASSUMED_HEADS = 8;

/** Names that files give them, as `declared_hyperparameters.cpp` has them. */
const NAMES = ['nhead', 'num_heads', 'n_heads', 'n_head', 'nheads'];

/** How many heads weights to be imported have, which their shapes do not tell. */
export interface ImportedHeads {
  /** The sizes that the file itself says, with the heads that a user names; undefined: he names none. */
  readonly expected: Hyperparameters | undefined;
  /** Heads that neither the file nor a user names; undefined where one does, and for a BiLSTM. */
  readonly assumed: number | undefined;
}

/** @param weights a .pth; what is wrong with it beside the heads is left to its loader
 *  @param heads as a user names them
 *  @throws USAGE for the heads of a BiLSTM, MODEL_INVALID where the heads that have to be assumed cannot be */
export async function findHeads(weights: string, heads: number | undefined): Promise<ImportedHeads> {
  const report = await inspectCheckpointAsync(weights);
  if (report.ok && report.architecture === 'bilstm' && heads !== undefined) {
    throw new DlTradeError(
      'USAGE',
      `--heads was "${heads}", and "${weights}" holds a BiLSTM, which has none; leave it out`,
    );
  }
  const sizes = report.ok ? transformerOf(report, heads ?? ASSUMED_HEADS) : undefined;
  if (!report.ok || sizes === undefined) return {expected: undefined, assumed: undefined};
  if (heads !== undefined) return {expected: sizes, assumed: undefined};
  if (namesHeads(report.hyperparameters)) return {expected: undefined, assumed: undefined};
  if (sizes.d_model % ASSUMED_HEADS !== 0) {
    throw new DlTradeError(
      'MODEL_INVALID',
      `"${weights}": d_model was "${sizes.d_model}", want a multiple of nhead, which is taken to be ${ASSUMED_HEADS} where the file does not say it; say it with --heads`,
      {details: {d_model: sizes.d_model, nhead: ASSUMED_HEADS}},
    );
  }
  return {expected: undefined, assumed: ASSUMED_HEADS};
}

function namesHeads(said: CheckpointValue): boolean {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return false;
  const values = said as Readonly<Record<string, CheckpointValue>>;
  return NAMES.some((name) => (values[name] ?? null) !== null);
}

/** Where heads do not divide d_model, no sizes are reported: those of a Transformer can still be read. */
function transformerOf(
  report: InspectReport & {ok: true},
  nhead: number,
): (Hyperparameters & {architecture: 'transformer'}) | undefined {
  if (report.sizes !== null) {
    return report.sizes.architecture === 'transformer' ? {...report.sizes, nhead} : undefined;
  }
  const shapes = new Map(report.tensors.map(({name, shape}) => [name, shape]));
  const layer = (i: number): string => `transformer_encoder.layers.${i}.linear1.weight`;
  const [d_model, input_size] = shapes.get('input_projection.weight') ?? [];
  const [dim_feedforward] = shapes.get(layer(0)) ?? [];
  if (d_model === undefined || input_size === undefined || dim_feedforward === undefined) return undefined;
  let num_layers = 1;
  while (shapes.has(layer(num_layers))) num_layers += 1;
  const max_len = shapes.get('pos_encoder.pe')?.at(-2) ?? 5000;
  const sizes = {input_size, d_model, nhead, num_layers, dim_feedforward, max_len, dropout: 0.2};
  return {architecture: 'transformer', ...sizes};
}
