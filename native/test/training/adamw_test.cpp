#include "training/adamw.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace dl_trade::training {
namespace {

using torch::Tensor;

/// As the paper has it (Loshchilov and Hutter, 2019, algorithm 2), in double precision.
struct NaiveAdamW {
  Tensor value;
  Tensor first = torch::zeros_like(value);
  Tensor second = torch::zeros_like(value);
  int step_count = 0;

  void step(const Tensor& gradient, double rate, double decay) {
    step_count += 1;
    first = 0.9 * first + 0.1 * gradient;
    second = 0.999 * second + 0.001 * gradient * gradient;
    const auto corrected = first / (1 - std::pow(0.9, step_count));
    const auto scale = (second / (1 - std::pow(0.999, step_count))).sqrt() + 1e-8;
    value = value - rate * decay * value - rate * corrected / scale;
  }
};

TEST_CASE("parameters move as the algorithm says, through a change of rate and a restored state") {
  torch::manual_seed(2);
  auto first = torch::randn({3, 4}).requires_grad_();
  auto second = torch::randn({5}).requires_grad_();
  NaiveAdamW naive_first{first.detach().to(torch::kDouble)};
  NaiveAdamW naive_second{second.detach().to(torch::kDouble)};
  auto adamw = std::make_unique<AdamW>(std::vector<Tensor>{first, second}, 0.1);
  for (int step = 0; step < 10; ++step) {
    first.mutable_grad() = torch::randn({3, 4});
    second.mutable_grad() = torch::randn({5});
    const double rate = step < 5 ? 0.01 : 0.005;
    naive_first.step(first.grad().to(torch::kDouble), rate, 0.1);
    naive_second.step(second.grad().to(torch::kDouble), rate, 0.1);
    adamw->step(rate);
    if (step == 6) {
      auto restored = std::make_unique<AdamW>(std::vector<Tensor>{first, second}, 0.1);
      for (size_t index = 0; index < 2; ++index) {
        restored->exp_avg[index].copy_(adamw->exp_avg[index]);
        restored->exp_avg_sq[index].copy_(adamw->exp_avg_sq[index]);
      }
      restored->set_steps(adamw->steps());
      adamw = std::move(restored);
    }
  }
  CHECK(adamw->steps() == 10);
  CHECK(torch::allclose(first.detach().to(torch::kDouble), naive_first.value, 1e-5, 1e-6));
  CHECK(torch::allclose(second.detach().to(torch::kDouble), naive_second.value, 1e-5, 1e-6));
}

TEST_CASE("gradients above the norm are scaled down to it together, those below are left to the bit") {
  auto first = torch::zeros({1}).requires_grad_();
  auto second = torch::zeros({1}).requires_grad_();
  AdamW adamw({first, second}, 0.0);
  const auto set = [&](float a, float b) {
    first.mutable_grad() = torch::tensor({a});
    second.mutable_grad() = torch::tensor({b});
  };
  set(3.0F, 4.0F);
  CHECK(adamw.clip_gradients(1.0) == doctest::Approx(5.0));
  CHECK(first.grad().item<double>() == doctest::Approx(0.6).epsilon(1e-6));
  CHECK(second.grad().item<double>() == doctest::Approx(0.8).epsilon(1e-6));
  set(0.3F, 0.4F);
  CHECK(adamw.clip_gradients(1.0) == doctest::Approx(0.5));
  CHECK(first.grad().item<float>() == 0.3F);
  set(std::numeric_limits<float>::quiet_NaN(), 0.4F);
  CHECK(std::isnan(adamw.clip_gradients(1.0)));
  adamw.zero_gradients();
  CHECK_FALSE(first.grad().defined());
}

}  // namespace
}  // namespace dl_trade::training
