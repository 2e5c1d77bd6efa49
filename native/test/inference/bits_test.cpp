#include <doctest/doctest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "inference/inference.hpp"
#include "networks_of_all_sizes.hpp"
#include "some_weights.hpp"

namespace dl_trade::inference {
namespace {

using test::networks_of_all_sizes;
using test::some_values;
using test::some_weights;

std::vector<float> history_of(const Inference& inference, const std::vector<float>& rows, int64_t steps,
                              int threads) {
  const int64_t count = static_cast<int64_t>(rows.size()) / inference.input_size();
  std::vector<float> logits(static_cast<size_t>(count - steps + 1));
  inference.predict_history(rows.data(), count, steps, logits.data(), threads);
  return logits;
}

TEST_CASE(
    "a window has the same bits alone, in a batch, in a history and from a stream, with any number of "
    "threads") {
  for (const auto& options : networks_of_all_sizes) {
    const Inference inference(some_weights(options, 1), *runnable_kernels().front());
    const int64_t width = inference.input_size();
    for (const int64_t steps : {1, 2, 19, 50}) {
      // Large ones take a while under sanitizers.
      if (width == 86 && steps != 50) continue;
      CAPTURE(networks::architecture_name(options));
      CAPTURE(width);
      CAPTURE(steps);
      // More windows than are computed at once.
      const int64_t windows = 51;
      const auto rows = some_values((windows + steps - 1) * width, 2);
      const auto expected = history_of(inference, rows, steps, 1);
      for (const float logit : expected) REQUIRE(std::isfinite(logit));
      CHECK(history_of(inference, rows, steps, 3) == expected);

      std::vector<float> together;
      for (int64_t first = 0; first < windows; ++first) {
        const auto from = rows.begin() + first * width;
        together.insert(together.end(), from, from + steps * width);
      }
      std::vector<float> logits(static_cast<size_t>(windows));
      inference.predict(together.data(), windows, steps, logits.data(), 1);
      CHECK(logits == expected);
      inference.predict(together.data(), windows, steps, logits.data(), 2);
      CHECK(logits == expected);

      Inference::Stream stream(inference, steps);
      std::vector<float> streamed;
      for (int64_t row = 0; row < windows + steps - 1; ++row) {
        stream.observe(rows.data() + row * width);
        if (const auto logit = stream.logit()) streamed.push_back(*logit);
      }
      CHECK(streamed == expected);
    }
  }
}

TEST_CASE("every processor's kernels give the same bits") {
  const auto all = runnable_kernels();
  CHECK(all.size() >= 1);
  for (const auto& options : networks_of_all_sizes) {
    const Inference fastest(some_weights(options, 3), *all.front());
    const bool is_large = fastest.input_size() == 86;
    const int64_t steps = 7;
    const auto rows = some_values((is_large ? 9 : 30) * fastest.input_size(), 4, 3.0F);
    const auto expected = history_of(fastest, rows, steps, 1);
    for (const Kernels* kernels : all) {
      CAPTURE(kernels->isa);
      const Inference other(some_weights(options, 3), *kernels);
      CHECK(history_of(other, rows, steps, 1) == expected);
    }
  }
}

TEST_CASE("a stream that was reset knows nothing of the rows before") {
  for (const auto& options : networks_of_all_sizes) {
    const Inference inference(some_weights(options, 5), *runnable_kernels().front());
    const int64_t width = inference.input_size();
    const auto rows = some_values(9 * width, 6);
    Inference::Stream stream(inference, 3);
    for (int64_t row = 0; row < 5; ++row) stream.observe(rows.data() + row * width);
    CHECK(stream.logit().has_value());
    stream.reset();
    CHECK_FALSE(stream.logit().has_value());
    for (int64_t row = 6; row < 8; ++row) stream.observe(rows.data() + row * width);
    CHECK_FALSE(stream.logit().has_value());
    stream.observe(rows.data() + 8 * width);
    const std::vector<float> last(rows.begin() + 6 * width, rows.end());
    CHECK(*stream.logit() == history_of(inference, last, 3, 1)[0]);
  }
}

TEST_CASE("several threads predict at once, windows of several lengths") {
  for (const auto& options : networks_of_all_sizes) {
    const Inference inference(some_weights(options, 7), *runnable_kernels().front());
    const auto rows = some_values(20 * inference.input_size(), 8);
    const std::vector<float> expected[] = {history_of(inference, rows, 3, 1),
                                           history_of(inference, rows, 11, 1)};
    std::vector<float> results[4];
    std::vector<std::thread> threads;
    for (size_t index = 0; index < 4; ++index) {
      threads.emplace_back(
          [&, index] { results[index] = history_of(inference, rows, index % 2 == 0 ? 3 : 11, 1); });
    }
    for (auto& thread : threads) thread.join();
    for (size_t index = 0; index < 4; ++index) CHECK(results[index] == expected[index % 2]);
  }
}

}  // namespace
}  // namespace dl_trade::inference
