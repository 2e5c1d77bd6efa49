#include "networks/weights.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "checkpoint/quote.hpp"
#include "networks/declared_hyperparameters.hpp"
#include "networks/model_error.hpp"

namespace dl_trade::networks {
namespace {

using checkpoint::quote;

constexpr size_t max_listed = 24;

/// `2 missing: "a", "b"`, or nothing; long lists end with how many more there are.
void append_list(std::string& text, std::string_view kind, const std::vector<std::string>& entries) {
  if (entries.empty()) return;
  if (!text.empty()) text += "; ";
  text += std::to_string(entries.size()) + " " + std::string(kind) + ": ";
  const size_t listed = std::min(entries.size(), max_listed);
  for (size_t index = 0; index < listed; ++index) text += (index > 0 ? ", " : "") + entries[index];
  if (listed < entries.size()) text += " and " + std::to_string(entries.size() - listed) + " more";
}

bool is_weight(checkpoint::Dtype dtype) {
  using checkpoint::Dtype;
  return dtype == Dtype::kFloat32 || dtype == Dtype::kFloat64 || dtype == Dtype::kFloat16 ||
         dtype == Dtype::kBfloat16;
}

void require_finite(const checkpoint::StateDict& state_dict) {
  int64_t count = 0;
  std::vector<std::string> where;
  for (const auto& tensor : state_dict.tensors) {
    const int64_t nonfinite = checkpoint::count_nonfinite(tensor);
    if (nonfinite == 0) continue;
    count += nonfinite;
    where.push_back(quote(tensor.name) + " (" + std::to_string(nonfinite) + ")");
  }
  if (count == 0) return;
  std::string text;
  append_list(text, "tensors", where);
  throw ModelError(std::to_string(count) + " weights are NaN or infinite, in " + text +
                   "; training has diverged, use an earlier checkpoint");
}

/** Strides of 0 let a few bytes claim any shape: what is allocated stays in proportion to what the file
 * holds. */
void require_proportion(const checkpoint::StateDict& state_dict) {
  constexpr uint64_t kAlwaysFine = uint64_t{16} << 20;
  uint64_t claimed = 0;
  uint64_t stored = 0;
  std::unordered_set<const std::byte*> storages;
  for (const auto& tensor : state_dict.tensors) {
    claimed += static_cast<uint64_t>(tensor.numel()) * sizeof(float);
    if (storages.insert(tensor.storage.data()).second) stored += tensor.storage.size();
  }
  if (claimed <= kAlwaysFine + 4 * stored) return;
  throw ModelError("the shapes claim " + std::to_string(claimed) + " bytes of weights, the file holds " +
                   std::to_string(stored) +
                   "; tensors that repeat their elements must be saved with .contiguous()");
}

std::string describe_neither(const checkpoint::StateDict& state_dict) {
  std::vector<std::string> names;
  for (const auto& tensor : state_dict.tensors)
    names.push_back(quote(tensor.name) + " " + to_string(tensor.sizes));
  std::string text;
  append_list(text, "tensors", names);
  return "the names and shapes are those of neither network; a BiLSTM has \"lstm.weight_ih_l0\" and "
         "\"fc.weight\", "
         "a Transformer \"input_projection.weight\", \"pos_encoder.pe\" and "
         "\"transformer_encoder.layers.0.linear1.weight\"; found " +
         (text.empty() ? "no tensor" : text);
}

}  // namespace

std::vector<TensorLayout> layout_of(const checkpoint::StateDict& state_dict) {
  std::vector<TensorLayout> layout;
  layout.reserve(state_dict.tensors.size());
  for (const auto& tensor : state_dict.tensors) layout.push_back({tensor.name, tensor.sizes});
  return layout;
}

checkpoint::StateDict named_state_dict(const checkpoint::Checkpoint& file) {
  return checkpoint::strip_prefixes(file.state_dict(), [](const checkpoint::StateDict& state_dict) {
    return options_from_layout(layout_of(state_dict)).has_value();
  });
}

std::string describe_mismatch(const checkpoint::StateDict& state_dict, const NetworkOptions& options) {
  std::unordered_map<std::string_view, const checkpoint::Tensor*> found;
  for (const auto& tensor : state_dict.tensors) found.emplace(tensor.name, &tensor);

  std::vector<std::string> missing;
  std::vector<std::string> shapes;
  std::vector<std::string> dtypes;
  const auto layout = state_layout(options);
  for (const auto& wanted : layout) {
    const auto entry = found.find(wanted.name);
    if (entry == found.end()) {
      missing.push_back(quote(wanted.name) + " " + to_string(wanted.shape));
      continue;
    }
    const checkpoint::Tensor& tensor = *entry->second;
    found.erase(entry);
    if (tensor.sizes != wanted.shape) {
      shapes.push_back(quote(wanted.name) + " must be " + to_string(wanted.shape) + ", was " +
                       to_string(tensor.sizes));
    }
    if (!is_weight(tensor.dtype)) {
      dtypes.push_back(quote(wanted.name) + " must be floating point, was " +
                       std::string(checkpoint::dtype_name(tensor.dtype)));
    }
  }
  std::vector<std::string> unexpected;
  for (const auto& tensor : state_dict.tensors) {
    if (found.contains(tensor.name)) unexpected.push_back(quote(tensor.name) + " " + to_string(tensor.sizes));
  }
  for (const auto& other : state_dict.others)
    unexpected.push_back(quote(other.name) + " (" + other.kind + ")");

  std::string text;
  append_list(text, "missing", missing);
  append_list(text, "unexpected", unexpected);
  append_list(text, "of the wrong shape", shapes);
  append_list(text, "of the wrong dtype", dtypes);
  return text;
}

Weights read_weights(const std::filesystem::path& path, const std::optional<NetworkOptions>& expected) {
  const auto file = checkpoint::Checkpoint::read_file(path);
  const auto state_dict = named_state_dict(file);
  const auto sizes = options_from_layout(layout_of(state_dict));
  if (!sizes) throw ModelError(describe_neither(state_dict));

  // Before the limits, so that one odd tensor is named as such.
  const std::string mismatch = describe_mismatch(state_dict, *sizes);
  if (!mismatch.empty()) {
    throw ModelError(std::string("the weights are not those of a ") + architecture_name(*sizes) + ": " +
                     mismatch);
  }
  const NetworkOptions options = resolve_options(*sizes, file.hyperparameters(), expected);
  require_valid(options);
  require_proportion(state_dict);
  require_finite(state_dict);

  Weights weights{options, {}};
  for (const auto& wanted : state_layout(options)) {
    weights.tensors.push_back(
        {wanted.name, wanted.shape, checkpoint::to_float32(*state_dict.find(wanted.name))});
  }
  return weights;
}

}  // namespace dl_trade::networks
