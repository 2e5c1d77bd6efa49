#include "networks/naive_logits.hpp"

#include <c10/core/InferenceMode.h>

namespace dl_trade::networks {
namespace {

template <typename Module>
torch::Tensor forward_in_inference_mode(Module& module, const torch::Tensor& windows) {
  TORCH_CHECK(!module.is_training(), "inference needs the module in eval mode");
  TORCH_CHECK(windows.scalar_type() == torch::kFloat, "expected float32 windows, got ",
              windows.scalar_type());
  const c10::InferenceMode guard;
  return module.forward(windows);
}

}  // namespace

torch::Tensor naive_logits(BiLSTMClassifierImpl& module, const torch::Tensor& windows) {
  return forward_in_inference_mode(module, windows);
}

torch::Tensor naive_logits(TransformerClassifierImpl& module, const torch::Tensor& windows) {
  return forward_in_inference_mode(module, windows);
}

}  // namespace dl_trade::networks
