#include "networks/network.hpp"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "checkpoint/writer.hpp"
#include "networks/bilstm_classifier.hpp"
#include "networks/inference.hpp"
#include "networks/model_error.hpp"
#include "networks/random.hpp"
#include "networks/runtime.hpp"
#include "networks/transformer_classifier.hpp"

namespace dl_trade::networks {
namespace {

// Steps computed at once: bounds the memory of a large batch at some 100 MB for the default sizes.
constexpr int64_t steps_per_chunk = 16384;

checkpoint::Value hyperparameters_value(const NetworkOptions& options) {
  checkpoint::Value::Dict dict;
  dict.set("architecture", std::string(architecture_name(options)));
  if (const auto* bilstm = std::get_if<BiLSTMClassifierOptions>(&options)) {
    dict.set("input_size", bilstm->input_size);
    dict.set("hidden_size", bilstm->hidden_size);
    dict.set("num_layers", bilstm->num_layers);
    dict.set("dropout", bilstm->dropout);
  } else {
    const auto& transformer = std::get<TransformerClassifierOptions>(options);
    dict.set("input_size", transformer.input_size);
    dict.set("d_model", transformer.d_model);
    dict.set("nhead", transformer.nhead);
    dict.set("num_layers", transformer.num_layers);
    dict.set("dim_feedforward", transformer.dim_feedforward);
    dict.set("max_len", transformer.max_len);
    dict.set("dropout", transformer.dropout);
  }
  return checkpoint::Value(std::move(dict));
}

}  // namespace

struct Network::Module {
  std::variant<BiLSTMClassifier, TransformerClassifier> holder;

  explicit Module(const NetworkOptions& options)
      : holder(std::visit([](const auto& sizes) { return make(sizes); }, options)) {
    base().eval();
  }

  static std::variant<BiLSTMClassifier, TransformerClassifier> make(const BiLSTMClassifierOptions& options) {
    return BiLSTMClassifier(options);
  }
  static std::variant<BiLSTMClassifier, TransformerClassifier> make(
      const TransformerClassifierOptions& options) {
    return TransformerClassifier(options);
  }

  torch::nn::Module& base() {
    return std::visit([](auto& module) -> torch::nn::Module& { return *module; }, holder);
  }

  torch::Tensor logits(const torch::Tensor& windows) {
    return std::visit([&](auto& module) { return naive_logits(*module, windows); }, holder);
  }

  std::map<std::string, torch::Tensor> tensors() {
    std::map<std::string, torch::Tensor> tensors;
    for (const auto& entry : base().named_parameters()) tensors.emplace(entry.key(), entry.value());
    for (const auto& entry : base().named_buffers()) tensors.emplace(entry.key(), entry.value());
    return tensors;
  }
};

Network::Network(const NetworkOptions& options) : options_(options) {
  require_valid(options);
  module_ = std::make_unique<Module>(options);
}

Network::Network(const Weights& weights) : options_(weights.options) {
  require_valid(options_);
  // Making the module draws initial weights that are overwritten below.
  with_seeded_generator(0, [&] { module_ = std::make_unique<Module>(options_); });
  const torch::NoGradGuard no_grad;
  auto targets = module_->tensors();
  TORCH_CHECK(targets.size() == weights.tensors.size(), "expected ", targets.size(), " tensors, got ",
              weights.tensors.size());
  for (const auto& tensor : weights.tensors) {
    const auto target = targets.find(tensor.name);
    TORCH_CHECK(target != targets.end(), "no tensor is named ", tensor.name);
    TORCH_CHECK(target->second.sizes() == torch::IntArrayRef(tensor.shape) &&
                    target->second.numel() == static_cast<int64_t>(tensor.values.size()),
                tensor.name, " must be ", target->second.sizes(), ", was ", torch::IntArrayRef(tensor.shape));
    target->second.copy_(
        torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, torch::kFloat));
  }
}

Network::~Network() = default;

std::shared_ptr<Network> Network::load(const std::filesystem::path& path,
                                       const std::optional<NetworkOptions>& expected) {
  apply_threads();
  return std::make_shared<Network>(read_weights(path, expected));
}

std::shared_ptr<Network> Network::create(const NetworkOptions& options, uint64_t seed) {
  apply_threads();
  std::shared_ptr<Network> network;
  with_seeded_generator(seed, [&] { network.reset(new Network(options)); });
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
  auto tensors = module_->tensors();
  std::vector<NamedTensor> state;
  for (const auto& wanted : state_layout(options_)) {
    const auto tensor = tensors.at(wanted.name).detach().contiguous();
    const float* values = tensor.const_data_ptr<float>();
    state.push_back({wanted.name, wanted.shape, std::vector<float>(values, values + tensor.numel())});
  }
  return state;
}

void Network::save(const std::filesystem::path& path) const {
  const auto tensors = state();
  std::vector<checkpoint::NamedArray> arrays;
  for (const auto& tensor : tensors) arrays.push_back({tensor.name, tensor.shape, tensor.values});
  checkpoint::write_checkpoint(path, arrays, hyperparameters_value(options_));
}

}  // namespace dl_trade::networks
