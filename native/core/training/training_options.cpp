#include "training/training_options.hpp"

#include <cmath>
#include <stdexcept>

namespace dl_trade::training {
namespace {

void require_count(const char* name, int64_t value, int64_t minimum) {
  if (value >= minimum) return;
  throw std::invalid_argument(std::string(name) + " must be at least " + std::to_string(minimum) + ", was " +
                              std::to_string(value));
}

void require_that(bool holds, const char* name, const char* wanted, double value) {
  if (holds) return;
  throw std::invalid_argument(std::string(name) + " must be " + wanted + ", was " + std::to_string(value));
}

}  // namespace

void require_valid(const TrainingOptions& options) {
  networks::require_valid(options.network);
  require_count("epochs", options.epochs, 1);
  require_count("batch_size", options.batch_size, 1);
  require_count("scheduler_patience", options.scheduler_patience, 0);
  require_count("early_stopping_patience", options.early_stopping_patience, 1);
  require_count("threads", options.threads, 1);
  const double rate = options.learning_rate;
  const double decay = options.weight_decay;
  const double factor = options.scheduler_factor;
  require_that(rate > 0.0 && std::isfinite(rate), "learning_rate", "a number above 0", rate);
  require_that(decay >= 0.0 && std::isfinite(decay), "weight_decay", "a number from 0", decay);
  require_that(options.gradient_clip > 0.0, "gradient_clip", "above 0", options.gradient_clip);
  require_that(factor > 0.0 && factor < 1.0, "scheduler_factor", "between 0 and 1", factor);
}

}  // namespace dl_trade::training
