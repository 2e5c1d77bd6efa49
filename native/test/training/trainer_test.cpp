#include "training/trainer.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "checkpoint/refusal.hpp"
#include "networks/network.hpp"
#include "networks/random.hpp"
#include "some_data.hpp"
#include "temporary_folder.hpp"
#include "training/training_error.hpp"

namespace dl_trade::training {
namespace {

using Request = std::atomic<StopRequest>;

const auto history = test::some_history(60);

Sequences train_samples() {
  return test::some_samples(history, 5, 20);
}

Sequences validation_samples() {
  return test::some_samples(history, 30, 25);
}

TrainingResult train(const TrainingOptions& options, const TrainingListeners& listeners = {}) {
  const Request request = StopRequest::kNone;
  return Trainer(options, train_samples(), validation_samples()).run(request, listeners);
}

void check_same(const TrainingResult& left, const TrainingResult& right) {
  CHECK(left.ended == right.ended);
  CHECK(left.best_epoch == right.best_epoch);
  REQUIRE(left.history.size() == right.history.size());
  for (size_t index = 0; index < left.history.size(); ++index) {
    CHECK(left.history[index].train_loss == right.history[index].train_loss);
    CHECK(left.history[index].validation_loss == right.history[index].validation_loss);
    CHECK(left.history[index].validation_accuracy == right.history[index].validation_accuracy);
    CHECK(left.history[index].learning_rate == right.history[index].learning_rate);
    CHECK(left.history[index].gradient_norm == right.history[index].gradient_norm);
    CHECK(left.history[index].best == right.history[index].best);
  }
  const auto weights = left.network->state();
  const auto other = right.network->state();
  REQUIRE(weights.size() == other.size());
  for (size_t index = 0; index < weights.size(); ++index) CHECK(weights[index].values == other[index].values);
}

TEST_CASE("a training stopped behind any batch, before validation too, goes on to the same bits") {
  const dl_trade::test::TemporaryFolder folder;
  for (const auto& network : {test::bilstm, test::transformer}) {
    auto options = test::some_options(network);
    const auto whole = train(options);
    CHECK(whole.ended == TrainingEnd::kCompleted);
    options.checkpoint = folder / "training.pth";
    for (int64_t stop_after = 0; stop_after <= 6; ++stop_after) {
      CAPTURE(stop_after);
      options.resume = false;
      Request request = stop_after == 0 ? StopRequest::kSave : StopRequest::kNone;
      int64_t batches = 0;
      const auto stopped = Trainer(options, train_samples(), validation_samples())
                               .run(request, {[&](const TrainingProgress&) {
                                                if (++batches == stop_after) request = StopRequest::kSave;
                                              },
                                              {}});
      CHECK(stopped.ended == TrainingEnd::kInterrupted);
      CHECK(batches == stop_after);
      // The third batch is the last of its epoch: stopped there, it has not been validated.
      CHECK(static_cast<int64_t>(stopped.history.size()) == (stop_after - 1) / 3);
      options.resume = true;
      check_same(train(options), whole);
    }
  }
}

TEST_CASE("a training stopped behind every batch in turn goes on to the same bits, rates and early end") {
  const dl_trade::test::TemporaryFolder folder;
  auto options = test::some_options(test::transformer);
  options.epochs = 40;
  options.learning_rate = 0.05;
  options.scheduler_patience = 1;
  options.early_stopping_patience = 5;
  const auto whole = train(options);
  // Else neither would be compared.
  REQUIRE(whole.ended == TrainingEnd::kStoppedEarly);
  REQUIRE(whole.history.back().learning_rate < 0.05);
  options.checkpoint = folder / "training.pth";
  options.resume = true;
  TrainingResult result;
  size_t runs = 0;
  do {
    Request request = StopRequest::kNone;
    result = Trainer(options, train_samples(), validation_samples())
                 .run(request, {[&](const TrainingProgress&) { request = StopRequest::kSave; }, {}});
    ++runs;
  } while (result.ended == TrainingEnd::kInterrupted && runs < 200);
  CHECK(runs == 3 * whole.history.size() + 1);
  check_same(result, whole);
}

TEST_CASE("an epoch's loss and gradient norm are the means of its own batches") {
  double losses = 0.0;
  double norms = 0.0;
  int epochs = 0;
  train(test::some_options(test::bilstm), {[&](const TrainingProgress& progress) {
                                             losses += progress.batch_loss * (progress.batch == 3 ? 4 : 8);
                                             norms += progress.gradient_norm;
                                           },
                                           [&](const EpochRecord& record) {
                                             CHECK(record.train_loss == doctest::Approx(losses / 20));
                                             CHECK(record.gradient_norm == doctest::Approx(norms / 3));
                                             losses = norms = 0.0;
                                             ++epochs;
                                           }});
  CHECK(epochs == 2);
}

TEST_CASE("an abandoned training leaves the checkpoint of its last epoch") {
  const dl_trade::test::TemporaryFolder folder;
  auto options = test::some_options(test::bilstm);
  const auto whole = train(options);
  options.checkpoint = folder / "training.pth";
  Request request = StopRequest::kNone;
  int batches = 0;
  Trainer(options, train_samples(), validation_samples())
      .run(request, {[&](const TrainingProgress&) {
                       if (++batches == 4) request = StopRequest::kAbandon;
                     },
                     {}});
  options.resume = true;
  int resumed = 0;
  check_same(train(options, {[&](const TrainingProgress&) { ++resumed; }, {}}), whole);
  CHECK(resumed == 3);
}

TEST_CASE("trainings and new networks in other threads change nothing") {
  const auto options = test::some_options(test::bilstm);
  const auto other = test::some_options(test::transformer);
  const auto alone = train(options);
  const auto other_alone = train(other);
  TrainingResult beside;
  TrainingResult other_beside;
  std::thread first([&] { beside = train(options); });
  std::thread second([&] { other_beside = train(other); });
  for (uint64_t seed = 0; seed < 50; ++seed) networks::Network::create(test::bilstm, seed);
  first.join();
  second.join();
  check_same(beside, alone);
  check_same(other_beside, other_alone);
}

TEST_CASE("the best epoch's weights come back, and training stops early behind them") {
  auto options = test::some_options(test::bilstm);
  options.epochs = 60;
  options.early_stopping_patience = 2;
  options.learning_rate = 0.1;
  const auto stopped = train(options);
  CHECK(stopped.ended == TrainingEnd::kStoppedEarly);
  CHECK(static_cast<int64_t>(stopped.history.size()) == stopped.best_epoch + 2);
  options.epochs = stopped.best_epoch;
  const auto up_to_best = train(options);
  CHECK(up_to_best.network->state().front().values == stopped.network->state().front().values);
}

TEST_CASE("what is not finite ends the training and leaves the checkpoint") {
  const dl_trade::test::TemporaryFolder folder;
  auto options = test::some_options(test::bilstm);
  options.learning_rate = 1e30;
  options.checkpoint = folder / "training.pth";
  CHECK_THROWS_AS(train(options), TrainingError);
  const auto written = std::filesystem::last_write_time(*options.checkpoint);
  options.resume = true;
  CHECK_THROWS_AS(train(options), TrainingError);
  CHECK(std::filesystem::last_write_time(*options.checkpoint) == written);
}

TEST_CASE("a checkpoint that cannot be written is heard of before the first batch") {
  const dl_trade::test::TemporaryFolder folder;
  auto options = test::some_options(test::bilstm);
  options.checkpoint = folder / "none" / "training.pth";
  CHECK_THROWS_AS(Trainer(options, train_samples(), validation_samples()), checkpoint::Refusal);
}

TEST_CASE("a checkpoint of as many settings but other samples is refused before an index goes astray") {
  const dl_trade::test::TemporaryFolder folder;
  auto options = test::some_options(test::bilstm);
  options.checkpoint = folder / "training.pth";
  Request request = StopRequest::kNone;
  Trainer(options, train_samples(), validation_samples())
      .run(request, {[&](const TrainingProgress&) { request = StopRequest::kSave; }, {}});
  options.resume = true;
  // The identity of the data is the caller's word; the order of the samples is checked all the same.
  CHECK_THROWS_AS(Trainer(options, test::some_samples(history, 5, 19), validation_samples()), TrainingError);
}

TEST_CASE("datasets that do not fit the network are refused") {
  const auto wide = networks::BiLSTMClassifierOptions{7, 4, 2, 0.2};
  CHECK_THROWS_AS(train(test::some_options(wide)), std::invalid_argument);
  const auto few_steps = networks::TransformerClassifierOptions{5, 8, 2, 2, 12, 5, 0.2};
  CHECK_THROWS_AS(train(test::some_options(few_steps)), std::invalid_argument);
}

}  // namespace
}  // namespace dl_trade::training
