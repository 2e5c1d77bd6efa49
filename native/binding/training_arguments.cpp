#include "training_arguments.hpp"

#include <limits>
#include <memory>
#include <utility>

#include "arguments.hpp"

namespace dl_trade::binding {
namespace {

constexpr int64_t max_safe_integer = (int64_t{1} << 53) - 1;
constexpr int64_t max_count = std::numeric_limits<int32_t>::max();
constexpr int64_t max_threads = 1024;

std::shared_ptr<const training::History> require_history(const Napi::Object& part, int64_t features) {
  auto history = std::make_shared<training::History>();
  history->inputs = require_floats(part.Get("inputs"), "inputs");
  history->labels = require_bytes(part.Get("labels"), "labels");
  history->features = features;
  return history;
}

}  // namespace

training::TrainingOptions require_training_options(const Napi::Value& value) {
  const Napi::Object object = require_object(value, "settings");
  const auto count = [&](const char* name, int64_t minimum, int64_t maximum = max_count) {
    return require_integer(object.Get(name), name, minimum, maximum);
  };
  const auto number = [&](const char* name) { return require_number(object.Get(name), name); };
  training::TrainingOptions options;
  options.network = require_options(object.Get("hyperparameters"), "hyperparameters");
  options.epochs = count("epochs", 1);
  options.batch_size = count("batchSize", 1);
  options.learning_rate = number("learningRate");
  options.weight_decay = number("weightDecay");
  options.gradient_clip = number("gradientClip");
  options.scheduler_factor = number("schedulerFactor");
  options.scheduler_patience = count("schedulerPatience", 0);
  options.early_stopping_patience = count("earlyStoppingPatience", 1);
  options.seed = static_cast<uint64_t>(count("seed", 0, max_safe_integer));
  options.threads = static_cast<int>(count("threads", 1, max_threads));
  options.shuffle = require_boolean(object.Get("shuffle"), "shuffle");
  options.data = require_string(object.Get("dataIdentity"), "dataIdentity");
  options.initial_weights_identity =
      require_string(object.Get("initialWeightsIdentity"), "initialWeightsIdentity");
  options.initial_weights = optional_path(object.Get("initialWeights"), "initialWeights");
  options.checkpoint = optional_path(object.Get("checkpointPath"), "checkpointPath");
  options.resume = require_boolean(object.Get("resume"), "resume");
  return options;
}

TrainingData require_training_data(const Napi::Value& value) {
  const Napi::Object object = require_object(value, "data");
  const int64_t steps = require_integer(object.Get("steps"), "steps", 1, max_count);
  const int64_t features = require_integer(object.Get("size"), "size", 1, max_count);
  const Napi::Object train = require_object(object.Get("train"), "train");
  const Napi::Object validation = require_object(object.Get("validation"), "validation");
  const auto history = require_history(train, features);
  const bool shared = train.Get("inputs").StrictEquals(validation.Get("inputs")) &&
                      train.Get("labels").StrictEquals(validation.Get("labels"));
  return {{history, require_int32s(train.Get("samples"), "samples"), steps},
          {shared ? history : require_history(validation, features),
           require_int32s(validation.Get("samples"), "samples"), steps}};
}

}  // namespace dl_trade::binding
