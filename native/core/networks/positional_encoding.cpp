#include "networks/positional_encoding.hpp"

#include <torch/types.h>

#include <cmath>

namespace dl_trade::networks {

PositionalEncodingImpl::PositionalEncodingImpl(int64_t d_model, int64_t max_len)
    : d_model_(d_model), max_len_(max_len) {
  reset();
}

void PositionalEncodingImpl::reset() {
  using torch::indexing::None;
  using torch::indexing::Slice;
  const auto position = torch::arange(max_len_, torch::kFloat).unsqueeze(1);  // [max_len, 1]
  const auto frequency =
      torch::exp(torch::arange(0, d_model_, 2, torch::kFloat) * (-std::log(10000.0) / d_model_));
  auto table = torch::zeros({max_len_, d_model_});
  table.index_put_({Slice(), Slice(0, None, 2)}, torch::sin(position * frequency));
  // An odd d_model has one cosine fewer than sines.
  table.index_put_({Slice(), Slice(1, None, 2)}, torch::cos(position * frequency.narrow(0, 0, d_model_ / 2)));
  pe = register_buffer("pe", table.unsqueeze(0));
}

torch::Tensor PositionalEncodingImpl::forward(const torch::Tensor& features) {
  TORCH_CHECK(features.dim() == 3 && features.size(1) <= max_len_, "expected at most ", max_len_,
              " steps, got shape ", features.sizes());
  return features + pe.narrow(1, 0, features.size(1));
}

}  // namespace dl_trade::networks
