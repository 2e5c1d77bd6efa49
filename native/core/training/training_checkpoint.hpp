#pragma once

#include <filesystem>

#include "training/training_options.hpp"
#include "training/training_state.hpp"

namespace dl_trade::training {

/// Writes the state as a `.pth` beside `path` and renames it over `path`: a crash leaves the old file or the
/// new one. It loads as a model too, with the weights of the last step.
/// @throws checkpoint::Refusal WRITE_FAILED
void write_training_checkpoint(const std::filesystem::path& path, const TrainingOptions& options,
                               const TrainingState& state);

/// Reads what `write_training_checkpoint` wrote for a training with the same options. `epochs` may differ: it
/// decides only when to stop.
/// @throws checkpoint::Refusal for a file that is damaged or none of torch.save's
/// @throws TrainingError kForeign for one that is no training checkpoint, kMismatch naming the option that
/// differs
TrainingState read_training_checkpoint(const std::filesystem::path& path, const TrainingOptions& options);

}  // namespace dl_trade::training
