#include "state_dict.hpp"

#include <algorithm>
#include <array>

#include "quote.hpp"
#include "refusal.hpp"
#include "tensor_view.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::array<std::string_view, 5> kUsualKeys{"model_state_dict", "state_dict", "model", "net",
                                                     "weights"};
constexpr std::array<std::string_view, 3> kPrefixes{"module.", "_orig_mod.", "model."};
constexpr std::string_view kAveraged = "n_averaged";
constexpr int kMostPrefixes = 4;

std::string list_keys(const Arena& arena, NodeId dict) {
  std::string keys;
  int listed = 0;
  for (std::uint32_t at = arena.first_cell(dict); at != kNoNode; at = arena.dict_cell(at).next) {
    if (++listed > 20) return keys + ", ...";
    const NodeId key = arena.dict_cell(at).key;
    if (!keys.empty()) keys += ", ";
    keys +=
        arena.kind(key) == Kind::kString ? quote(arena.text(key)) : std::string(kind_name(arena.kind(key)));
  }
  return keys.empty() ? "none" : keys;
}

bool holds_tensor(const Arena& arena, NodeId dict) {
  for (std::uint32_t at = arena.first_cell(dict); at != kNoNode; at = arena.dict_cell(at).next) {
    if (arena.kind(arena.dict_cell(at).value) == Kind::kTensor) return true;
  }
  return false;
}

StateDict collect(const Arena& arena, NodeId dict, std::uint32_t most_entries) {
  if (arena.count(dict) > most_entries) {
    throw Refusal(Code::kStateDictKeys, "the state_dict has " + std::to_string(arena.count(dict)) +
                                            " entries, at most " + std::to_string(most_entries) +
                                            " are read");
  }
  StateDict found;
  for (std::uint32_t at = arena.first_cell(dict); at != kNoNode; at = arena.dict_cell(at).next) {
    const DictCell& cell = arena.dict_cell(at);
    if (arena.kind(cell.key) != Kind::kString) {
      throw Refusal(Code::kStateDictKeys, "the state_dict has a key of kind " +
                                              std::string(kind_name(arena.kind(cell.key))) +
                                              ", names are strings");
    }
    std::string name(arena.text(cell.key));
    if (arena.kind(cell.value) == Kind::kTensor) {
      found.tensors.push_back(to_tensor(arena, cell.value));
      found.tensors.back().name = std::move(name);
    } else {
      found.others.push_back({std::move(name), std::string(kind_name(arena.kind(cell.value)))});
    }
  }
  return found;
}

/** Every name but AveragedModel's counter. */
std::vector<std::string_view> wrapped_names(const StateDict& state_dict) {
  std::vector<std::string_view> names;
  for (const Tensor& tensor : state_dict.tensors) names.emplace_back(tensor.name);
  for (const OtherEntry& other : state_dict.others) names.emplace_back(other.name);
  std::erase(names, kAveraged);
  return names;
}

/** The prefix that all names share; empty where none carries one. */
std::string_view shared_prefix(const std::vector<std::string_view>& names) {
  const auto carries_one = [](std::string_view name) {
    return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
  };
  for (const std::string_view prefix : kPrefixes) {
    const auto carries = [&](std::string_view name) { return name.starts_with(prefix); };
    if (!names.empty() && std::all_of(names.begin(), names.end(), carries)) return prefix;
  }
  const auto wrapped = std::find_if(names.begin(), names.end(), carries_one);
  if (wrapped == names.end()) return {};
  const auto other = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
    return std::none_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view prefix) {
      return name.starts_with(prefix) && wrapped->starts_with(prefix);
    });
  });
  throw Refusal(Code::kStateDictPrefix, "some names carry a wrapper's prefix, such as " + quote(*wrapped) +
                                            ", and others another or none, such as " + quote(*other));
}

void strip(StateDict& state_dict, std::size_t length) {
  std::erase_if(state_dict.tensors, [](const Tensor& tensor) { return tensor.name == kAveraged; });
  std::erase_if(state_dict.others, [](const OtherEntry& other) { return other.name == kAveraged; });
  for (Tensor& tensor : state_dict.tensors) tensor.name.erase(0, length);
  for (OtherEntry& other : state_dict.others) other.name.erase(0, length);
}

}  // namespace

const Tensor* StateDict::find(std::string_view name) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

FoundStateDict find_state_dict(const Arena& arena, NodeId root, std::uint32_t most_entries) {
  if (!arena.is_dict(root)) {
    throw Refusal(Code::kStateDictMissing, "the file holds a value of kind " +
                                               std::string(kind_name(arena.kind(root))) +
                                               " where a dict of weights belongs");
  }
  for (const std::string_view key : kUsualKeys) {
    const NodeId value = arena.find(root, key);
    if (value == kNoNode || !arena.is_dict(value) || arena.count(value) == 0) continue;
    FoundStateDict found{value, collect(arena, value, most_entries)};
    found.state_dict.found_under = key;
    return found;
  }
  if (!holds_tensor(arena, root)) {
    throw Refusal(Code::kStateDictMissing,
                  "no state_dict was found: no tensor lies at the top level, and no dict under "
                  "model_state_dict, state_dict, model, net or weights; the keys are " +
                      list_keys(arena, root));
  }
  return {root, collect(arena, root, most_entries)};
}

StateDict strip_prefixes(StateDict state_dict, const std::function<bool(const StateDict&)>& is_the_models) {
  for (int stripped = 0; stripped < kMostPrefixes && !is_the_models(state_dict); ++stripped) {
    const std::string_view prefix = shared_prefix(wrapped_names(state_dict));
    if (prefix.empty()) break;
    strip(state_dict, prefix.size());
  }
  return state_dict;
}

}  // namespace dl_trade::checkpoint
