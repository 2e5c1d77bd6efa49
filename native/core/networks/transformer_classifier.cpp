#include "networks/transformer_classifier.hpp"

#include <torch/nn/init.h>
#include <torch/nn/modules/transformer.h>
#include <torch/types.h>

namespace dl_trade::networks {

TransformerClassifierImpl::TransformerClassifierImpl(const TransformerClassifierOptions& options_)
    : options(options_) {
  reset();
}

void TransformerClassifierImpl::reset() {
  const auto layer = torch::nn::TransformerEncoderLayerOptions(options.d_model, options.nhead)
                         .dim_feedforward(options.dim_feedforward)
                         .dropout(options.dropout)
                         .activation(torch::kReLU);
  input_projection =
      register_module("input_projection", torch::nn::Linear(options.input_size, options.d_model));
  pos_encoder = register_module("pos_encoder", PositionalEncoding(options.d_model, options.max_len));
  transformer_encoder = register_module(
      "transformer_encoder",
      torch::nn::TransformerEncoder(torch::nn::TransformerEncoderOptions(layer, options.num_layers)));
  dropout = register_module("dropout", torch::nn::Dropout(options.dropout));
  fc = register_module("fc", torch::nn::Linear(options.d_model, 1));
}

void TransformerClassifierImpl::reset_parameters() {
  const torch::NoGradGuard no_grad;
  input_projection->reset_parameters();
  auto& layers = *transformer_encoder->layers;
  auto& first = *layers[0]->as<torch::nn::TransformerEncoderLayer>();
  // Drawn first, though its bias is zeroed.
  first.self_attn->out_proj->reset_parameters();
  torch::nn::init::xavier_uniform_(first.self_attn->in_proj_weight);
  first.self_attn->in_proj_bias.zero_();
  first.self_attn->out_proj->bias.zero_();
  first.linear1->reset_parameters();
  first.linear2->reset_parameters();
  first.norm1->reset_parameters();
  first.norm2->reset_parameters();
  for (size_t layer = 1; layer < layers.size(); ++layer) {
    const auto copies = layers[layer]->parameters();
    const auto drawn = first.parameters();
    for (size_t index = 0; index < drawn.size(); ++index) copies[index].copy_(drawn[index]);
  }
  fc->reset_parameters();
}

torch::Tensor TransformerClassifierImpl::encode(const torch::Tensor& windows) {
  TORCH_CHECK(windows.dim() == 3 && windows.size(2) == options.input_size, "expected windows [B, T, ",
              options.input_size, "], got ", windows.sizes());
  const auto features = pos_encoder->forward(input_projection->forward(windows));  // [B, T, D]
  // [T, T], -inf above the diagonal: a step attends to itself and what came before.
  const auto causal_mask = torch::nn::TransformerImpl::generate_square_subsequent_mask(windows.size(1));
  // The C++ encoder knows no batch_first.
  return transformer_encoder->forward(features.transpose(0, 1), causal_mask).transpose(0, 1);  // [B, T, D]
}

torch::Tensor TransformerClassifierImpl::forward(const torch::Tensor& windows) {
  return fc->forward(dropout->forward(encode(windows).select(1, -1))).squeeze(1);  // [B]
}

}  // namespace dl_trade::networks
