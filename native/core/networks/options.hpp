#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace dl_trade::networks {

/// Sizes of a BiLSTMClassifier; names and defaults as in the Python module.
struct BiLSTMClassifierOptions {
  int64_t input_size = 86;
  int64_t hidden_size = 128;
  int64_t num_layers = 2;
  double dropout = 0.2;
};

/// Sizes of a TransformerClassifier; names and defaults as in the Python module.
struct TransformerClassifierOptions {
  int64_t input_size = 86;
  int64_t d_model = 128;
  int64_t nhead = 8;
  int64_t num_layers = 2;
  int64_t dim_feedforward = 512;
  int64_t max_len = 5000;
  double dropout = 0.2;
};

using NetworkOptions = std::variant<BiLSTMClassifierOptions, TransformerClassifierOptions>;

/// "bilstm" or "transformer".
const char* architecture_name(const NetworkOptions& options);

int64_t input_size(const NetworkOptions& options);

/// The longest window that a network takes; the BiLSTM has no limit of its own.
int64_t max_steps(const NetworkOptions& options);

/// Refuses what cannot be built: sizes below 1 or so large that the weights would not fit, heads that do not
/// divide d_model.
/// @throws ModelError naming the option, with its value
void require_valid(const NetworkOptions& options);

}  // namespace dl_trade::networks
