#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "networks/options.hpp"

namespace dl_trade::training {

/// What is trained and how; defaults as in src/training/train-network.ts.
struct TrainingOptions {
  networks::NetworkOptions network;
  int64_t epochs = 50;
  int64_t batch_size = 32;
  double learning_rate = 1e-3;
  double weight_decay = 1e-5;
  /// Of the global L2 norm, as torch.nn.utils.clip_grad_norm_.
  double gradient_clip = 1.0;
  /// Of ReduceLROnPlateau on the validation loss.
  double scheduler_factor = 0.5;
  int64_t scheduler_patience = 5;
  /// Epochs without a better validation loss.
  int64_t early_stopping_patience = 10;
  /// Draws the initial weights, the shuffles and the dropout.
  uint64_t seed = 0;
  int threads = 1;
  /// Off, batches come in the order of the samples.
  bool shuffle = true;
  /// Identity of the datasets; a checkpoint of another one is not gone on from.
  std::string data;
  /// Identity of the weights that training starts from, where they are not drawn.
  std::string initial_weights_identity;
  std::optional<std::filesystem::path> initial_weights;
  /// Written after each epoch and where a training is stopped.
  std::optional<std::filesystem::path> checkpoint;
  /// Go on from the checkpoint where there is one.
  bool resume = false;
};

/// @throws std::invalid_argument naming the option, networks::ModelError for sizes that cannot be built
void require_valid(const TrainingOptions& options);

}  // namespace dl_trade::training
