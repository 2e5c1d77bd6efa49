#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <variant>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "checkpoint/writer.hpp"
#include "networks/network.hpp"
#include "some_data.hpp"
#include "temporary_folder.hpp"
#include "training/training_checkpoint.hpp"
#include "training/training_error.hpp"

namespace dl_trade::training {
namespace {

using checkpoint::Value;

TrainingState some_state(const TrainingOptions& options) {
  TrainingState state;
  state.epoch = 2;
  state.batch = 1;
  state.optimizer_steps = 7;
  state.learning_rate = 0.1 + 0.2;
  state.scheduler = {1.0 / 3.0, 1};
  state.best_loss = 2.0 / 3.0;
  state.best_epoch = 1;
  state.loss_sum = 1e-300;
  state.norm_sum = 5.5;
  state.seconds = 1.25;
  state.order = {2, 0, 1};
  state.generator = {1, 0, 255};
  state.history = {{1, 0.7, 0.6, 0.5, 0.1, 2.0, 3.0, true}, {2, 0.6, 0.65, 0.4, 0.1, 1.5, 3.5, false}};
  state.weights = networks::Network::create(options.network, 1)->state();
  for (const auto& tensor : networks::state_layout(options.network)) {
    if (tensor.is_buffer) continue;
    const auto count = static_cast<size_t>(tensor.numel());
    state.best_parameters.emplace_back(count, 0.1F);
    state.exp_avg.emplace_back(count, -1e-40F);
    state.exp_avg_sq.emplace_back(count, 3e38F);
  }
  return state;
}

TrainingFailure failure_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const TrainingError& error) {
    return error.failure();
  }
  FAIL("nothing was thrown");
  return TrainingFailure::kDiverged;
}

void check_same(const TrainingState& left, const TrainingState& right) {
  CHECK(left.epoch == right.epoch);
  CHECK(left.batch == right.batch);
  CHECK(left.optimizer_steps == right.optimizer_steps);
  CHECK(left.learning_rate == right.learning_rate);
  CHECK(left.scheduler.best == right.scheduler.best);
  CHECK(left.scheduler.bad_epochs == right.scheduler.bad_epochs);
  CHECK(left.best_loss == right.best_loss);
  CHECK(left.best_epoch == right.best_epoch);
  CHECK(left.loss_sum == right.loss_sum);
  CHECK(left.norm_sum == right.norm_sum);
  CHECK(left.seconds == right.seconds);
  CHECK(left.order == right.order);
  CHECK(left.generator == right.generator);
  CHECK(left.best_parameters == right.best_parameters);
  CHECK(left.exp_avg == right.exp_avg);
  CHECK(left.exp_avg_sq == right.exp_avg_sq);
  REQUIRE(left.history.size() == right.history.size());
  for (size_t index = 0; index < left.history.size(); ++index) {
    CHECK(left.history[index].validation_loss == right.history[index].validation_loss);
    CHECK(left.history[index].gradient_norm == right.history[index].gradient_norm);
    CHECK(left.history[index].best == right.history[index].best);
  }
  REQUIRE(left.weights.size() == right.weights.size());
  for (size_t index = 0; index < left.weights.size(); ++index)
    CHECK(left.weights[index].values == right.weights[index].values);
}

TEST_CASE("a state that was written is read to the bit") {
  const dl_trade::test::TemporaryFolder folder;
  for (const auto& network : {test::bilstm, test::transformer}) {
    const auto options = test::some_options(network);
    const auto state = some_state(options);
    write_training_checkpoint(folder / "training.pth", options, state);
    check_same(read_training_checkpoint(folder / "training.pth", options), state);

    TrainingState fresh;
    fresh.learning_rate = 0.1;
    fresh.weights = state.weights;
    fresh.exp_avg = state.exp_avg;
    fresh.exp_avg_sq = state.exp_avg_sq;
    write_training_checkpoint(folder / "training.pth", options, fresh);
    check_same(read_training_checkpoint(folder / "training.pth", options), fresh);
  }
}

TEST_CASE("whatever changes the result must be the same, but for the number of epochs") {
  const dl_trade::test::TemporaryFolder folder;
  const auto options = test::some_options(test::bilstm);
  write_training_checkpoint(folder / "training.pth", options, some_state(options));
  using Change = std::function<void(TrainingOptions&)>;
  const std::vector<Change> changes{
      [](auto& changed) { changed.network = test::transformer; },
      [](auto& changed) { changed.network = networks::BiLSTMClassifierOptions{5, 4, 2, 0.3}; },
      [](auto& changed) { changed.batch_size += 1; },
      [](auto& changed) { changed.learning_rate *= 1.0000001; },
      [](auto& changed) { changed.weight_decay = 0.0; },
      [](auto& changed) { changed.gradient_clip = 2.0; },
      [](auto& changed) { changed.scheduler_factor = 0.1; },
      [](auto& changed) { changed.scheduler_patience += 1; },
      [](auto& changed) { changed.early_stopping_patience += 1; },
      [](auto& changed) { changed.seed += 1; },
      [](auto& changed) { changed.threads += 1; },
      [](auto& changed) { changed.shuffle = false; },
      [](auto& changed) { changed.data = "other"; },
      [](auto& changed) { changed.initial_weights_identity = "other"; },
  };
  for (const auto& change : changes) {
    auto changed = options;
    change(changed);
    CHECK(failure_of([&] { read_training_checkpoint(folder / "training.pth", changed); }) ==
          TrainingFailure::kMismatch);
  }
  auto longer = options;
  longer.epochs = 500;
  CHECK_NOTHROW(read_training_checkpoint(folder / "training.pth", longer));
}

/// Writes what a sound checkpoint holds, after a change to what lies under "training".
void write_changed(const std::filesystem::path& path, const std::function<void(Value::Dict&)>& change) {
  const auto file = checkpoint::Checkpoint::read_file(path);
  auto metadata = file.metadata();
  auto root = std::get<Value::Dict>(metadata.data);
  auto training = std::get<Value::Dict>(root.find("training")->data);
  change(training);
  root.set("training", training);
  root.set("hyperparameters", file.hyperparameters());
  Value::Dict weights{.items = {}, .ordered = true};
  for (const auto& tensor : file.state_dict().tensors)
    weights.items.emplace_back(Value(tensor.name), Value(tensor));
  root.set("model_state_dict", weights);
  checkpoint::write_file(path, root);
}

TEST_CASE("a checkpoint that contradicts itself is refused") {
  const dl_trade::test::TemporaryFolder folder;
  const auto options = test::some_options(test::bilstm);
  const auto path = folder / "training.pth";
  using Change = std::function<void(Value::Dict&)>;
  const auto number = [](const char* name, Value value) {
    return [name, value](Value::Dict& training) { training.set(name, value); };
  };
  const auto shorter = [](const char* name) {
    return [name](Value::Dict& training) {
      auto list = std::get<Value::List>(training.find(name)->data);
      list.pop_back();
      training.set(name, list);
    };
  };
  const auto of_another = [](const char* name, const char* other) {
    return [name, other](Value::Dict& training) { training.set(name, *training.find(other)); };
  };
  const std::vector<Change> changes{
      number("epoch", 3),
      number("epoch", -1),
      number("epoch", 1.5),
      number("batch", Value()),
      number("best_epoch", 3),
      number("best_epoch", 0),
      number("learning_rate", std::numeric_limits<double>::quiet_NaN()),
      number("learning_rate", "fast"),
      number("settings", 1),
      number("exp_avg", 1),
      number("order", 1),
      shorter("exp_avg"),
      shorter("exp_avg_sq"),
      shorter("best_parameters"),
      of_another("order", "generator"),
      of_another("history", "order"),
      of_another("exp_avg", "order"),
      [](Value::Dict& training) { training.items.pop_back(); },
      [](Value::Dict& training) {
        // A stride of 0 would claim more than the file holds.
        auto list = std::get<Value::List>(training.find("exp_avg")->data);
        std::get<checkpoint::Tensor>(list.front().data).strides.assign(1, 0);
        training.set("exp_avg", list);
      },
  };
  for (size_t index = 0; index < changes.size(); ++index) {
    CAPTURE(index);
    write_training_checkpoint(path, options, some_state(options));
    write_changed(path, changes[index]);
    CHECK(failure_of([&] { read_training_checkpoint(path, options); }) == TrainingFailure::kForeign);
  }
}

TEST_CASE("moments that are not finite are refused") {
  const dl_trade::test::TemporaryFolder folder;
  const auto options = test::some_options(test::bilstm);
  auto state = some_state(options);
  state.exp_avg[1][0] = std::numeric_limits<float>::infinity();
  write_training_checkpoint(folder / "training.pth", options, state);
  CHECK(failure_of([&] { read_training_checkpoint(folder / "training.pth", options); }) ==
        TrainingFailure::kForeign);
}

TEST_CASE("a model and a damaged file are refused") {
  const dl_trade::test::TemporaryFolder folder;
  const auto options = test::some_options(test::bilstm);
  networks::Network::create(options.network, 1)->save(folder / "model.pth");
  CHECK(failure_of([&] { read_training_checkpoint(folder / "model.pth", options); }) ==
        TrainingFailure::kForeign);
  write_training_checkpoint(folder / "training.pth", options, some_state(options));
  std::filesystem::resize_file(folder / "training.pth", 2000);
  CHECK_THROWS_AS(read_training_checkpoint(folder / "training.pth", options), checkpoint::Refusal);
}

}  // namespace
}  // namespace dl_trade::training
