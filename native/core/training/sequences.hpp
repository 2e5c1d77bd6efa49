#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace dl_trade::training {

/// One history as the network sees it; datasets of all parts share it.
struct History {
  /// [N, features], row-major
  std::vector<float> inputs;
  /// [N], 0 or 1
  std::vector<uint8_t> labels;
  int64_t features = 0;

  int64_t rows() const { return static_cast<int64_t>(labels.size()); }
};

/// Samples of one part: each is the window of `steps` rows that ends on its row, and that row's label.
class Sequences {
 public:
  /// @param rows that the windows end on
  /// @throws std::invalid_argument for no sample, a row outside, sizes that disagree, an input that is not
  /// finite
  Sequences(std::shared_ptr<const History> history, std::vector<int32_t> rows, int64_t steps);

  int64_t size() const { return static_cast<int64_t>(rows_.size()); }
  int64_t steps() const { return steps_; }
  int64_t features() const { return history_->features; }

  /// Copies some samples together.
  /// @param windows [B, steps, features]
  /// @param labels [B]
  void gather(std::span<const int64_t> samples, float* windows, float* labels) const;

 private:
  std::shared_ptr<const History> history_;
  std::vector<int32_t> rows_;
  int64_t steps_;
};

}  // namespace dl_trade::training
