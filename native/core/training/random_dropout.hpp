#pragma once

#include <ATen/core/Generator.h>
#include <torch/types.h>

namespace dl_trade::training {

/// torch.nn.functional.dropout that draws from a generator of its own. LibTorch's draws from one that the
/// whole process shares, so that two trainings would disturb each other.
class RandomDropout {
 public:
  RandomDropout(double probability, at::Generator generator);

  /// Drops nothing: what a network computes outside training.
  static RandomDropout none();

  torch::Tensor operator()(const torch::Tensor& values);

 private:
  double probability_;
  at::Generator generator_;
};

}  // namespace dl_trade::training
