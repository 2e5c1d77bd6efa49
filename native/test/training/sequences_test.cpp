#include "training/sequences.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

#include "some_data.hpp"

namespace dl_trade::training {
namespace {

using test::features;
using test::some_history;
using test::some_samples;
using test::steps;

TEST_CASE("a batch holds the windows that end on its rows, and their labels") {
  const auto history = some_history(30);
  const auto sequences = some_samples(history, 10, 5);
  const std::vector<int64_t> samples{4, 0, 4};
  std::vector<float> windows(samples.size() * steps * features);
  std::vector<float> labels(samples.size());
  sequences.gather(samples, windows.data(), labels.data());
  for (size_t index = 0; index < samples.size(); ++index) {
    const int64_t row = 10 + samples[index];
    CHECK(labels[index] == static_cast<float>(history->labels[static_cast<size_t>(row)]));
    const auto first = history->inputs.begin() + (row - steps + 1) * features;
    const auto copied = windows.begin() + static_cast<int64_t>(index) * steps * features;
    CHECK(std::equal(first, first + steps * features, copied));
  }
}

TEST_CASE("rows whose window or self lies outside the history are refused") {
  const auto history = some_history(30);
  CHECK_NOTHROW(some_samples(history, steps - 1, 25));
  CHECK_THROWS_WITH_AS(some_samples(history, steps - 2, 1), "samples must be rows from 5 to 29, was 4",
                       std::invalid_argument);
  CHECK_THROWS_AS(some_samples(history, 30, 1), std::invalid_argument);
  CHECK_THROWS_AS(some_samples(history, -1, 1), std::invalid_argument);
  CHECK_THROWS_AS(some_samples(history, 10, 0), std::invalid_argument);
}

TEST_CASE("inputs of another size, or not finite, are refused") {
  auto history = std::make_shared<History>(*some_history(30));
  history->inputs[7 * features + 2] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(some_samples(history, 10, 1), "inputs must be finite, was inf at row 7, feature 2",
                       std::invalid_argument);
  history->inputs.pop_back();
  CHECK_THROWS_AS(some_samples(history, 10, 1), std::invalid_argument);
  history->features = 0;
  CHECK_THROWS_AS(some_samples(history, 10, 1), std::invalid_argument);
}

}  // namespace
}  // namespace dl_trade::training
