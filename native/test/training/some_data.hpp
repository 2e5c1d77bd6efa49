#pragma once

#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "training/sequences.hpp"
#include "training/training_options.hpp"

namespace dl_trade::training::test {

inline constexpr int64_t steps = 6;
inline constexpr int64_t features = 5;

inline const networks::NetworkOptions bilstm = networks::BiLSTMClassifierOptions{features, 4, 2, 0.2};
inline const networks::NetworkOptions transformer =
    networks::TransformerClassifierOptions{features, 8, 2, 2, 12, 16, 0.2};

/// Values that repeat nowhere.
inline std::shared_ptr<const History> some_history(int64_t rows) {
  auto history = std::make_shared<History>();
  history->features = features;
  for (int64_t index = 0; index < rows * features; ++index)
    history->inputs.push_back(std::sin(static_cast<float>(index) * 0.7F) * 2.0F);
  for (int64_t row = 0; row < rows; ++row) history->labels.push_back(static_cast<uint8_t>(row * row % 7 < 3));
  return history;
}

inline Sequences some_samples(const std::shared_ptr<const History>& history, int32_t first, int32_t count) {
  std::vector<int32_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return {history, rows, steps};
}

/// 2 epochs of 3 batches, the last one shorter.
inline TrainingOptions some_options(const networks::NetworkOptions& network) {
  TrainingOptions options;
  options.network = network;
  options.epochs = 2;
  options.batch_size = 8;
  options.learning_rate = 0.01;
  options.seed = 3;
  options.data = "some";
  return options;
}

}  // namespace dl_trade::training::test
