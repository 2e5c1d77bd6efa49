#include "networks/options.hpp"

#include <initializer_list>
#include <limits>
#include <string>
#include <utility>

#include "networks/model_error.hpp"
#include "networks/state_layout.hpp"

namespace dl_trade::networks {
namespace {

// 1 GiB of float32: far beyond any model of this kind, far below what would bring a machine down.
constexpr int64_t max_elements = int64_t{1} << 28;
constexpr int64_t max_size = int64_t{1} << 20;

void require_sizes(std::initializer_list<std::pair<const char*, int64_t>> sizes) {
  for (const auto& [name, value] : sizes) {
    const int64_t limit = std::string(name) == "num_layers" ? max_layers : max_size;
    if (!(value >= 1 && value <= limit)) {
      throw ModelError(std::string(name) + " must be between 1 and " + std::to_string(limit) + ", was " +
                       std::to_string(value));
    }
  }
}

void require_dropout(double dropout) {
  if (!(dropout >= 0.0 && dropout < 1.0)) {
    throw ModelError("dropout must be in [0, 1), was " + std::to_string(dropout));
  }
}

}  // namespace

const char* architecture_name(const NetworkOptions& options) {
  return std::holds_alternative<BiLSTMClassifierOptions>(options) ? "bilstm" : "transformer";
}

int64_t input_size(const NetworkOptions& options) {
  return std::visit([](const auto& sizes) { return sizes.input_size; }, options);
}

int64_t max_steps(const NetworkOptions& options) {
  const auto* transformer = std::get_if<TransformerClassifierOptions>(&options);
  return transformer == nullptr ? std::numeric_limits<int64_t>::max() : transformer->max_len;
}

void require_valid(const NetworkOptions& options) {
  if (const auto* bilstm = std::get_if<BiLSTMClassifierOptions>(&options)) {
    require_sizes({{"input_size", bilstm->input_size},
                   {"hidden_size", bilstm->hidden_size},
                   {"num_layers", bilstm->num_layers}});
    require_dropout(bilstm->dropout);
  } else {
    const auto& transformer = std::get<TransformerClassifierOptions>(options);
    require_sizes({{"input_size", transformer.input_size},
                   {"d_model", transformer.d_model},
                   {"nhead", transformer.nhead},
                   {"num_layers", transformer.num_layers},
                   {"dim_feedforward", transformer.dim_feedforward},
                   {"max_len", transformer.max_len}});
    require_dropout(transformer.dropout);
    if (transformer.d_model % transformer.nhead != 0) {
      throw ModelError("d_model must be a multiple of nhead; d_model was " +
                       std::to_string(transformer.d_model) + ", nhead was " +
                       std::to_string(transformer.nhead));
    }
  }
  int64_t elements = 0;
  // Sizes are at most 2^20, so no product of two overflows, and the sum is checked at every step.
  for (const TensorLayout& tensor : state_layout(options)) {
    elements += tensor.numel();
    if (elements > max_elements) {
      throw ModelError("the weights would hold more than " + std::to_string(max_elements) +
                       " values; choose smaller sizes");
    }
  }
}

}  // namespace dl_trade::networks
