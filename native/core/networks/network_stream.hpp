#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "inference/inference.hpp"
#include "networks/network.hpp"

namespace dl_trade::networks {

/// Logits of one window after the other, row by row: what the rows before have in common with the next window
/// is kept. Keeps its network alive; for one thread at a time. What computes is chosen when it is made.
class NetworkStream {
 public:
  /// @param steps rows of a window
  /// @throws std::invalid_argument for steps that the network does not take
  NetworkStream(std::shared_ptr<const Network> network, int64_t steps);

  int64_t input_size() const { return input_size_; }

  /// What its rows take, in bytes.
  int64_t bytes() const;

  /// Takes the next row in.
  /// @param row [input_size], finite
  /// @throws std::invalid_argument naming the size or the value that is wrong; the row is not taken then
  void observe(std::span<const float> row);

  /// Of the window that ends with the newest row.
  /// @returns nothing until there are as many rows as a window has
  std::optional<float> logit();

  /// Forgets every row.
  void reset();

 private:
  std::shared_ptr<const Network> network_;
  int64_t input_size_;
  int64_t steps_;
  std::optional<inference::Inference::Stream> fused_;
  /// Of the naive path, which computes each window anew: the last rows, oldest first.
  std::vector<float> rows_;
};

}  // namespace dl_trade::networks
