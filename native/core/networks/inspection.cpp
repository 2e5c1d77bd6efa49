#include "networks/inspection.hpp"

#include "networks/declared_hyperparameters.hpp"
#include "networks/model_error.hpp"
#include "networks/state_layout.hpp"
#include "networks/weights.hpp"

namespace dl_trade::networks {
namespace {

std::optional<NetworkOptions> recognise(const checkpoint::Checkpoint& file,
                                        const checkpoint::Value& hyperparameters) {
  const auto state_dict = named_state_dict(file);
  const auto sizes = options_from_layout(layout_of(state_dict));
  if (!sizes || !describe_mismatch(state_dict, *sizes).empty()) return std::nullopt;
  try {
    const auto options = describe_options(*sizes, hyperparameters);
    require_valid(options);
    return options;
  } catch (const ModelError&) {
    return std::nullopt;
  }
}

/// Tensors among the plain values point into the file: their text stays, their bytes go.
void detach_tensors(checkpoint::Value& value) {
  if (const auto* tensor = value.get_if<checkpoint::Tensor>()) {
    value = checkpoint::Value("tensor " + std::string(checkpoint::dtype_name(tensor->dtype)) + " " +
                              to_string(tensor->sizes));
  } else if (auto* list = std::get_if<checkpoint::Value::List>(&value.data)) {
    for (auto& item : *list) detach_tensors(item);
  } else if (auto* dict = std::get_if<checkpoint::Value::Dict>(&value.data)) {
    for (auto& item : dict->items) detach_tensors(item.second);
  }
}

}  // namespace

Inspection inspect(const std::filesystem::path& path) {
  const auto file = checkpoint::Checkpoint::read_file(path);
  Inspection inspection{std::string(file.format()), {}, file.hyperparameters(), std::nullopt};
  checkpoint::NonfiniteCounter nonfinite;
  for (const auto& tensor : file.state_dict().tensors) {
    inspection.tensors.push_back({tensor.name, std::string(checkpoint::dtype_name(tensor.dtype)),
                                  tensor.sizes, nonfinite.count(tensor)});
  }
  inspection.architecture = recognise(file, inspection.hyperparameters);
  detach_tensors(inspection.hyperparameters);
  return inspection;
}

}  // namespace dl_trade::networks
