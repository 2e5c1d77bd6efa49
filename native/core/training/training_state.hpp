#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "networks/weights.hpp"
#include "training/plateau_scheduler.hpp"

namespace dl_trade::training {

/// What one epoch came to.
struct EpochRecord {
  /// From 1.
  int64_t epoch = 0;
  /// Mean over the samples, with dropout, while the weights changed.
  double train_loss = 0.0;
  double validation_loss = 0.0;
  /// Share of validation samples on the right side of 1/2.
  double validation_accuracy = 0.0;
  /// The one that the epoch was trained with.
  double learning_rate = 0.0;
  /// Mean over the batches, before clipping.
  double gradient_norm = 0.0;
  double seconds = 0.0;
  /// The lowest validation loss so far.
  bool best = false;
};

/// Everything that a training needs to go on as if it had never stopped.
struct TrainingState {
  /// Epochs that are finished.
  int64_t epoch = 0;
  /// Batches of the epoch under way that are finished.
  int64_t batch = 0;
  int64_t optimizer_steps = 0;
  double learning_rate = 0.0;
  PlateauScheduler::State scheduler;
  double best_loss = std::numeric_limits<double>::infinity();
  /// From 1; 0 before one has ended.
  int64_t best_epoch = 0;
  /// Sums over the epoch under way.
  double loss_sum = 0.0;
  double norm_sum = 0.0;
  double seconds = 0.0;
  /// The order of the epoch under way; empty between two.
  std::vector<int64_t> order;
  /// Of the generator, as LibTorch gives it.
  std::vector<uint8_t> generator;
  std::vector<EpochRecord> history;
  /// The whole state_dict.
  std::vector<networks::NamedTensor> weights;
  /// Parameters alone, in their order; empty before an epoch has ended.
  std::vector<std::vector<float>> best_parameters;
  /// Moments by parameter.
  std::vector<std::vector<float>> exp_avg;
  std::vector<std::vector<float>> exp_avg_sq;

  int64_t epochs_without_improvement() const { return epoch - best_epoch; }
};

}  // namespace dl_trade::training
