import {Classifier, networkFrom, type ClassifierOptions} from './classifier.js';
import {loadNetwork, loadNetworkAsync} from './native.js';
import type {NativeNetwork, TransformerHyperparameters} from './native-network.js';

/** Sizes that differ from the defaults; names as in PyTorch. */
export type TransformerSizes = Partial<Omit<TransformerHyperparameters, 'architecture'>>;

const DEFAULTS: TransformerHyperparameters = {
  architecture: 'transformer',
  input_size: 86,
  d_model: 128,
  nhead: 8,
  num_layers: 2,
  dim_feedforward: 512,
  max_len: 5000,
  dropout: 0.2,
};

/** Causal encoder whose output at the last step of a window gives one logit. */
export class TransformerClassifier extends Classifier<TransformerHyperparameters> {
  /** @param source sizes of a network with fresh weights, or a network that `loadNetwork` gave */
  constructor(source: TransformerSizes | NativeNetwork = {}, options?: ClassifierOptions) {
    super(networkFrom('predict' in source ? source : {...DEFAULTS, ...source}, options), 'transformer');
  }

  /** @throws CHECKPOINT_REFUSED, MODEL_INVALID */
  static load(path: string, expected?: TransformerHyperparameters): TransformerClassifier {
    return new TransformerClassifier(loadNetwork(path, expected));
  }

  /** The same off the main thread. */
  static async loadAsync(
    path: string,
    expected?: TransformerHyperparameters,
  ): Promise<TransformerClassifier> {
    return new TransformerClassifier(await loadNetworkAsync(path, expected));
  }
}
