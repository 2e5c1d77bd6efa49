#include "networks/network.hpp"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "checkpoint/writer.hpp"
#include "networks/classifier_module.hpp"
#include "networks/hyperparameters_value.hpp"
#include "networks/inference.hpp"
#include "networks/random.hpp"
#include "networks/runtime.hpp"

namespace dl_trade::networks {
namespace {

// Steps computed at once: bounds the memory of a large batch at some 100 MB for the default sizes.
constexpr int64_t steps_per_chunk = 16384;

}  // namespace

struct Network::Module : ClassifierModule {
  using ClassifierModule::ClassifierModule;

  torch::Tensor logits(const torch::Tensor& windows) {
    return std::visit([&](auto& module) { return naive_logits(*module, windows); }, holder);
  }
};

Network::Network(const NetworkOptions& options) : options_(options) {
  require_valid(options);
  // Making the module draws weights that are overwritten later.
  with_seeded_generator(0, [&] { module_ = std::make_unique<Module>(options); });
  module_->base().eval();
}

Network::Network(const Weights& weights) : Network(weights.options) {
  module_->load(weights.tensors);
}

Network::~Network() = default;

std::shared_ptr<Network> Network::load(const std::filesystem::path& path,
                                       const std::optional<NetworkOptions>& expected) {
  apply_threads();
  return std::make_shared<Network>(read_weights(path, expected));
}

std::shared_ptr<Network> Network::create(const NetworkOptions& options, uint64_t seed) {
  apply_threads();
  const std::shared_ptr<Network> network(new Network(options));
  with_seeded_generator(seed, [&] { network->module_->draw_initial_weights(); });
  return network;
}

int64_t Network::parameter_count() const {
  int64_t count = 0;
  for (const auto& parameter : module_->base().parameters()) count += parameter.numel();
  return count;
}

void Network::require_windows(std::span<const float> windows, int64_t batch, int64_t steps) const {
  const int64_t features = input_size(options_);
  if (batch < 1) throw std::invalid_argument("batch must be at least 1, was " + std::to_string(batch));
  if (steps < 1 || steps > max_steps(options_)) {
    throw std::invalid_argument("steps must be at least 1 and at most " +
                                std::to_string(max_steps(options_)) + ", was " + std::to_string(steps));
  }
  const auto count = static_cast<int64_t>(windows.size());
  // Divided, because the product may overflow.
  if (count % features != 0 || (count / features) % steps != 0 || count / features / steps != batch) {
    throw std::invalid_argument("windows must hold batch * steps * input_size = " + std::to_string(batch) +
                                " * " + std::to_string(steps) + " * " + std::to_string(features) +
                                " values, held " + std::to_string(count));
  }
  const auto nonfinite =
      std::find_if(windows.begin(), windows.end(), [](float value) { return !std::isfinite(value); });
  if (nonfinite != windows.end()) {
    const int64_t index = nonfinite - windows.begin();
    throw std::invalid_argument("windows must be finite, was " + std::to_string(*nonfinite) + " at window " +
                                std::to_string(index / (steps * features)) + ", step " +
                                std::to_string(index / features % steps) + ", feature " +
                                std::to_string(index % features));
  }
}

std::vector<float> Network::predict(std::span<const float> windows, int64_t batch, int64_t steps) const {
  require_windows(windows, batch, steps);
  apply_threads();
  const c10::InferenceMode guard;
  const auto input =
      torch::from_blob(const_cast<float*>(windows.data()), {batch, steps, input_size(options_)},
                       torch::kFloat);  // [B, T, F]
  std::vector<float> logits(static_cast<size_t>(batch));
  auto output = torch::from_blob(logits.data(), {batch}, torch::kFloat);
  const int64_t chunk = std::max<int64_t>(1, steps_per_chunk / steps);
  for (int64_t start = 0; start < batch; start += chunk) {
    const int64_t length = std::min(chunk, batch - start);
    output.narrow(0, start, length).copy_(module_->logits(input.narrow(0, start, length)));
  }
  return logits;
}

std::vector<NamedTensor> Network::state() const {
  return module_->state();
}

void Network::save(const std::filesystem::path& path) const {
  const auto tensors = state();
  std::vector<checkpoint::NamedArray> arrays;
  for (const auto& tensor : tensors) arrays.push_back({tensor.name, tensor.shape, tensor.values});
  checkpoint::write_checkpoint(path, arrays, hyperparameters_value(options_));
}

}  // namespace dl_trade::networks
