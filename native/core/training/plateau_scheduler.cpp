#include "training/plateau_scheduler.hpp"

namespace dl_trade::training {

double PlateauScheduler::step(double loss, double learning_rate) {
  constexpr double threshold = 1e-4;
  constexpr double smallest_change = 1e-8;
  if (loss < state.best * (1.0 - threshold)) {
    state.best = loss;
    state.bad_epochs = 0;
  } else {
    state.bad_epochs += 1;
  }
  if (state.bad_epochs <= patience_) return learning_rate;
  state.bad_epochs = 0;
  const double reduced = learning_rate * factor_;
  return learning_rate - reduced > smallest_change ? reduced : learning_rate;
}

}  // namespace dl_trade::training
