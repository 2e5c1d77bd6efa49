#include "inference/transformer_inference.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "inference/named_weights.hpp"

namespace dl_trade::inference {
namespace {

using networks::Weights;

/// Rows that pass the feed-forward at once: its hidden values stay in the cache.
constexpr int64_t rows_at_once = 48;

/// A vector with its padding.
AlignedFloats padded_vector(const std::vector<float>& values) {
  AlignedFloats result(padded(static_cast<int64_t>(values.size())));
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

/// A linear layer's weights [columns, depth], as they are.
PackedMatrix pack(const std::vector<float>& values, int64_t depth, int64_t columns) {
  return {depth, columns,
          [&](int64_t row, int64_t column) { return values[static_cast<size_t>(column * depth + row)]; }};
}

}  // namespace

TransformerInference::TransformerInference(const networks::TransformerClassifierOptions& options,
                                           const Weights& weights, const Kernels& kernels)
    : kernels_(kernels),
      input_size_(options.input_size),
      d_model_(options.d_model),
      width_(padded(options.d_model)),
      heads_(options.nhead),
      head_width_(options.d_model / options.nhead),
      head_(padded(head_width_)),
      feedforward_(padded(options.dim_feedforward)),
      input_(pack(values_of(weights, "input_projection.weight"), input_size_, d_model_)),
      input_bias_(padded_vector(values_of(weights, "input_projection.bias"))),
      no_bias_(3 * heads_ * head_),
      positions_(options.max_len * width_),
      fc_(padded_vector(values_of(weights, "fc.weight"))),
      fc_bias_(values_of(weights, "fc.bias")[0]) {
  const auto& positions = values_of(weights, "pos_encoder.pe");
  for (int64_t step = 0; step < options.max_len; ++step) {
    std::copy_n(positions.begin() + step * d_model_, d_model_, positions_.data() + step * width_);
  }
  for (int64_t layer = 0; layer < options.num_layers; ++layer) {
    layers_.push_back(make_layer(weights, layer, layer + 1 == options.num_layers));
  }

  Layer& top = layers_.back();
  const std::string attention =
      "transformer_encoder.layers." + std::to_string(options.num_layers - 1) + ".self_attn.";
  const auto& projection = values_of(weights, attention + "in_proj_weight");
  const auto& bias = values_of(weights, attention + "in_proj_bias");
  top.key_weights = AlignedFloats(d_model_ * width_);
  for (int64_t row = 0; row < d_model_; ++row) {
    std::copy_n(projection.begin() + (d_model_ + row) * d_model_, d_model_,
                top.key_weights.data() + row * width_);
  }
  top.value_bias = AlignedFloats(heads_ * head_);
  for (int64_t head = 0; head < heads_; ++head) {
    const int64_t first = 2 * d_model_ + head * head_width_;
    top.value_weights.push_back(
        {width_, head_width_, [&](int64_t row, int64_t column) {
           return row < d_model_ ? projection[static_cast<size_t>((first + column) * d_model_ + row)] : 0.0F;
         }});
    std::copy_n(bias.begin() + first, head_width_, top.value_bias.data() + head * head_);
  }
}

TransformerInference::Layer TransformerInference::make_layer(const Weights& weights, int64_t index,
                                                             bool is_top) const {
  const std::string prefix = "transformer_encoder.layers." + std::to_string(index) + ".";
  const auto named = [&](const char* name) -> const std::vector<float>& {
    return values_of(weights, prefix + name);
  };
  const auto& projection = named("self_attn.in_proj_weight");
  const auto& bias = named("self_attn.in_proj_bias");
  const float scale = 1.0F / std::sqrt(static_cast<float>(head_width_));
  // Queries, keys and values by head, each with its padding; -1 for the padding.
  const auto source = [this](int64_t column) {
    const int64_t part = column / (heads_ * head_);
    const int64_t head = column / head_ % heads_;
    const int64_t at = column % head_;
    return at < head_width_ ? part * d_model_ + head * head_width_ + at : -1;
  };
  const auto scaled = [&](float value, int64_t row) { return row < d_model_ ? value * scale : value; };

  Layer layer;
  // The top layer makes no keys and values.
  const int64_t columns = (is_top ? 1 : 3) * heads_ * head_;
  layer.projection = PackedMatrix(d_model_, columns, [&](int64_t depth, int64_t column) {
    const int64_t row = source(column);
    return row < 0 ? 0.0F : scaled(projection[static_cast<size_t>(row * d_model_ + depth)], row);
  });
  layer.projection_bias = AlignedFloats(columns);
  for (int64_t column = 0; column < columns; ++column) {
    const int64_t row = source(column);
    if (row >= 0) layer.projection_bias[column] = scaled(bias[static_cast<size_t>(row)], row);
  }
  const auto& out = named("self_attn.out_proj.weight");
  layer.out = PackedMatrix(heads_ * head_, d_model_, [&](int64_t row, int64_t column) {
    const int64_t at = row % head_;
    return at < head_width_ ? out[static_cast<size_t>(column * d_model_ + row / head_ * head_width_ + at)]
                            : 0.0F;
  });
  layer.out_bias = padded_vector(named("self_attn.out_proj.bias"));
  const auto& expand_bias = named("linear1.bias");
  const auto hidden = static_cast<int64_t>(expand_bias.size());
  layer.expand = pack(named("linear1.weight"), d_model_, hidden);
  layer.expand_bias = padded_vector(expand_bias);
  layer.contract = pack(named("linear2.weight"), hidden, d_model_);
  layer.contract_bias = padded_vector(named("linear2.bias"));
  layer.attention_norm = {padded_vector(named("norm1.weight")), padded_vector(named("norm1.bias"))};
  layer.feedforward_norm = {padded_vector(named("norm2.weight")), padded_vector(named("norm2.bias"))};
  return layer;
}

int64_t TransformerInference::projected_width() const {
  // The features, and where a layer lies below the top one, their share of its queries, keys and values.
  return width_ + (layers_.size() > 1 ? 3 * heads_ * head_ : 0);
}

void TransformerInference::project(const float* rows, int64_t count, float* out) const {
  const int64_t stride = projected_width();
  kernels_.multiply({rows, input_size_, count, input_.data(), input_size_, input_.panels(),
                     input_bias_.data(), 0, out, stride});
  if (layers_.size() == 1) return;
  const PackedMatrix& projection = layers_.front().projection;
  // The bias is part of the position's share.
  kernels_.multiply({out, stride, count, projection.data(), d_model_, projection.panels(), no_bias_.data(), 0,
                     out + width_, stride});
}

void TransformerInference::predict(const Windows& windows, Scratch& scratch, float* logits) const {
  reserve(scratch, windows.count, windows.steps);
  add_positions(windows, scratch);
  const int64_t rows = windows.count * windows.steps;
  for (size_t index = 0; index + 1 < layers_.size(); ++index) {
    if (index == 0) {
      attend_first(windows, scratch);
    } else {
      attend(layers_[index], windows, scratch);
    }
    finish_layer(layers_[index], scratch.attended.data(), scratch.features.data(), rows, width_, scratch);
  }
  attend_last(layers_.back(), windows, scratch);
  float* last = scratch.features.data() + (windows.steps - 1) * width_;
  finish_layer(layers_.back(), scratch.attended.data(), last, windows.count, windows.steps * width_, scratch);
  for (int64_t window = 0; window < windows.count; ++window) {
    logits[window] = kernels_.dot(fc_.data(), last + window * windows.steps * width_, width_) + fc_bias_;
  }
}

/// Features of every step of every window: its row's content and its position.
void TransformerInference::add_positions(const Windows& windows, Scratch& scratch) const {
  const int64_t stride = projected_width();
  float* out = scratch.features.data();
  for (int64_t window = 0; window < windows.count; ++window) {
    const float* content = windows.projected + window * windows.rows_between * stride;
    for (int64_t step = 0; step < windows.steps; ++step, out += width_) {
      kernels_.add(content + step * stride, positions_.data() + step * width_, out, width_);
    }
  }
}

/// Attention of the lowest layer where it is not the top one.
void TransformerInference::attend_first(const Windows& windows, Scratch& scratch) const {
  const Layer& layer = layers_.front();
  const int64_t projected = layer.projection.width();
  if (scratch.known_positions < windows.steps) {
    kernels_.multiply({positions_.data(), width_, windows.steps, layer.projection.data(), d_model_,
                       layer.projection.panels(), layer.projection_bias.data(), 0, scratch.positions.data(),
                       projected});
    scratch.known_positions = windows.steps;
  }
  const int64_t stride = projected_width();
  for (int64_t window = 0; window < windows.count; ++window) {
    const float* content = windows.projected + window * windows.rows_between * stride + width_;
    for (int64_t step = 0; step < windows.steps; ++step) {
      kernels_.add(content + step * stride, scratch.positions.data() + step * projected,
                   scratch.projected.data() + step * projected, projected);
    }
    kernels_.causal_attention({scratch.projected.data(), projected, windows.steps, heads_, head_width_,
                               scratch.attended.data() + window * windows.steps * heads_ * head_,
                               heads_ * head_, scratch.attention.data()});
  }
}

void TransformerInference::attend(const Layer& layer, const Windows& windows, Scratch& scratch) const {
  const int64_t projected = layer.projection.width();
  for (int64_t window = 0; window < windows.count; ++window) {
    kernels_.multiply({scratch.features.data() + window * windows.steps * width_, width_, windows.steps,
                       layer.projection.data(), d_model_, layer.projection.panels(),
                       layer.projection_bias.data(), 0, scratch.projected.data(), projected});
    kernels_.causal_attention({scratch.projected.data(), projected, windows.steps, heads_, head_width_,
                               scratch.attended.data() + window * windows.steps * heads_ * head_,
                               heads_ * head_, scratch.attention.data()});
  }
}

/// Attention of the top layer, from the last step of each window.
/// shape: attended [windows, heads * head]
void TransformerInference::attend_last(const Layer& layer, const Windows& windows, Scratch& scratch) const {
  const int64_t heads = heads_ * head_;
  const float* last = scratch.features.data() + (windows.steps - 1) * width_;
  kernels_.multiply({last, windows.steps * width_, windows.count, layer.projection.data(), d_model_,
                     heads / lanes, layer.projection_bias.data(), 0, scratch.queries.data(), heads});
  for (int64_t window = 0; window < windows.count; ++window) {
    kernels_.last_attention({scratch.features.data() + window * windows.steps * width_, width_, windows.steps,
                             d_model_, heads_, head_width_, scratch.queries.data() + window * heads,
                             layer.key_weights.data(), scratch.mixed.data() + window * heads_ * width_,
                             scratch.attention.data()});
  }
  for (int64_t head = 0; head < heads_; ++head) {
    const PackedMatrix& values = layer.value_weights[static_cast<size_t>(head)];
    kernels_.multiply({scratch.mixed.data() + head * width_, heads_ * width_, windows.count, values.data(),
                       width_, values.panels(), layer.value_bias.data() + head * head_, 0,
                       scratch.attended.data() + head * head_, heads});
  }
}

/// What follows the attention: projection, feed-forward, and the norms behind both.
/// @param features of the rows, `stride` apart; in and out
void TransformerInference::finish_layer(const Layer& layer, const float* attended, float* features,
                                        int64_t rows, int64_t stride, Scratch& scratch) const {
  const int64_t heads = heads_ * head_;
  for (int64_t first = 0; first < rows; first += rows_at_once) {
    const int64_t count = std::min(rows_at_once, rows - first);
    float* own = features + first * stride;
    float* sums = scratch.sums.data();
    float* hidden = scratch.hidden.data();
    kernels_.multiply({attended + first * heads, heads, count, layer.out.data(), heads, layer.out.panels(),
                       own, stride, sums, width_});
    kernels_.layer_norm({sums, width_, layer.out_bias.data(), count, d_model_,
                         layer.attention_norm.weight.data(), layer.attention_norm.shift.data(), own, stride});
    kernels_.multiply({own, stride, count, layer.expand.data(), d_model_, layer.expand.panels(),
                       layer.expand_bias.data(), 0, hidden, feedforward_, true});
    kernels_.multiply({hidden, feedforward_, count, layer.contract.data(), layer.contract.depth(),
                       layer.contract.panels(), own, stride, sums, width_});
    kernels_.layer_norm({sums, width_, layer.contract_bias.data(), count, d_model_,
                         layer.feedforward_norm.weight.data(), layer.feedforward_norm.shift.data(), own,
                         stride});
  }
}

void TransformerInference::reserve(Scratch& scratch, int64_t windows, int64_t steps) const {
  if (scratch.windows >= windows && scratch.steps >= steps) return;
  scratch.windows = windows = std::max(windows, scratch.windows);
  scratch.steps = steps = std::max(steps, scratch.steps);
  scratch.known_positions = 0;
  const int64_t projected = layers_.front().projection.width();
  const int64_t heads = heads_ * head_;
  if (layers_.size() > 1) {
    scratch.positions = AlignedFloats(steps * projected);
    scratch.projected = AlignedFloats(steps * projected);
  }
  scratch.features = AlignedFloats(windows * steps * width_);
  scratch.attended = AlignedFloats(windows * steps * heads);
  scratch.attention =
      AlignedFloats(std::max((head_width_ + 4) * padded(steps), heads_ * (width_ + padded(steps))));
  scratch.sums = AlignedFloats(rows_at_once * width_);
  scratch.hidden = AlignedFloats(rows_at_once * feedforward_);
  scratch.queries = AlignedFloats(windows * heads);
  scratch.mixed = AlignedFloats(windows * heads_ * width_);
}

}  // namespace dl_trade::inference
