#pragma once

#include <torch/nn/cloneable.h>
#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/transformercoder.h>
#include <torch/nn/pimpl.h>

#include "networks/options.hpp"
#include "networks/positional_encoding.hpp"

namespace dl_trade::networks {

/// Causal post-norm ReLU encoder whose output at the last step gives one logit. Parameter names equal those
/// of the Python module.
class TransformerClassifierImpl : public torch::nn::Cloneable<TransformerClassifierImpl> {
 public:
  explicit TransformerClassifierImpl(const TransformerClassifierOptions& options_);

  void reset() override;

  /// Draws initial weights as the constructor of the Python module does, in its order: one layer is drawn,
  /// and the others begin as copies of it.
  void reset_parameters();

  /// What the encoder makes of every step; a step never depends on a later one.
  /// shape: windows [B, T, input_size] -> [B, T, d_model]
  torch::Tensor encode(const torch::Tensor& windows);

  /// shape: windows [B, T, input_size] -> logits [B]
  torch::Tensor forward(const torch::Tensor& windows);

  TransformerClassifierOptions options;
  torch::nn::Linear input_projection{nullptr};
  PositionalEncoding pos_encoder{nullptr};
  torch::nn::TransformerEncoder transformer_encoder{nullptr};
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear fc{nullptr};
};

TORCH_MODULE(TransformerClassifier);

}  // namespace dl_trade::networks
