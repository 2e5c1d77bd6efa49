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
#include "networks/naive_logits.hpp"
#include "networks/random.hpp"
#include "networks/runtime.hpp"

namespace dl_trade::networks {
namespace {

// Steps computed at once: bounds the memory of a large batch at some 100 MB for the default sizes.
constexpr int64_t steps_per_chunk = 16384;

// Of the windows on which the fast path is held against the naive one.
constexpr int64_t tried_steps = 50;
constexpr float tolerance = 1e-5F;

/// The index of the first value that is NaN or infinite; their count where there is none.
int64_t first_nonfinite(std::span<const float> values) {
  return std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); }) -
         values.begin();
}

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
  make_fused(weights);
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
  network->make_fused({options, network->state()});
  return network;
}

int64_t Network::parameter_count() const {
  int64_t count = 0;
  for (const auto& parameter : module_->base().parameters()) count += parameter.numel();
  return count;
}

void Network::require_steps(int64_t steps) const {
  if (steps >= 1 && steps <= max_steps(options_)) return;
  throw std::invalid_argument("steps must be at least 1 and at most " + std::to_string(max_steps(options_)) +
                              ", was " + std::to_string(steps));
}

void Network::require_rows(std::span<const float> rows, int64_t steps) const {
  const int64_t features = input_size(options_);
  require_steps(steps);
  const auto count = static_cast<int64_t>(rows.size());
  if (count % features != 0) {
    throw std::invalid_argument("rows must hold a multiple of input_size = " + std::to_string(features) +
                                " values, held " + std::to_string(count));
  }
  const int64_t index = first_nonfinite(rows);
  if (index == count) return;
  throw std::invalid_argument("rows must be finite, was " + std::to_string(rows[static_cast<size_t>(index)]) +
                              " at row " + std::to_string(index / features) + ", feature " +
                              std::to_string(index % features));
}

void Network::require_windows(std::span<const float> windows, int64_t batch, int64_t steps) const {
  const int64_t features = input_size(options_);
  if (batch < 1) throw std::invalid_argument("batch must be at least 1, was " + std::to_string(batch));
  require_steps(steps);
  const auto count = static_cast<int64_t>(windows.size());
  // Divided, because the product may overflow.
  if (count % features != 0 || (count / features) % steps != 0 || count / features / steps != batch) {
    throw std::invalid_argument("windows must hold batch * steps * input_size = " + std::to_string(batch) +
                                " * " + std::to_string(steps) + " * " + std::to_string(features) +
                                " values, held " + std::to_string(count));
  }
  const int64_t index = first_nonfinite(windows);
  if (index < count) {
    const float value = windows[static_cast<size_t>(index)];
    throw std::invalid_argument("windows must be finite, was " + std::to_string(value) + " at window " +
                                std::to_string(index / (steps * features)) + ", step " +
                                std::to_string(index / features % steps) + ", feature " +
                                std::to_string(index % features));
  }
}

const inference::Inference* Network::fused() const {
  return wants_fused() ? inference_.get() : nullptr;
}

const char* Network::kernel() const {
  return fused() == nullptr ? naive_kernel_name : inference::kernel_name;
}

/// Packs the weights for the fast path, and keeps it only where it agrees with the naive one.
void Network::make_fused(const Weights& weights) {
  const inference::Kernels* kernels = inference::best_kernels();
  if (kernels == nullptr) return;
  auto made = std::make_unique<inference::Inference>(weights, *kernels);
  const int64_t steps = std::min(tried_steps, max_steps(options_));
  std::vector<float> windows(static_cast<size_t>(2 * steps * input_size(options_)));
  for (size_t index = 0; index < windows.size(); ++index) {
    // The second window as large as clipped inputs are.
    const float reach = index < windows.size() / 2 ? 1.0F : 8.0F;
    windows[index] = reach * std::sin(static_cast<float>(index) * 1.7F);
  }
  const auto wanted = predict_naive(windows, 2, steps);
  std::vector<float> given(2);
  made->predict(windows.data(), 2, steps, given.data(), 1);
  for (size_t index = 0; index < 2; ++index) {
    // Asked as "does it surely agree?", so that a NaN does not.
    const bool agrees =
        std::abs(given[index] - wanted[index]) <= tolerance * std::max(1.0F, std::abs(wanted[index]));
    if (!agrees) return;
  }
  inference_ = std::move(made);
}

std::vector<float> Network::predict(std::span<const float> windows, int64_t batch, int64_t steps) const {
  require_windows(windows, batch, steps);
  const auto* fast = fused();
  if (fast == nullptr) return predict_naive(windows, batch, steps);
  std::vector<float> logits(static_cast<size_t>(batch));
  fast->predict(windows.data(), batch, steps, logits.data(), wanted_threads());
  return logits;
}

std::vector<float> Network::predict_history(std::span<const float> rows, int64_t steps) const {
  const int64_t width = input_size(options_);
  const auto count = static_cast<int64_t>(rows.size()) / width;
  // One long window, as far as its values go.
  require_rows(rows, steps);
  if (count < steps) return {};
  std::vector<float> logits(static_cast<size_t>(count - steps + 1));
  if (const auto* fast = fused()) {
    fast->predict_history(rows.data(), count, steps, logits.data(), wanted_threads());
    return logits;
  }
  const int64_t at_once = std::max<int64_t>(1, steps_per_chunk / steps);
  std::vector<float> windows;
  for (int64_t first = 0; first < count - steps + 1; first += at_once) {
    const int64_t batch = std::min(at_once, count - steps + 1 - first);
    windows.clear();
    for (int64_t window = first; window < first + batch; ++window) {
      const auto from = rows.begin() + window * width;
      windows.insert(windows.end(), from, from + steps * width);
    }
    naive_into(windows, batch, steps, logits.data() + first);
  }
  return logits;
}

std::vector<float> Network::predict_naive(std::span<const float> windows, int64_t batch,
                                          int64_t steps) const {
  require_windows(windows, batch, steps);
  std::vector<float> logits(static_cast<size_t>(batch));
  naive_into(windows, batch, steps, logits.data());
  return logits;
}

void Network::naive_into(std::span<const float> windows, int64_t batch, int64_t steps, float* logits) const {
  apply_threads();
  const c10::InferenceMode guard;
  const auto input =
      torch::from_blob(const_cast<float*>(windows.data()), {batch, steps, input_size(options_)},
                       torch::kFloat);  // [B, T, F]
  auto output = torch::from_blob(logits, {batch}, torch::kFloat);
  const int64_t chunk = std::max<int64_t>(1, steps_per_chunk / steps);
  for (int64_t start = 0; start < batch; start += chunk) {
    const int64_t length = std::min(chunk, batch - start);
    output.narrow(0, start, length).copy_(module_->logits(input.narrow(0, start, length)));
  }
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
