#include <doctest/doctest.h>

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "networks/model_error.hpp"
#include "networks/network.hpp"
#include "networks/runtime.hpp"
#include "temporary_folder.hpp"

namespace dl_trade::networks {
namespace {

const std::vector<NetworkOptions> both{BiLSTMClassifierOptions{5, 6, 2, 0.2},
                                       TransformerClassifierOptions{5, 16, 4, 2, 24, 400, 0.2}};

std::vector<float> some_windows(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t index = 0; index < values.size(); ++index)
    values[index] = std::sin(static_cast<float>(index) * 0.7F);
  return values;
}

TEST_CASE("a network that was saved and loaded gives the same logits") {
  const test::TemporaryFolder folder;
  const auto windows = some_windows(3 * 7 * 5);
  for (const auto& options : both) {
    const auto network = Network::create(options, 7);
    network->save(folder / "weights.pth");
    const auto loaded = Network::load(folder / "weights.pth", options);
    CHECK(loaded->predict(windows, 3, 7) == network->predict(windows, 3, 7));
    CHECK(loaded->parameter_count() == parameter_count(options));
  }
}

TEST_CASE("the seed decides the initial weights, and nothing else of the process changes") {
  torch::manual_seed(1);
  const auto first = torch::rand({1});
  const auto second = torch::rand({1});
  torch::manual_seed(1);
  for (const auto& options : both) {
    CHECK(Network::create(options, 3)->state().front().values ==
          Network::create(options, 3)->state().front().values);
    CHECK(Network::create(options, 3)->state().front().values !=
          Network::create(options, 4)->state().front().values);
  }
  CHECK(torch::equal(torch::rand({1}), first));
  Network::create(both.front(), 5);
  CHECK(torch::equal(torch::rand({1}), second));
}

TEST_CASE("a window has the same logit alone and in a batch of any size") {
  const int64_t steps = 300;
  // More than one chunk.
  const int64_t batch = 120;
  const auto windows = some_windows(batch * steps * 5);
  for (const auto& options : both) {
    const auto network = Network::create(options, 7);
    const auto together = network->predict(windows, batch, steps);
    for (const int64_t index : {0, 53, 54, 55, 119}) {
      const auto start = windows.begin() + index * steps * 5;
      const auto alone = network->predict(std::vector<float>(start, start + steps * 5), 1, steps);
      CHECK(std::abs(alone[0] - together[static_cast<size_t>(index)]) < 1e-5F);
    }
  }
}

TEST_CASE("windows that the network does not take are refused") {
  for (const auto& options : both) {
    const auto network = Network::create(options, 7);
    auto windows = some_windows(2 * 7 * 5);
    CHECK_THROWS_AS(network->predict(windows, 2, 6), std::invalid_argument);
    CHECK_THROWS_AS(network->predict(windows, 0, 7), std::invalid_argument);
    CHECK_THROWS_AS(network->predict({}, 0, 0), std::invalid_argument);
    CHECK_THROWS_AS(network->predict(windows, int64_t{1} << 62, 7), std::invalid_argument);
    windows[7 * 5 + 2 * 5 + 3] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS(network->predict(windows, 2, 7),
                         "windows must be finite, was nan at window 1, step 2, feature 3",
                         std::invalid_argument);
    windows[7 * 5 + 2 * 5 + 3] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(network->predict(windows, 2, 7), std::invalid_argument);
  }
  const auto transformer = Network::create(both[1], 7);
  CHECK_THROWS_AS(transformer->predict(some_windows(401 * 5), 1, 401), std::invalid_argument);
}

TEST_CASE("several threads predict with one network at once") {
  const auto windows = some_windows(7 * 5);
  for (const auto& options : both) {
    const auto network = Network::create(options, 7);
    const auto expected = network->predict(windows, 1, 7);
    std::vector<std::vector<float>> results(4);
    std::vector<std::thread> threads;
    for (auto& result : results) threads.emplace_back([&] { result = network->predict(windows, 1, 7); });
    for (auto& thread : threads) thread.join();
    for (const auto& result : results) CHECK(result == expected);
  }
}

TEST_CASE("every thread of LibTorch computes with as many threads as were set") {
  const auto network = Network::create(both.front(), 7);
  const auto windows = some_windows(7 * 5);
  const auto count_in_a_new_thread = [&] {
    int count = 0;
    std::thread([&] {
      network->predict_naive(windows, 1, 7);
      count = at::get_num_threads();
    }).join();
    return count;
  };
  CHECK(count_in_a_new_thread() == 1);
  set_threads(2);
  CHECK(count_in_a_new_thread() == 2);
  set_threads(1);
  CHECK(count_in_a_new_thread() == 1);
  CHECK_THROWS_AS(set_threads(0), std::invalid_argument);
}

TEST_CASE("the LibTorch that runs is the one that was compiled against") {
  CHECK_NOTHROW(require_compiled_libtorch());
  CHECK(runtime().libtorch == runtime().libtorch_compiled);
  CHECK_FALSE(runtime().isa.empty());
}

}  // namespace
}  // namespace dl_trade::networks
