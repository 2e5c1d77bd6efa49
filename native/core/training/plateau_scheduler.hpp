#pragma once

#include <cstdint>
#include <limits>

namespace dl_trade::training {

/// torch.optim.lr_scheduler.ReduceLROnPlateau, mode "min", its other arguments at their defaults: a loss
/// counts as better where it is lower by more than 1e-4 of the best one.
class PlateauScheduler {
 public:
  struct State {
    double best = std::numeric_limits<double>::infinity();
    int64_t bad_epochs = 0;
  };

  PlateauScheduler(double factor, int64_t patience) : factor_(factor), patience_(patience) {}

  /// @returns the learning rate to go on with
  double step(double loss, double learning_rate);

  State state;

 private:
  double factor_;
  int64_t patience_;
};

}  // namespace dl_trade::training
