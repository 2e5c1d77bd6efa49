#pragma once

#include <torch/types.h>

#include "networks/bilstm_classifier.hpp"
#include "networks/transformer_classifier.hpp"

namespace dl_trade::networks {

/// The reference path: the module's own forward as it stands, without gradients. Anything faster is measured
/// and tested against this one.
/// @param module in eval mode
/// shape: windows [B, T, input_size], float32 -> logits [B]
torch::Tensor naive_logits(BiLSTMClassifierImpl& module, const torch::Tensor& windows);
torch::Tensor naive_logits(TransformerClassifierImpl& module, const torch::Tensor& windows);

}  // namespace dl_trade::networks
