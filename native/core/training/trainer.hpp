#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "networks/network.hpp"
#include "training/sequences.hpp"
#include "training/training_options.hpp"
#include "training/training_state.hpp"

namespace dl_trade::training {

/// Where a training is, after a batch.
struct TrainingProgress {
  /// From 1.
  int64_t epoch = 0;
  int64_t epochs = 0;
  /// Finished ones of the epoch.
  int64_t batch = 0;
  int64_t batches = 0;
  /// Mean over the epoch so far.
  double loss = 0.0;
  double batch_loss = 0.0;
  /// Of the batch, before clipping.
  double gradient_norm = 0.0;
  double learning_rate = 0.0;
  /// Training samples, since this run began.
  double samples_per_second = 0.0;
  /// Until the last epoch has ended; early stopping may come before.
  double eta_ms = 0.0;
};

/// Heard on the thread that trains.
struct TrainingListeners {
  std::function<void(const TrainingProgress&)> on_progress;
  /// After the epoch's checkpoint is written.
  std::function<void(const EpochRecord&)> on_epoch;
};

enum class StopRequest {
  kNone,
  /// Write the checkpoint and end.
  kSave,
  /// End without: what would hear of it is gone.
  kAbandon,
};

enum class TrainingEnd { kCompleted, kStoppedEarly, kInterrupted };

struct TrainingResult {
  /// With the weights of the best epoch, or the current ones before any has ended.
  std::shared_ptr<const networks::Network> network;
  std::vector<EpochRecord> history;
  int64_t best_epoch = 0;
  TrainingEnd ended = TrainingEnd::kCompleted;
};

/// Trains one network: AdamW on the mean BCE with logits, clipped gradients, ReduceLROnPlateau, early
/// stopping. Runs on the thread that calls it and takes nothing from the process but its CPU: two trainers
/// never change each other's results.
class Trainer {
 public:
  /// @throws std::invalid_argument for options or datasets that do not fit, networks::ModelError,
  /// checkpoint::Refusal,
  ///   TrainingError kMismatch, kForeign
  Trainer(const TrainingOptions& options, const Sequences& train, const Sequences& validation);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Trains until the epochs are done, early stopping, or a request, which is honoured between two batches.
  /// @throws TrainingError kDiverged, checkpoint::Refusal WRITE_FAILED
  TrainingResult run(const std::atomic<StopRequest>& request, const TrainingListeners& listeners);

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace dl_trade::training
