#include "training/training_forward.hpp"

#include <torch/nn/modules/transformerlayer.h>

#include <cmath>
#include <tuple>
#include <vector>

namespace dl_trade::training {
namespace {

using torch::Tensor;

/// One layer, in one direction or both.
/// shape: inputs [T, B, F] -> [T, B, directions * H]
Tensor lstm_layer(const Tensor& inputs, const std::vector<Tensor>& weights) {
  const bool bidirectional = weights.size() == 8;
  const int64_t hidden = weights[1].size(1);
  const auto zeros = torch::zeros({bidirectional ? 2 : 1, inputs.size(1), hidden});
  return std::get<0>(at::lstm(inputs, {zeros, zeros}, weights, /*has_biases=*/true, /*num_layers=*/1,
                              /*dropout=*/0.0,
                              /*train=*/true, bidirectional, /*batch_first=*/false));
}

/// [B, T, D] -> [B, heads, T, D / heads]
Tensor split_heads(const Tensor& values, int64_t heads) {
  return values.unflatten(2, {heads, -1}).transpose(1, 2);
}

/// Attention of the last `queries` positions to all that are not behind them.
Tensor attend(torch::nn::MultiheadAttentionImpl& attention, const Tensor& features, int64_t queries,
              RandomDropout& dropout) {
  const int64_t steps = features.size(1);
  const int64_t width = features.size(2);
  const int64_t heads = attention.options.num_heads();
  Tensor query;
  Tensor key;
  Tensor value;
  if (queries == steps) {
    const auto projected =
        torch::linear(features, attention.in_proj_weight, attention.in_proj_bias).chunk(3, 2);
    query = projected[0];
    key = projected[1];
    value = projected[2];
  } else {
    const auto weights = attention.in_proj_weight.split({width, 2 * width});
    const auto biases = attention.in_proj_bias.split({width, 2 * width});
    query = torch::linear(features.narrow(1, steps - queries, queries), weights[0], biases[0]);
    const auto projected = torch::linear(features, weights[1], biases[1]).chunk(2, 2);
    key = projected[0];
    value = projected[1];
  }
  const double scale = 1.0 / std::sqrt(static_cast<double>(width / heads));
  auto scores = torch::matmul(split_heads(query * scale, heads), split_heads(key, heads).transpose(2, 3));
  if (queries > 1) {
    const auto behind = torch::ones({queries, steps}, torch::kBool).triu(steps - queries + 1);
    scores = scores.masked_fill(behind, -std::numeric_limits<float>::infinity());
  }
  const auto attended =
      torch::matmul(dropout(scores.softmax(-1)), split_heads(value, heads));  // [B, heads, Q, D]
  return attention.out_proj->forward(attended.transpose(1, 2).flatten(2));
}

/// The last `queries` positions of one post-norm layer.
/// shape: features [B, T, D] -> [B, queries, D]
Tensor encoder_layer(torch::nn::TransformerEncoderLayerImpl& layer, const Tensor& features, int64_t queries,
                     RandomDropout& dropout) {
  const auto own = features.narrow(1, features.size(1) - queries, queries);
  const auto attended =
      layer.norm1->forward(own + dropout(attend(*layer.self_attn, features, queries, dropout)));
  const auto hidden = dropout(layer.linear1->forward(attended).relu_());
  return layer.norm2->forward(attended + dropout(layer.linear2->forward(hidden)));
}

}  // namespace

Tensor training_logits(networks::BiLSTMClassifierImpl& module, const Tensor& windows,
                       RandomDropout& dropout) {
  const auto weights = module.lstm->all_weights();
  // Weights and biases, of the input and the hidden state, of both directions.
  constexpr int64_t per_layer = 8;
  const auto of_layer = [&](int64_t layer, int64_t from, int64_t count) {
    const auto first = weights.begin() + layer * per_layer + from;
    return std::vector<Tensor>(first, first + count);
  };
  auto features = windows.transpose(0, 1).contiguous();  // [T, B, F]
  const int64_t top = module.options.num_layers - 1;
  for (int64_t layer = 0; layer < top; ++layer) {
    features = dropout(lstm_layer(features, of_layer(layer, 0, per_layer)));
  }
  const auto last_step = features.narrow(0, features.size(0) - 1, 1);
  const auto forward = lstm_layer(features, of_layer(top, 0, per_layer / 2)).select(0, -1);
  const auto backward = lstm_layer(last_step, of_layer(top, per_layer / 2, per_layer / 2)).select(0, 0);
  return module.fc->forward(dropout(torch::cat({forward, backward}, 1))).squeeze(1);
}

Tensor training_logits(networks::TransformerClassifierImpl& module, const Tensor& windows,
                       RandomDropout& dropout) {
  auto features = module.pos_encoder->forward(module.input_projection->forward(windows));
  auto& layers = *module.transformer_encoder->layers;
  for (size_t index = 0; index < layers.size(); ++index) {
    const int64_t queries = index + 1 < layers.size() ? windows.size(1) : 1;
    features =
        encoder_layer(*layers[index]->as<torch::nn::TransformerEncoderLayer>(), features, queries, dropout);
  }
  return module.fc->forward(dropout(features.select(1, -1))).squeeze(1);
}

}  // namespace dl_trade::training
