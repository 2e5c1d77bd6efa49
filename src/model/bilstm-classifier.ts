import {Classifier, networkFrom, type ClassifierOptions} from './classifier.js';
import {loadNetwork, loadNetworkAsync} from './native.js';
import type {BiLSTMHyperparameters, NativeNetwork} from './native-network.js';

/** Sizes that differ from the defaults; names as in PyTorch. */
export type BiLSTMSizes = Partial<Omit<BiLSTMHyperparameters, 'architecture'>>;

const DEFAULTS: BiLSTMHyperparameters = {
  architecture: 'bilstm',
  input_size: 86,
  hidden_size: 128,
  num_layers: 2,
  dropout: 0.2,
};

/** Bidirectional LSTM whose output at the last step of a window gives one logit. */
export class BiLSTMClassifier extends Classifier<BiLSTMHyperparameters> {
  /** @param source sizes of a network with fresh weights, or a network that `loadNetwork` gave */
  constructor(source: BiLSTMSizes | NativeNetwork = {}, options?: ClassifierOptions) {
    super(networkFrom('predict' in source ? source : {...DEFAULTS, ...source}, options), 'bilstm');
  }

  /** @throws CHECKPOINT_REFUSED, MODEL_INVALID */
  static load(path: string, expected?: BiLSTMHyperparameters): BiLSTMClassifier {
    return new BiLSTMClassifier(loadNetwork(path, expected));
  }

  /** The same off the main thread. */
  static async loadAsync(path: string, expected?: BiLSTMHyperparameters): Promise<BiLSTMClassifier> {
    return new BiLSTMClassifier(await loadNetworkAsync(path, expected));
  }
}
