#include "training/training_checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "checkpoint/checkpoint.hpp"
#include "checkpoint/quote.hpp"
#include "checkpoint/writer.hpp"
#include "networks/hyperparameters_value.hpp"
#include "networks/state_layout.hpp"
#include "training/training_error.hpp"

namespace dl_trade::training {
namespace {

using checkpoint::Dtype;
using checkpoint::Tensor;
using checkpoint::Value;

constexpr const char* format = "dl-trade-training/1";
constexpr int64_t record_fields = 8;
constexpr int64_t most_count = int64_t{1} << 52;

/// Whatever changes the result, by the name a caller gives it.
Value::Dict settings_of(const TrainingOptions& options) {
  Value::Dict settings;
  settings.set("hyperparameters", networks::hyperparameters_value(options.network));
  settings.set("batchSize", options.batch_size);
  settings.set("learningRate", options.learning_rate);
  settings.set("weightDecay", options.weight_decay);
  settings.set("gradientClip", options.gradient_clip);
  settings.set("scheduler.factor", options.scheduler_factor);
  settings.set("scheduler.patience", options.scheduler_patience);
  settings.set("earlyStoppingPatience", options.early_stopping_patience);
  settings.set("seed", static_cast<int64_t>(options.seed));
  settings.set("threads", int64_t{options.threads});
  settings.set("shuffle", options.shuffle);
  settings.set("initialWeights", options.initial_weights_identity);
  settings.set("data", options.data);
  return settings;
}

std::string text_of(const Value& value) {
  if (const auto* integer = value.get_if<int64_t>()) return std::to_string(*integer);
  if (const auto* real = value.get_if<double>()) return std::to_string(*real);
  if (const auto* flag = value.get_if<bool>()) return *flag ? "true" : "false";
  if (const auto* text = value.get_if<std::string>()) return checkpoint::quote(*text);
  return "something else";
}

bool same(const Value& left, const Value& right) {
  const auto* number = left.get_if<double>();
  const auto* other = right.get_if<double>();
  if (number != nullptr && other != nullptr) return *number == *other;
  return left.data.index() == right.data.index() && text_of(left) == text_of(right) && !left.is_null();
}

void require_same(const Value::Dict& wanted, const Value::Dict& found, const std::string& prefix) {
  for (const auto& [key, value] : wanted.items) {
    const std::string& name = *key.get_if<std::string>();
    const Value* other = found.find(name);
    const auto* nested = value.get_if<Value::Dict>();
    const auto* other_nested = other == nullptr ? nullptr : other->get_if<Value::Dict>();
    if (nested != nullptr && other_nested != nullptr) {
      require_same(*nested, *other_nested, name + ".");
    } else if (other == nullptr || !same(value, *other)) {
      throw TrainingError(TrainingFailure::kMismatch,
                          "the checkpoint is that of another training: " + prefix + name + " is " +
                              (other == nullptr ? "not there" : text_of(*other)) + " in it, was " +
                              text_of(value) + "; give the same, or train into another checkpoint");
    }
  }
}

[[noreturn]] void refuse(const std::string& what) {
  throw TrainingError(TrainingFailure::kForeign, "the file is no training checkpoint of dl-trade: " + what +
                                                     "; train anew without --resume");
}

template <typename Element>
Tensor tensor_of(const std::vector<Element>& values, std::vector<int64_t> sizes, Dtype dtype) {
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.sizes = std::move(sizes);
  tensor.strides.assign(tensor.sizes.size(), 1);
  for (size_t d = tensor.sizes.size(); d-- > 1;) tensor.strides[d - 1] = tensor.strides[d] * tensor.sizes[d];
  tensor.storage = std::as_bytes(std::span(values));
  return tensor;
}

template <typename Element>
Tensor flat(const std::vector<Element>& values, Dtype dtype) {
  return tensor_of(values, {static_cast<int64_t>(values.size())}, dtype);
}

Value lists_of(const std::vector<std::vector<float>>& tensors) {
  Value::List list;
  for (const auto& values : tensors) list.emplace_back(flat(values, Dtype::kFloat32));
  return list;
}

std::vector<double> table_of(const std::vector<EpochRecord>& history) {
  std::vector<double> table;
  for (const auto& record : history) {
    table.insert(table.end(), {static_cast<double>(record.epoch), record.train_loss, record.validation_loss,
                               record.validation_accuracy, record.learning_rate, record.gradient_norm,
                               record.seconds, record.best ? 1.0 : 0.0});
  }
  return table;
}

/// Fields of a dict by name; a wrong one is refused by its name.
class Fields {
 public:
  explicit Fields(const Value::Dict& dict) : dict_(dict) {}

  int64_t count(const char* name) const {
    const auto* integer = require(name).get_if<int64_t>();
    if (integer == nullptr || *integer < 0 || *integer > most_count)
      refuse(std::string(name) + " is no count");
    return *integer;
  }

  double number(const char* name) const {
    const auto* real = require(name).get_if<double>();
    if (real == nullptr || std::isnan(*real)) refuse(std::string(name) + " is no number");
    return *real;
  }

  template <typename Element>
  std::vector<Element> values(const char* name, Dtype dtype) const {
    return elements<Element>(require(name), name, dtype);
  }

  std::vector<std::vector<float>> lists(const char* name) const {
    const auto* list = require(name).get_if<Value::List>();
    if (list == nullptr) refuse(std::string(name) + " is no list");
    std::vector<std::vector<float>> all;
    for (const auto& value : *list) {
      all.push_back(elements<float>(value, name, Dtype::kFloat32));
      if (!std::all_of(all.back().begin(), all.back().end(), [](float x) { return std::isfinite(x); }))
        refuse(std::string(name) + " holds a value that is not finite");
    }
    return all;
  }

  const Value::Dict& dict(const char* name) const {
    const auto* nested = require(name).get_if<Value::Dict>();
    if (nested == nullptr) refuse(std::string(name) + " is no dict");
    return *nested;
  }

 private:
  const Value& require(const char* name) const {
    const Value* value = dict_.find(name);
    if (value == nullptr) refuse(std::string(name) + " is missing");
    return *value;
  }

  template <typename Element>
  static std::vector<Element> elements(const Value& value, const char* name, Dtype dtype) {
    const auto* tensor = value.get_if<Tensor>();
    // Contiguous and whole, so that it claims no more than the file holds.
    if (tensor == nullptr || tensor->dtype != dtype || !tensor->is_contiguous() ||
        tensor->storage_offset != 0 ||
        static_cast<size_t>(tensor->numel()) * sizeof(Element) != tensor->storage.size()) {
      refuse(std::string(name) + " is no such tensor");
    }
    std::vector<Element> elements(static_cast<size_t>(tensor->numel()));
    if (!elements.empty()) std::memcpy(elements.data(), tensor->storage.data(), tensor->storage.size());
    return elements;
  }

  const Value::Dict& dict_;
};

std::vector<EpochRecord> history_of(const std::vector<double>& table, int64_t epochs) {
  if (static_cast<int64_t>(table.size()) != epochs * record_fields) refuse("history has not a row an epoch");
  std::vector<EpochRecord> history;
  for (size_t at = 0; at < table.size(); at += record_fields) {
    history.push_back({static_cast<int64_t>(history.size()) + 1, table[at + 1], table[at + 2], table[at + 3],
                       table[at + 4], table[at + 5], table[at + 6], table[at + 7] != 0.0});
  }
  return history;
}

/// One list of values for each parameter, as long as that is.
void require_parameters(const std::vector<std::vector<float>>& lists, const networks::NetworkOptions& network,
                        const char* name) {
  size_t at = 0;
  for (const auto& tensor : networks::state_layout(network)) {
    if (tensor.is_buffer) continue;
    if (at >= lists.size() || static_cast<int64_t>(lists[at].size()) != tensor.numel())
      refuse(std::string(name) + " does not fit the network");
    ++at;
  }
  if (at != lists.size()) refuse(std::string(name) + " does not fit the network");
}

}  // namespace

void write_training_checkpoint(const std::filesystem::path& path, const TrainingOptions& options,
                               const TrainingState& state) {
  std::vector<checkpoint::NamedArray> arrays;
  for (const auto& tensor : state.weights) arrays.push_back({tensor.name, tensor.shape, tensor.values});
  const auto table = table_of(state.history);

  Value::Dict training;
  training.set("settings", settings_of(options));
  training.set("epoch", state.epoch);
  training.set("batch", state.batch);
  training.set("optimizer_steps", state.optimizer_steps);
  training.set("learning_rate", state.learning_rate);
  training.set("scheduler_best", state.scheduler.best);
  training.set("scheduler_bad_epochs", state.scheduler.bad_epochs);
  training.set("best_loss", state.best_loss);
  training.set("best_epoch", state.best_epoch);
  training.set("loss_sum", state.loss_sum);
  training.set("norm_sum", state.norm_sum);
  training.set("seconds", state.seconds);
  training.set("order", flat(state.order, Dtype::kInt64));
  training.set("generator", flat(state.generator, Dtype::kUint8));
  training.set("history", tensor_of(table, {static_cast<int64_t>(state.history.size()), record_fields},
                                    Dtype::kFloat64));
  training.set("best_parameters", lists_of(state.best_parameters));
  training.set("exp_avg", lists_of(state.exp_avg));
  training.set("exp_avg_sq", lists_of(state.exp_avg_sq));

  Value::Dict root;
  root.set("format", format);
  root.set("model_state_dict", checkpoint::to_value(arrays));
  root.set("hyperparameters", networks::hyperparameters_value(options.network));
  root.set("training", std::move(training));
  checkpoint::write_file(path, root);
}

TrainingState read_training_checkpoint(const std::filesystem::path& path, const TrainingOptions& options) {
  const auto file = checkpoint::Checkpoint::read_file(path);
  const Value metadata = file.metadata();
  const auto& root = *metadata.get_if<Value::Dict>();
  const Value* named = root.find("format");
  if (named == nullptr || named->get_if<std::string>() == nullptr || *named->get_if<std::string>() != format)
    refuse("it does not say that it is one");
  const Fields training(Fields(root).dict("training"));
  require_same(settings_of(options), training.dict("settings"), "");

  TrainingState state;
  state.epoch = training.count("epoch");
  state.batch = training.count("batch");
  state.optimizer_steps = training.count("optimizer_steps");
  state.learning_rate = training.number("learning_rate");
  state.scheduler.best = training.number("scheduler_best");
  state.scheduler.bad_epochs = training.count("scheduler_bad_epochs");
  state.best_loss = training.number("best_loss");
  state.best_epoch = training.count("best_epoch");
  state.loss_sum = training.number("loss_sum");
  state.norm_sum = training.number("norm_sum");
  state.seconds = training.number("seconds");
  state.order = training.values<int64_t>("order", Dtype::kInt64);
  state.generator = training.values<uint8_t>("generator", Dtype::kUint8);
  state.history = history_of(training.values<double>("history", Dtype::kFloat64), state.epoch);
  state.best_parameters = training.lists("best_parameters");
  state.exp_avg = training.lists("exp_avg");
  state.exp_avg_sq = training.lists("exp_avg_sq");
  if (state.best_epoch > state.epoch) refuse("best_epoch lies behind the last one");
  if ((state.best_epoch == 0) != state.best_parameters.empty())
    refuse("best_parameters contradict best_epoch");
  if (state.best_epoch > 0) require_parameters(state.best_parameters, options.network, "best_parameters");
  require_parameters(state.exp_avg, options.network, "exp_avg");
  require_parameters(state.exp_avg_sq, options.network, "exp_avg_sq");
  state.weights = networks::read_weights(path, options.network).tensors;
  return state;
}

}  // namespace dl_trade::training
