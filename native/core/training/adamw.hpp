#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace dl_trade::training {

/// torch.optim.AdamW with its default betas and eps, by PyTorch's own fused kernel. LibTorch's class is not
/// used: it updates parameter by parameter, and its state can be saved in its own archive alone.
class AdamW {
 public:
  AdamW(std::vector<torch::Tensor> parameters, double weight_decay);

  /// Updates the parameters by their gradients.
  void step(double learning_rate);

  /// Scales gradients down to a global L2 norm of at most `max_norm`, as torch.nn.utils.clip_grad_norm_.
  /// @returns the norm before
  double clip_gradients(double max_norm);

  void zero_gradients();

  /// Moments by parameter, in the order of the parameters.
  std::vector<torch::Tensor> exp_avg;
  std::vector<torch::Tensor> exp_avg_sq;

  int64_t steps() const;
  void set_steps(int64_t steps);

 private:
  std::vector<torch::Tensor> gradients() const;

  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> steps_;
  double weight_decay_;
};

}  // namespace dl_trade::training
