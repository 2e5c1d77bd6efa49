#include "training/plateau_scheduler.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace dl_trade::training {
namespace {

// Of torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1), the same losses, from
// 0.1: the last one of the third row is lower by less than 1e-4 of the best, which does not count.
TEST_CASE("the rate falls where PyTorch's scheduler lets it fall") {
  const std::vector<double> losses{0.7,  0.69,    0.70, 0.69,  // bad, bad: halved
                                   0.68, 0.68,    0.67,        // bad, better again
                                   0.67, 0.66994, 0.9,  0.9};  // bad, bad: halved; bad, bad: halved
  const std::vector<double> rates{0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.0125};
  PlateauScheduler scheduler(0.5, 1);
  double rate = 0.1;
  std::vector<double> seen;
  for (const double loss : losses) seen.push_back(rate = scheduler.step(loss, rate));
  CHECK(seen == rates);
}

TEST_CASE("a scheduler goes on from its state") {
  PlateauScheduler first(0.5, 2);
  double rate = first.step(1.0, 0.1);
  rate = first.step(1.0, rate);
  PlateauScheduler second(0.5, 2);
  second.state = first.state;
  CHECK(second.step(1.0, rate) == 0.1);
  CHECK(second.step(1.0, rate) == 0.05);
}

TEST_CASE("a rate that would change by less than 1e-8 stays") {
  PlateauScheduler scheduler(0.5, 0);
  scheduler.step(1.0, 1.0);
  CHECK(scheduler.step(1.0, 1.5e-8) == 1.5e-8);
  CHECK(scheduler.step(1.0, 2.5e-8) == 1.25e-8);
}

TEST_CASE("a loss that is no number counts as no better") {
  PlateauScheduler scheduler(0.5, 0);
  CHECK(scheduler.step(std::numeric_limits<double>::quiet_NaN(), 0.1) == 0.05);
}

}  // namespace
}  // namespace dl_trade::training
