#include <doctest/doctest.h>

#include <torch/types.h>

#include "networks/bilstm_classifier.hpp"
#include "networks/naive_logits.hpp"
#include "networks/transformer_classifier.hpp"

namespace dl_trade::networks {
namespace {

const TransformerClassifierOptions small_transformer{5, 16, 4, 2, 24, 32, 0.2};
const BiLSTMClassifierOptions small_bilstm{5, 6, 2, 0.2};

TEST_CASE("logits have the shape of the batch") {
  for (const int64_t batch : {1, 3}) {
    for (const int64_t steps : {1, 7, 32}) {
      const auto windows = torch::randn({batch, steps, 5});
      CHECK(BiLSTMClassifier(small_bilstm)->forward(windows).sizes() == torch::IntArrayRef({batch}));
      CHECK(TransformerClassifier(small_transformer)->forward(windows).sizes() ==
            torch::IntArrayRef({batch}));
    }
  }
}

TEST_CASE("windows of another shape are refused") {
  BiLSTMClassifier bilstm(small_bilstm);
  TransformerClassifier transformer(small_transformer);
  CHECK_THROWS_AS(bilstm->forward(torch::zeros({2, 3, 4})), c10::Error);
  CHECK_THROWS_AS(bilstm->forward(torch::zeros({3, 5})), c10::Error);
  CHECK_THROWS_AS(transformer->forward(torch::zeros({2, 3, 4})), c10::Error);
  CHECK_THROWS_AS(transformer->forward(torch::zeros({2, 33, 5})), c10::Error);
}

TEST_CASE("what the encoder makes of a step does not depend on later steps") {
  TransformerClassifier transformer(small_transformer);
  transformer->eval();
  const torch::NoGradGuard no_grad;
  const auto windows = torch::randn({2, 12, 5});
  const auto encoded = transformer->encode(windows);
  for (const int64_t step : {0, 4, 10}) {
    auto changed = windows.clone();
    changed.narrow(1, step + 1, 11 - step).copy_(torch::randn({2, 11 - step, 5}));
    const auto other = transformer->encode(changed);
    CHECK(torch::allclose(encoded.narrow(1, 0, step + 1), other.narrow(1, 0, step + 1), 0, 1e-6));
    CHECK_FALSE(torch::allclose(encoded.narrow(1, step + 1, 1), other.narrow(1, step + 1, 1), 0, 1e-3));
  }
}

TEST_CASE("positions differ as sine and cosine say") {
  const PositionalEncoding even(6, 10);
  const PositionalEncoding odd(7, 10);
  CHECK(even->pe.sizes() == torch::IntArrayRef({1, 10, 6}));
  CHECK(odd->pe.sizes() == torch::IntArrayRef({1, 10, 7}));
  CHECK(even->pe[0][0][0].item<float>() == 0.0F);
  CHECK(even->pe[0][0][1].item<float>() == 1.0F);
  CHECK(even->pe[0][3][0].item<float>() == doctest::Approx(0.14112));
  CHECK(even->pe[0][3][1].item<float>() == doctest::Approx(-0.98999));
}

TEST_CASE("inference keeps no gradients and needs eval mode") {
  BiLSTMClassifier bilstm(small_bilstm);
  const auto windows = torch::randn({2, 7, 5});
  CHECK_THROWS_AS(naive_logits(*bilstm, windows), c10::Error);
  bilstm->eval();
  CHECK_THROWS_AS(naive_logits(*bilstm, windows.to(torch::kDouble)), c10::Error);
  const auto logits = naive_logits(*bilstm, windows);
  CHECK(logits.is_inference());
  CHECK_FALSE(logits.requires_grad());
}

}  // namespace
}  // namespace dl_trade::networks
