#pragma once

#include <torch/types.h>

#include "networks/bilstm_classifier.hpp"
#include "networks/transformer_classifier.hpp"
#include "training/random_dropout.hpp"

namespace dl_trade::training {

/// The module's forward, for training: the same logits and gradients, without what the last step does not
/// look at. Of the top layer's backward direction that is every step but one; of the last encoder layer,
/// queries, feed-forward and norms of all but the last position. shape: windows [B, T, input_size] -> logits
/// [B]
torch::Tensor training_logits(networks::BiLSTMClassifierImpl& module, const torch::Tensor& windows,
                              RandomDropout& dropout);
torch::Tensor training_logits(networks::TransformerClassifierImpl& module, const torch::Tensor& windows,
                              RandomDropout& dropout);

}  // namespace dl_trade::training
