#pragma once

#include <stdexcept>
#include <string>

namespace dl_trade::training {

/// Why a training cannot go on.
enum class TrainingFailure {
  /// A loss or a gradient is NaN or infinite.
  kDiverged,
  /// The checkpoint to go on from is that of another training.
  kMismatch,
  /// The file to go on from is no training checkpoint.
  kForeign,
};

class TrainingError : public std::runtime_error {
 public:
  TrainingError(TrainingFailure failure, const std::string& message)
      : std::runtime_error(message), failure_(failure) {}
  TrainingFailure failure() const noexcept { return failure_; }

 private:
  TrainingFailure failure_;
};

}  // namespace dl_trade::training
