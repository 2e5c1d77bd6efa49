#pragma once

#include <napi.h>

#include "training/sequences.hpp"
#include "training/training_options.hpp"

namespace dl_trade::binding {

/// What src/model/native-training.ts types as `TrainingSettings`.
training::TrainingOptions require_training_options(const Napi::Value& value);

/// Both datasets; where they share their arrays, they share one copy.
struct TrainingData {
  training::Sequences train;
  training::Sequences validation;
};

/// What src/model/native-training.ts types as `TrainingData`.
TrainingData require_training_data(const Napi::Value& value);

}  // namespace dl_trade::binding
