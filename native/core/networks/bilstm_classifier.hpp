#pragma once

#include <torch/nn/cloneable.h>
#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/rnn.h>
#include <torch/nn/pimpl.h>

#include "networks/options.hpp"

namespace dl_trade::networks {

/// Bidirectional LSTM whose output at the last step gives one logit. Parameter names equal those of the
/// Python module.
class BiLSTMClassifierImpl : public torch::nn::Cloneable<BiLSTMClassifierImpl> {
 public:
  explicit BiLSTMClassifierImpl(const BiLSTMClassifierOptions& options_);

  void reset() override;

  /// Draws initial weights as the constructor of the Python module does, in its order.
  void reset_parameters();

  /// shape: windows [B, T, input_size] -> logits [B]
  torch::Tensor forward(const torch::Tensor& windows);

  BiLSTMClassifierOptions options;
  torch::nn::LSTM lstm{nullptr};
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear fc{nullptr};
};

TORCH_MODULE(BiLSTMClassifier);

}  // namespace dl_trade::networks
