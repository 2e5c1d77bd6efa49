#include "training/random_dropout.hpp"

#include <utility>

namespace dl_trade::training {

RandomDropout::RandomDropout(double probability, at::Generator generator)
    : probability_(probability), generator_(std::move(generator)) {}

RandomDropout RandomDropout::none() {
  return {0.0, at::Generator()};
}

torch::Tensor RandomDropout::operator()(const torch::Tensor& values) {
  if (probability_ == 0.0) return values;
  const double kept = 1.0 - probability_;
  const auto mask =
      torch::empty_like(values, torch::requires_grad(false)).bernoulli_(kept, generator_).div_(kept);
  return values * mask;
}

}  // namespace dl_trade::training
