#include "training/adamw.hpp"

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>

#include <utility>

namespace dl_trade::training {

AdamW::AdamW(std::vector<torch::Tensor> parameters, double weight_decay)
    : parameters_(std::move(parameters)), weight_decay_(weight_decay) {
  for (const auto& parameter : parameters_) {
    exp_avg.push_back(torch::zeros_like(parameter, torch::requires_grad(false)));
    exp_avg_sq.push_back(torch::zeros_like(parameter, torch::requires_grad(false)));
    steps_.push_back(torch::zeros({}, torch::kFloat));
  }
}

std::vector<torch::Tensor> AdamW::gradients() const {
  std::vector<torch::Tensor> gradients;
  gradients.reserve(parameters_.size());
  for (const auto& parameter : parameters_) gradients.push_back(parameter.grad());
  return gradients;
}

void AdamW::step(double learning_rate) {
  constexpr double beta1 = 0.9;
  constexpr double beta2 = 0.999;
  constexpr double eps = 1e-8;
  const torch::NoGradGuard no_grad;
  // As torch.optim.AdamW, which counts before the kernel corrects the bias.
  for (auto& count : steps_) count.add_(1);
  const auto grads = gradients();
  at::_fused_adamw_(parameters_, grads, exp_avg, exp_avg_sq, {}, steps_, learning_rate, beta1, beta2,
                    weight_decay_, eps, /*amsgrad=*/false, /*maximize=*/false);
}

double AdamW::clip_gradients(double max_norm) {
  const torch::NoGradGuard no_grad;
  const auto grads = gradients();
  const auto norm = torch::stack(at::_foreach_norm(grads, 2)).norm();
  const auto scale = torch::clamp(max_norm / (norm + 1e-6), {}, 1.0).item<float>();
  // Multiplying by 1 changes nothing.
  if (scale != 1.0F) at::_foreach_mul_(grads, scale);
  return norm.item<double>();
}

void AdamW::zero_gradients() {
  for (auto& parameter : parameters_) parameter.mutable_grad().reset();
}

int64_t AdamW::steps() const {
  return static_cast<int64_t>(steps_.front().item<float>());
}

void AdamW::set_steps(int64_t steps) {
  for (auto& count : steps_) count.fill_(static_cast<float>(steps));
}

}  // namespace dl_trade::training
