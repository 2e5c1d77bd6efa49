#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "inference/kernels.hpp"

namespace dl_trade::inference {
namespace {

/// Every float of [-100, 100] whose last 8 bits are 0, and the ends.
std::vector<float> many_values() {
  std::vector<float> values;
  for (uint32_t bits = 0;; bits += 256) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (!(value <= 100.0F)) break;
    values.push_back(value);
    values.push_back(-value);
  }
  const float most = std::numeric_limits<float>::max();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float value : {88.0F, 89.0F, 1e4F, most, infinity}) {
    values.push_back(value);
    values.push_back(-value);
  }
  while (values.size() % static_cast<size_t>(lanes) != 0) values.push_back(0.0F);
  return values;
}

TEST_CASE("sigmoid and tanh lie within 2e-7 of what they should be, and never leave their range") {
  const auto values = many_values();
  std::vector<float> results(values.size());
  const Kernels& kernels = *runnable_kernels().front();
  const auto count = static_cast<int64_t>(values.size());

  kernels.sigmoid(values.data(), results.data(), count);
  double apart = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    apart = std::max(apart, std::abs(1 / (1 + std::exp(-static_cast<double>(values[i]))) - results[i]));
  }
  CHECK(apart < 2e-7);
  CHECK(*std::min_element(results.begin(), results.end()) >= 0.0F);
  CHECK(*std::max_element(results.begin(), results.end()) <= 1.0F);

  kernels.tanh(values.data(), results.data(), count);
  apart = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    apart = std::max(apart, std::abs(std::tanh(static_cast<double>(values[i])) - results[i]));
  }
  CHECK(apart < 2e-7);
  CHECK(*std::min_element(results.begin(), results.end()) >= -1.0F);
  CHECK(*std::max_element(results.begin(), results.end()) <= 1.0F);
}

TEST_CASE("a NaN stays one") {
  std::vector<float> values(static_cast<size_t>(lanes), std::numeric_limits<float>::quiet_NaN());
  for (const Kernels* kernels : runnable_kernels()) {
    CAPTURE(kernels->isa);
    std::vector<float> results(values.size());
    kernels->sigmoid(values.data(), results.data(), lanes);
    CHECK(std::all_of(results.begin(), results.end(), [](float value) { return std::isnan(value); }));
    kernels->tanh(values.data(), results.data(), lanes);
    CHECK(std::all_of(results.begin(), results.end(), [](float value) { return std::isnan(value); }));
  }
}

TEST_CASE("every processor's sigmoid and tanh have the same bits") {
  const auto values = many_values();
  const auto count = static_cast<int64_t>(values.size());
  const auto results_of = [&](void (*function)(const float*, float*, int64_t)) {
    std::vector<float> results(values.size());
    function(values.data(), results.data(), count);
    return results;
  };
  const auto all = runnable_kernels();
  for (const Kernels* kernels : all) {
    CAPTURE(kernels->isa);
    CHECK(results_of(kernels->sigmoid) == results_of(all.front()->sigmoid));
    CHECK(results_of(kernels->tanh) == results_of(all.front()->tanh));
  }
}

}  // namespace
}  // namespace dl_trade::inference
