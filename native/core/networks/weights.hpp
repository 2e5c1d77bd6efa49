#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "networks/options.hpp"
#include "networks/state_layout.hpp"

namespace dl_trade::networks {

/// One entry of a state_dict with its values, row-major.
struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

/// A network's sizes and every value of its state_dict, in the order of `state_layout`.
struct Weights {
  NetworkOptions options;
  std::vector<NamedTensor> tensors;
};

/// Names and shapes of a state_dict.
std::vector<TensorLayout> layout_of(const checkpoint::StateDict& state_dict);

/// The state_dict under the names of a network, without the prefixes that wrappers add.
/// @throws checkpoint::Refusal STATE_DICT_PREFIX
checkpoint::StateDict named_state_dict(const checkpoint::Checkpoint& file);

/// Where the state_dict differs from the network's: missing, unexpected, mis-shaped and mis-typed entries in
/// one text; empty where it differs in nothing.
std::string describe_mismatch(const checkpoint::StateDict& state_dict, const NetworkOptions& options);

/// Reads a network's weights, all or nothing.
/// @param expected what the caller's manifest says; a contradiction is refused
/// @throws checkpoint::Refusal for a file that is none of torch.save's
/// @throws ModelError for names, shapes, dtypes, values or declared sizes that are no such network's
Weights read_weights(const std::filesystem::path& path, const std::optional<NetworkOptions>& expected);

}  // namespace dl_trade::networks
