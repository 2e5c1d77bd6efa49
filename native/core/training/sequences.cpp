#include "training/sequences.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace dl_trade::training {

Sequences::Sequences(std::shared_ptr<const History> history, std::vector<int32_t> rows, int64_t steps)
    : history_(std::move(history)), rows_(std::move(rows)), steps_(steps) {
  const auto& inputs = history_->inputs;
  if (history_->features < 1 || steps_ < 1)
    throw std::invalid_argument("features and steps must be at least 1");
  if (static_cast<int64_t>(inputs.size()) / history_->features != history_->rows() ||
      static_cast<int64_t>(inputs.size()) % history_->features != 0) {
    throw std::invalid_argument("inputs must hold " + std::to_string(history_->rows()) + " rows of " +
                                std::to_string(history_->features) + " values, held " +
                                std::to_string(inputs.size()) + " values");
  }
  if (rows_.empty()) throw std::invalid_argument("samples must hold at least one row");
  const auto stray = std::find_if(rows_.begin(), rows_.end(),
                                  [&](int32_t row) { return row < steps_ - 1 || row >= history_->rows(); });
  if (stray != rows_.end()) {
    throw std::invalid_argument("samples must be rows from " + std::to_string(steps_ - 1) + " to " +
                                std::to_string(history_->rows() - 1) + ", was " + std::to_string(*stray));
  }
  const auto nonfinite =
      std::find_if(inputs.begin(), inputs.end(), [](float value) { return !std::isfinite(value); });
  if (nonfinite != inputs.end()) {
    const int64_t index = nonfinite - inputs.begin();
    throw std::invalid_argument("inputs must be finite, was " + std::to_string(*nonfinite) + " at row " +
                                std::to_string(index / history_->features) + ", feature " +
                                std::to_string(index % history_->features));
  }
}

void Sequences::gather(std::span<const int64_t> samples, float* windows, float* labels) const {
  const int64_t values = steps_ * history_->features;
  for (const int64_t sample : samples) {
    const int64_t row = rows_[static_cast<size_t>(sample)];
    const float* first = history_->inputs.data() + (row - steps_ + 1) * history_->features;
    windows = std::copy(first, first + values, windows);
    *labels++ = history_->labels[static_cast<size_t>(row)] == 0 ? 0.0F : 1.0F;
  }
}

}  // namespace dl_trade::training
