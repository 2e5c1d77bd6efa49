#include "networks/bilstm_classifier.hpp"

#include <torch/types.h>

#include <tuple>

namespace dl_trade::networks {

BiLSTMClassifierImpl::BiLSTMClassifierImpl(const BiLSTMClassifierOptions& options_) : options(options_) {
  reset();
}

void BiLSTMClassifierImpl::reset() {
  // As in Python, a single layer has no layer behind it whose input could be dropped.
  const double between_layers = options.num_layers > 1 ? options.dropout : 0.0;
  lstm =
      register_module("lstm", torch::nn::LSTM(torch::nn::LSTMOptions(options.input_size, options.hidden_size)
                                                  .num_layers(options.num_layers)
                                                  .batch_first(true)
                                                  .dropout(between_layers)
                                                  .bidirectional(true)));
  dropout = register_module("dropout", torch::nn::Dropout(options.dropout));
  fc = register_module("fc", torch::nn::Linear(2 * options.hidden_size, 1));
}

void BiLSTMClassifierImpl::reset_parameters() {
  lstm->reset_parameters();
  fc->reset_parameters();
}

torch::Tensor BiLSTMClassifierImpl::forward(const torch::Tensor& windows) {
  TORCH_CHECK(windows.dim() == 3 && windows.size(2) == options.input_size, "expected windows [B, T, ",
              options.input_size, "], got ", windows.sizes());
  const auto output = std::get<0>(lstm->forward(windows));                // [B, T, 2H]
  return fc->forward(dropout->forward(output.select(1, -1))).squeeze(1);  // [B]
}

}  // namespace dl_trade::networks
