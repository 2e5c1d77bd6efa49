#include "training/training_forward.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <doctest/doctest.h>

#include <vector>

#include "networks/bilstm_classifier.hpp"
#include "networks/transformer_classifier.hpp"

namespace dl_trade::training {
namespace {

using torch::Tensor;

/// Logits and gradients of the training forward against those of the module's own.
template <typename Module>
void check_against_naive(Module module, int64_t steps) {
  torch::manual_seed(5);
  {
    // Away from zeros and ones, behind which a mistake would hide.
    const torch::NoGradGuard no_grad;
    for (auto& parameter : module->parameters()) parameter.add_(torch::randn_like(parameter) * 0.3);
  }
  const auto windows = torch::randn({4, steps, 5});
  const auto gradients_of = [&](const Tensor& logits) {
    module->zero_grad();
    (logits * torch::arange(1, 5)).sum().backward();
    std::vector<Tensor> gradients;
    for (const auto& parameter : module->parameters()) gradients.push_back(parameter.grad().clone());
    return gradients;
  };
  module->eval();
  auto dropout = RandomDropout::none();
  const auto naive = module->forward(windows);
  const auto own = training_logits(*module, windows, dropout);
  CHECK(torch::allclose(own, naive, 1e-5, 1e-6));
  const auto expected = gradients_of(naive);
  const auto gradients = gradients_of(own);
  for (size_t index = 0; index < expected.size(); ++index)
    CHECK(torch::allclose(gradients[index], expected[index], 1e-4, 1e-5));
}

TEST_CASE("the training forward has the module's logits and gradients") {
  for (const int64_t layers : {1, 2, 3}) {
    for (const int64_t steps : {1, 2, 7}) {
      check_against_naive(networks::BiLSTMClassifier(networks::BiLSTMClassifierOptions{5, 6, layers, 0.2}),
                          steps);
      check_against_naive(networks::TransformerClassifier(
                              networks::TransformerClassifierOptions{5, 8, 2, layers, 12, 9, 0.2}),
                          steps);
    }
  }
}

TEST_CASE("dropout keeps the mean, drops its share and draws from its own generator alone") {
  torch::manual_seed(1);
  const auto before = torch::rand({1});
  torch::manual_seed(1);
  RandomDropout dropout(0.2, at::detail::createCPUGenerator(9));
  const auto dropped = dropout(torch::ones({200'000}));
  CHECK(torch::equal(torch::rand({1}), before));
  CHECK(dropped.mean().item<double>() == doctest::Approx(1.0).epsilon(0.01));
  CHECK(dropped.eq(0).sum().item<double>() / 200'000 == doctest::Approx(0.2).epsilon(0.02));
  CHECK(dropped.max().item<float>() == 1.25F);

  RandomDropout again(0.2, at::detail::createCPUGenerator(9));
  CHECK(torch::equal(again(torch::ones({200'000})), dropped));
  CHECK_FALSE(torch::equal(again(torch::ones({200'000})), dropped));
}

TEST_CASE("dropout of 0 changes nothing and draws nothing") {
  const auto values = torch::ones({3});
  auto none = RandomDropout::none();
  CHECK(none(values).is_same(values));
}

TEST_CASE("with dropout, logits differ from draw to draw and are the same for the same draws") {
  networks::BiLSTMClassifier bilstm(networks::BiLSTMClassifierOptions{5, 6, 2, 0.5});
  networks::TransformerClassifier transformer(networks::TransformerClassifierOptions{5, 8, 2, 2, 12, 9, 0.5});
  const auto windows = torch::randn({4, 7, 5});
  const auto draw = [&](auto& module, uint64_t seed) {
    RandomDropout dropout(0.5, at::detail::createCPUGenerator(seed));
    return training_logits(*module, windows, dropout);
  };
  CHECK(torch::equal(draw(bilstm, 1), draw(bilstm, 1)));
  CHECK_FALSE(torch::equal(draw(bilstm, 1), draw(bilstm, 2)));
  CHECK(torch::equal(draw(transformer, 1), draw(transformer, 1)));
  CHECK_FALSE(torch::equal(draw(transformer, 1), draw(transformer, 2)));
}

}  // namespace
}  // namespace dl_trade::training
