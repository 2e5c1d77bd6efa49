#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "networks/options.hpp"

namespace dl_trade::networks {

/// More layers than anyone stacks; bounds what a file's tensor names can make us list.
inline constexpr int64_t max_layers = 256;

/// Name and shape of one entry of a state_dict.
struct TensorLayout {
  std::string name;
  std::vector<int64_t> shape;
  /// A buffer is part of the state_dict, but not a parameter.
  bool is_buffer = false;

  int64_t numel() const;
};

/// Every entry of the network's state_dict, in PyTorch's order.
std::vector<TensorLayout> state_layout(const NetworkOptions& options);

int64_t parameter_count(const NetworkOptions& options);

/// What the names and shapes of a state_dict say the network is. Dropout and nhead, which shapes cannot give,
/// are left at their defaults.
/// @returns nothing where they are neither network's
std::optional<NetworkOptions> options_from_layout(const std::vector<TensorLayout>& layout);

/// `[512, 86]`
std::string to_string(const std::vector<int64_t>& shape);

}  // namespace dl_trade::networks
