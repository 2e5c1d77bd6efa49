#pragma once

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

namespace dl_trade::networks {

/// Adds fixed sines and cosines of the position; source: Vaswani et al. 2017, section 3.5.
class PositionalEncodingImpl : public torch::nn::Cloneable<PositionalEncodingImpl> {
 public:
  PositionalEncodingImpl(int64_t d_model, int64_t max_len);

  void reset() override;

  /// shape: [B, T, d_model] -> the same, T <= max_len
  torch::Tensor forward(const torch::Tensor& features);

  torch::Tensor pe;  // [1, max_len, d_model]

 private:
  int64_t d_model_;
  int64_t max_len_;
};

TORCH_MODULE(PositionalEncoding);

}  // namespace dl_trade::networks
