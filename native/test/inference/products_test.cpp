#include <doctest/doctest.h>

#include <cstdint>

#include "inference/inference.hpp"
#include "some_weights.hpp"

namespace dl_trade::inference {
namespace {

int64_t multiply_adds = 0;

void count_and_multiply(const Product& product) {
  multiply_adds += product.rows * product.depth * product.panels * lanes;
  runnable_kernels().front()->multiply(product);
}

TEST_CASE("a BiLSTM's window takes no product that its last step does not need") {
  const networks::BiLSTMClassifierOptions options;
  Kernels kernels = *runnable_kernels().front();
  kernels.multiply = count_and_multiply;
  const Inference inference(test::some_weights(options, 1), kernels);
  const int64_t steps = 50;
  const int64_t inputs = options.input_size;
  const int64_t units = options.hidden_size;
  const int64_t gates = 4 * units;
  const int64_t lowest = 2 * (steps * inputs * gates + (steps - 1) * units * gates);
  const int64_t top_forward = steps * 2 * units * gates + (steps - 1) * units * gates;
  const int64_t top_backward = 2 * units * gates;

  multiply_adds = 0;
  float logit = 0;
  inference.predict(test::some_values(steps * inputs, 2).data(), 1, steps, &logit, 1);
  CHECK(multiply_adds == lowest + top_forward + top_backward);
}

}  // namespace
}  // namespace dl_trade::inference
