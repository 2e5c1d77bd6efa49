#include "networks/state_layout.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace dl_trade::networks {
namespace {

std::vector<TensorLayout> bilstm_layout(const BiLSTMClassifierOptions& options) {
  const int64_t hidden = options.hidden_size;
  std::vector<TensorLayout> layout;
  for (int64_t layer = 0; layer < options.num_layers; ++layer) {
    const int64_t width = layer == 0 ? options.input_size : 2 * hidden;
    for (const char* direction : {"", "_reverse"}) {
      const std::string suffix = "_l" + std::to_string(layer) + direction;
      layout.push_back({"lstm.weight_ih" + suffix, {4 * hidden, width}});
      layout.push_back({"lstm.weight_hh" + suffix, {4 * hidden, hidden}});
      layout.push_back({"lstm.bias_ih" + suffix, {4 * hidden}});
      layout.push_back({"lstm.bias_hh" + suffix, {4 * hidden}});
    }
  }
  layout.push_back({"fc.weight", {1, 2 * hidden}});
  layout.push_back({"fc.bias", {1}});
  return layout;
}

std::vector<TensorLayout> transformer_layout(const TransformerClassifierOptions& options) {
  const int64_t d_model = options.d_model;
  const int64_t feedforward = options.dim_feedforward;
  std::vector<TensorLayout> layout{
      {"input_projection.weight", {d_model, options.input_size}},
      {"input_projection.bias", {d_model}},
      {"pos_encoder.pe", {1, options.max_len, d_model}, true},
  };
  for (int64_t layer = 0; layer < options.num_layers; ++layer) {
    const std::string prefix = "transformer_encoder.layers." + std::to_string(layer) + ".";
    layout.push_back({prefix + "self_attn.in_proj_weight", {3 * d_model, d_model}});
    layout.push_back({prefix + "self_attn.in_proj_bias", {3 * d_model}});
    layout.push_back({prefix + "self_attn.out_proj.weight", {d_model, d_model}});
    layout.push_back({prefix + "self_attn.out_proj.bias", {d_model}});
    layout.push_back({prefix + "linear1.weight", {feedforward, d_model}});
    layout.push_back({prefix + "linear1.bias", {feedforward}});
    layout.push_back({prefix + "linear2.weight", {d_model, feedforward}});
    layout.push_back({prefix + "linear2.bias", {d_model}});
    for (const char* norm : {"norm1", "norm2"}) {
      layout.push_back({prefix + norm + ".weight", {d_model}});
      layout.push_back({prefix + norm + ".bias", {d_model}});
    }
  }
  layout.push_back({"fc.weight", {1, d_model}});
  layout.push_back({"fc.bias", {1}});
  return layout;
}

const TensorLayout* find(const std::vector<TensorLayout>& layout, std::string_view name, size_t dimensions) {
  const auto found =
      std::find_if(layout.begin(), layout.end(), [&](const auto& tensor) { return tensor.name == name; });
  return found != layout.end() && found->shape.size() == dimensions ? &*found : nullptr;
}

/// The number of layers: one more than the highest index between `prefix` and `suffix` in any name.
int64_t count_layers(const std::vector<TensorLayout>& layout, std::string_view prefix,
                     std::string_view suffix) {
  int64_t count = 0;
  for (const auto& tensor : layout) {
    std::string_view name = tensor.name;
    if (!name.starts_with(prefix) || name.size() <= prefix.size() + suffix.size()) continue;
    if (!name.ends_with(suffix)) continue;
    name = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    int64_t index = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    // A name with a larger index is listed as unexpected.
    if (error != std::errc() || end != name.data() + name.size() || index < 0 || index >= max_layers)
      continue;
    count = std::max(count, index + 1);
  }
  return count;
}

}  // namespace

int64_t TensorLayout::numel() const {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

std::vector<TensorLayout> state_layout(const NetworkOptions& options) {
  if (const auto* bilstm = std::get_if<BiLSTMClassifierOptions>(&options)) return bilstm_layout(*bilstm);
  return transformer_layout(std::get<TransformerClassifierOptions>(options));
}

int64_t parameter_count(const NetworkOptions& options) {
  int64_t count = 0;
  for (const auto& tensor : state_layout(options)) count += tensor.is_buffer ? 0 : tensor.numel();
  return count;
}

std::optional<NetworkOptions> options_from_layout(const std::vector<TensorLayout>& layout) {
  const auto* input_weights = find(layout, "lstm.weight_ih_l0", 2);
  const auto* hidden_weights = find(layout, "lstm.weight_hh_l0", 2);
  if (input_weights != nullptr && hidden_weights != nullptr) {
    BiLSTMClassifierOptions options;
    options.input_size = input_weights->shape[1];
    options.hidden_size = hidden_weights->shape[1];
    options.num_layers = count_layers(layout, "lstm.weight_ih_l", "");
    return options;
  }
  const auto* projection = find(layout, "input_projection.weight", 2);
  const auto* feedforward = find(layout, "transformer_encoder.layers.0.linear1.weight", 2);
  const auto* positions = find(layout, "pos_encoder.pe", 3);
  if (projection != nullptr && feedforward != nullptr && positions != nullptr) {
    TransformerClassifierOptions options;
    options.input_size = projection->shape[1];
    options.d_model = projection->shape[0];
    options.num_layers = count_layers(layout, "transformer_encoder.layers.", ".linear1.weight");
    options.dim_feedforward = feedforward->shape[0];
    options.max_len = positions->shape[1];
    return options;
  }
  return std::nullopt;
}

std::string to_string(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t index = 0; index < shape.size(); ++index) {
    if (index > 0) text += ", ";
    text += std::to_string(shape[index]);
  }
  return text + "]";
}

}  // namespace dl_trade::networks
