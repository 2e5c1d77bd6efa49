#include "networks/classifier_module.hpp"

#include "networks/state_layout.hpp"

namespace dl_trade::networks {
namespace {

std::variant<BiLSTMClassifier, TransformerClassifier> make(const NetworkOptions& options) {
  if (const auto* bilstm = std::get_if<BiLSTMClassifierOptions>(&options)) return BiLSTMClassifier(*bilstm);
  return TransformerClassifier(std::get<TransformerClassifierOptions>(options));
}

}  // namespace

ClassifierModule::ClassifierModule(const NetworkOptions& options)
    : holder(make(options)), options_(options) {}

void ClassifierModule::draw_initial_weights() {
  std::visit([](auto& module) { module->reset_parameters(); }, holder);
}

void ClassifierModule::load(const std::vector<NamedTensor>& values) {
  const torch::NoGradGuard no_grad;
  auto targets = tensors();
  TORCH_CHECK(targets.size() == values.size(), "expected ", targets.size(), " tensors, got ", values.size());
  for (const auto& tensor : values) {
    const auto target = targets.find(tensor.name);
    TORCH_CHECK(target != targets.end(), "no tensor is named ", tensor.name);
    TORCH_CHECK(target->second.sizes() == torch::IntArrayRef(tensor.shape) &&
                    target->second.numel() == static_cast<int64_t>(tensor.values.size()),
                tensor.name, " must be ", target->second.sizes(), ", was ", torch::IntArrayRef(tensor.shape));
    target->second.copy_(
        torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, torch::kFloat));
  }
}

std::vector<NamedTensor> ClassifierModule::state() const {
  const auto found = tensors();
  std::vector<NamedTensor> state;
  for (const auto& wanted : state_layout(options_)) {
    const auto tensor = found.at(wanted.name).detach().contiguous();
    const float* values = tensor.const_data_ptr<float>();
    state.push_back({wanted.name, wanted.shape, std::vector<float>(values, values + tensor.numel())});
  }
  return state;
}

torch::nn::Module& ClassifierModule::base() const {
  return std::visit([](const auto& module) -> torch::nn::Module& { return *module.ptr(); }, holder);
}

std::map<std::string, torch::Tensor> ClassifierModule::tensors() const {
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& entry : base().named_parameters()) tensors.emplace(entry.key(), entry.value());
  for (const auto& entry : base().named_buffers()) tensors.emplace(entry.key(), entry.value());
  return tensors;
}

}  // namespace dl_trade::networks
