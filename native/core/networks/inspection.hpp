#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/value.hpp"
#include "networks/options.hpp"

namespace dl_trade::networks {

struct InspectedTensor {
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  /// Values that are NaN or infinite.
  int64_t nonfinite;
};

/// What a checkpoint holds. Plain data: it outlives the file.
struct Inspection {
  std::string format;
  /// As the file names them.
  std::vector<InspectedTensor> tensors;
  checkpoint::Value hyperparameters;
  /// Nothing where names and shapes are exactly those of neither network.
  std::optional<NetworkOptions> architecture;
};

/// @throws checkpoint::Refusal
Inspection inspect(const std::filesystem::path& path);

}  // namespace dl_trade::networks
