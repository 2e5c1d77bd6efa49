#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <torch/types.h>

#include "inference/inference.hpp"
#include "inference/kernels.hpp"
#include "networks/classifier_module.hpp"
#include "networks/network.hpp"
#include "networks/network_stream.hpp"
#include "networks/runtime.hpp"
#include "networks_of_all_sizes.hpp"

namespace dl_trade::networks {
namespace {

using inference::test::networks_of_all_sizes;

std::vector<float> some_values(int64_t count, uint32_t seed, float reach) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, reach);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = std::clamp(normal(generator), -8.0F, 8.0F);
  return values;
}

/// Initial weights, times `factor`: far larger ones saturate every gate and every softmax.
Weights weights_of(const NetworkOptions& options, float factor) {
  Weights weights{options, Network::create(options, 11)->state()};
  for (auto& tensor : weights.tensors) {
    if (tensor.name == "pos_encoder.pe") continue;
    for (float& value : tensor.values) value *= factor;
  }
  return weights;
}

/// Without the fast path, where the processor has none, there is nothing to compare.
bool has_fused() {
  return inference::best_kernels() != nullptr;
}

TEST_CASE("the fast path agrees with the naive one on ordinary and on large inputs") {
  if (!has_fused()) return;
  for (const auto& options : networks_of_all_sizes) {
    const Network network(weights_of(options, 1.0F));
    CAPTURE(std::string(architecture_name(options)));
    CAPTURE(input_size(options));
    REQUIRE(network.fused() != nullptr);
    for (const float reach : {0.0F, 1.0F, 8.0F}) {
      CAPTURE(reach);
      const auto windows = some_values(9 * 50 * input_size(options), 5, reach);
      const auto fused = network.predict(windows, 9, 50);
      const auto naive = network.predict_naive(windows, 9, 50);
      for (size_t index = 0; index < 9; ++index) {
        CHECK(std::abs(fused[index] - naive[index]) <= 1e-5F * std::max(1.0F, std::abs(naive[index])));
      }
    }
  }
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

TEST_CASE("on weights that amplify every rounding the fast path is as near to the truth as LibTorch") {
  if (!has_fused()) return;
  for (const float factor : {3.0F, 10.0F}) {
    for (const auto& options : networks_of_all_sizes) {
      const Weights weights = weights_of(options, factor);
      const Network network(weights);
      // Asked for itself, whether the network would be left to LibTorch or not.
      const inference::Inference inference(weights, *inference::best_kernels());
      ClassifierModule exact(options);
      exact.load(weights.tensors);
      exact.base().eval();
      exact.base().to(torch::kDouble);
      const torch::NoGradGuard no_grad;
      for (const float reach : {0.0F, 1.0F, 8.0F}) {
        CAPTURE(std::string(architecture_name(options)));
        CAPTURE(input_size(options));
        CAPTURE(factor);
        CAPTURE(reach);
        const int64_t batch = 41;
        const auto windows = some_values(batch * 50 * input_size(options), 5, reach);
        std::vector<float> fused(static_cast<size_t>(batch));
        inference.predict(windows.data(), batch, 50, fused.data(), 1);
        const auto naive = network.predict_naive(windows, batch, 50);
        const auto input = torch::from_blob(const_cast<float*>(windows.data()),
                                            {batch, 50, input_size(options)}, torch::kFloat)
                               .to(torch::kDouble);
        // The causal mask of LibTorch's Transformer is made of floats.
        torch::set_default_dtype(caffe2::TypeMeta::Make<double>());
        const auto truth =
            std::visit([&](auto& module) { return module->forward(input); }, exact.holder).contiguous();
        torch::set_default_dtype(caffe2::TypeMeta::Make<float>());
        std::vector<double> ours;
        std::vector<double> theirs;
        for (int64_t index = 0; index < batch; ++index) {
          const double wanted = truth[index].item<double>();
          const double scale = std::max(1.0, std::abs(wanted));
          ours.push_back(std::abs(fused[static_cast<size_t>(index)] - wanted) / scale);
          theirs.push_back(std::abs(naive[static_cast<size_t>(index)] - wanted) / scale);
        }
        CHECK(median_of(ours) <= std::max(4 * median_of(theirs), 1e-6));
      }
    }
  }
}

TEST_CASE("a history and a stream give what single windows give, by both paths") {
  for (const auto& options : networks_of_all_sizes) {
    const auto network = Network::create(options, 3);
    const int64_t width = input_size(options);
    const auto rows = some_values(20 * width, 4, 1.0F);
    for (const bool fused : {true, false}) {
      set_fused(fused);
      std::vector<float> single;
      for (int64_t first = 0; first + 6 <= 20; ++first) {
        const std::vector<float> window(rows.begin() + first * width, rows.begin() + (first + 6) * width);
        single.push_back(network->predict(window, 1, 6)[0]);
      }
      const auto history = network->predict_history(rows, 6);
      NetworkStream stream(network, 6);
      std::vector<float> streamed;
      for (int64_t row = 0; row < 20; ++row) {
        stream.observe({rows.data() + row * width, static_cast<size_t>(width)});
        if (const auto logit = stream.logit()) streamed.push_back(*logit);
      }
      CHECK(streamed == single);
      REQUIRE(history.size() == single.size());
      for (size_t index = 0; index < single.size(); ++index) {
        if (fused && has_fused()) CHECK(history[index] == single[index]);
        CHECK(std::abs(history[index] - single[index]) < 1e-5F);
      }
    }
    set_fused(true);
  }
}

TEST_CASE("a network says what computes its logits") {
  const auto network = Network::create(networks_of_all_sizes.front(), 3);
  CHECK(network->kernel() == std::string(has_fused() ? inference::kernel_name : naive_kernel_name));
  CHECK(runtime().kernel == network->kernel());
  set_fused(false);
  CHECK(network->kernel() == std::string(naive_kernel_name));
  CHECK(runtime().kernel == naive_kernel_name);
  set_fused(true);
}

TEST_CASE("weights on which the two paths disagree are left to the naive one") {
  auto weights = weights_of(networks_of_all_sizes.front(), 1.0F);
  // Sums overflow, and what is left of them depends on their order.
  for (auto& tensor : weights.tensors) {
    for (float& value : tensor.values) value *= 1e38F;
  }
  CHECK(Network(weights).kernel() == std::string(naive_kernel_name));
}

TEST_CASE("rows that the network does not take are refused, and change nothing") {
  for (const auto& options : {networks_of_all_sizes[0], networks_of_all_sizes[4]}) {
    const auto network = Network::create(options, 3);
    CHECK_THROWS_AS(network->predict_history(std::vector<float>(7), 2), std::invalid_argument);
    CHECK_THROWS_AS(network->predict_history(std::vector<float>(10), 0), std::invalid_argument);
    CHECK(network->predict_history({}, 2).empty());
    CHECK(network->predict_history(std::vector<float>(5), 2).empty());
    const float nan = std::nanf("");
    CHECK_THROWS_WITH_AS(network->predict_history(std::vector<float>{0, 0, 0, 0, 0, 0, nan, 0, 0, 0}, 2),
                         "rows must be finite, was nan at row 1, feature 1", std::invalid_argument);

    NetworkStream stream(network, 2);
    const std::vector<float> row{1, 2, 3, 4, 5};
    stream.observe(row);
    CHECK_THROWS_AS(stream.observe(std::vector<float>(4)), std::invalid_argument);
    CHECK_THROWS_AS(stream.observe(std::vector<float>{0, nan, 0, 0, 0}), std::invalid_argument);
    CHECK_FALSE(stream.logit().has_value());
    stream.observe(row);
    CHECK(stream.logit().has_value());
  }
  CHECK_THROWS_AS(NetworkStream(Network::create(networks_of_all_sizes[4], 3), 61), std::invalid_argument);
}

}  // namespace
}  // namespace dl_trade::networks
