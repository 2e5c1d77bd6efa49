#include "training/training_options.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <stdexcept>

#include "networks/model_error.hpp"
#include "some_data.hpp"

namespace dl_trade::training {
namespace {

TEST_CASE("options out of their range are refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  using Change = std::function<void(TrainingOptions&)>;
  const std::vector<Change> changes{
      [](auto& options) { options.epochs = 0; },
      [](auto& options) { options.batch_size = 0; },
      [](auto& options) { options.scheduler_patience = -1; },
      [](auto& options) { options.early_stopping_patience = 0; },
      [](auto& options) { options.threads = 0; },
      [](auto& options) { options.learning_rate = 0.0; },
      [&](auto& options) { options.learning_rate = infinity; },
      [&](auto& options) { options.weight_decay = nan; },
      [](auto& options) { options.weight_decay = -1.0; },
      [&](auto& options) { options.gradient_clip = nan; },
      [](auto& options) { options.scheduler_factor = 1.0; },
      [](auto& options) { options.scheduler_factor = 0.0; },
  };
  CHECK_NOTHROW(require_valid(test::some_options(test::bilstm)));
  for (const auto& change : changes) {
    auto options = test::some_options(test::bilstm);
    change(options);
    CHECK_THROWS_AS(require_valid(options), std::invalid_argument);
  }
  auto options = test::some_options(networks::TransformerClassifierOptions{5, 8, 3, 2, 12, 16, 0.2});
  CHECK_THROWS_AS(require_valid(options), networks::ModelError);
}

}  // namespace
}  // namespace dl_trade::training
