#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "networks/bilstm_classifier.hpp"
#include "networks/model_error.hpp"
#include "networks/state_layout.hpp"
#include "networks/transformer_classifier.hpp"

namespace dl_trade::networks {
namespace {

const std::vector<NetworkOptions> several{
    BiLSTMClassifierOptions{},
    BiLSTMClassifierOptions{5, 3, 1, 0.0},
    BiLSTMClassifierOptions{7, 4, 12, 0.1},
    TransformerClassifierOptions{},
    TransformerClassifierOptions{5, 7, 1, 1, 3, 9, 0.0},
    TransformerClassifierOptions{6, 12, 4, 11, 10, 64, 0.1},
};

/// Names and shapes as the LibTorch module itself has them.
std::vector<TensorLayout> module_layout(const torch::nn::Module& module) {
  std::vector<TensorLayout> layout;
  for (const auto& entry : module.named_parameters()) {
    layout.push_back({entry.key(), entry.value().sizes().vec(), false});
  }
  for (const auto& entry : module.named_buffers())
    layout.push_back({entry.key(), entry.value().sizes().vec(), true});
  return layout;
}

std::vector<TensorLayout> module_layout(const NetworkOptions& options) {
  if (const auto* bilstm = std::get_if<BiLSTMClassifierOptions>(&options)) {
    return module_layout(*BiLSTMClassifier(*bilstm));
  }
  return module_layout(*TransformerClassifier(std::get<TransformerClassifierOptions>(options)));
}

void sort_by_name(std::vector<TensorLayout>& layout) {
  std::sort(layout.begin(), layout.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

TEST_CASE("the layout lists exactly what the module has") {
  for (const auto& options : several) {
    auto expected = module_layout(options);
    auto layout = state_layout(options);
    sort_by_name(expected);
    sort_by_name(layout);
    REQUIRE(layout.size() == expected.size());
    for (size_t index = 0; index < layout.size(); ++index) {
      CHECK(layout[index].name == expected[index].name);
      CHECK(layout[index].shape == expected[index].shape);
      CHECK(layout[index].is_buffer == expected[index].is_buffer);
    }
  }
}

TEST_CASE("the default networks have the parameters that the Python ones have") {
  CHECK(parameter_count(BiLSTMClassifierOptions{}) == 616705);
  CHECK(parameter_count(TransformerClassifierOptions{}) == 407809);
}

TEST_CASE("sizes read off the layout are those it was made from") {
  for (const auto& options : several) {
    const auto read = options_from_layout(state_layout(options));
    REQUIRE(read.has_value());
    auto expected = state_layout(options);
    const auto layout = state_layout(*read);
    REQUIRE(layout.size() == expected.size());
    for (size_t index = 0; index < layout.size(); ++index)
      CHECK(layout[index].shape == expected[index].shape);
  }
}

TEST_CASE("a layout of neither network is told") {
  CHECK_FALSE(options_from_layout({}).has_value());
  CHECK_FALSE(options_from_layout({{"fc.weight", {1, 8}}, {"fc.bias", {1}}}).has_value());
  CHECK_FALSE(options_from_layout({{"lstm.weight_ih_l0", {8}}, {"lstm.weight_hh_l0", {8, 2}}}).has_value());
}

TEST_CASE("a layer index that no one stacks lists no million tensors") {
  auto layout = state_layout(BiLSTMClassifierOptions{4, 2, 1, 0.0});
  layout.push_back({"lstm.weight_ih_l4294967296", {8, 4}});
  layout.push_back({"lstm.weight_ih_l99999999999999999999", {8, 4}});
  const auto read = options_from_layout(layout);
  REQUIRE(read.has_value());
  CHECK(std::get<BiLSTMClassifierOptions>(*read).num_layers == 1);
}

TEST_CASE("sizes that cannot be built are refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_NOTHROW(require_valid(BiLSTMClassifierOptions{}));
  CHECK_THROWS_AS(require_valid(BiLSTMClassifierOptions{0, 4, 1, 0.0}), ModelError);
  CHECK_THROWS_AS(require_valid(BiLSTMClassifierOptions{4, -1, 1, 0.0}), ModelError);
  CHECK_THROWS_AS(require_valid(BiLSTMClassifierOptions{4, 4, 257, 0.0}), ModelError);
  CHECK_THROWS_AS(require_valid(BiLSTMClassifierOptions{4, 4, 1, nan}), ModelError);
  CHECK_THROWS_AS(require_valid(BiLSTMClassifierOptions{4, 4, 1, 1.0}), ModelError);
  CHECK_THROWS_WITH_AS(require_valid(TransformerClassifierOptions{4, 12, 5, 1, 8, 8, 0.0}),
                       "d_model must be a multiple of nhead; d_model was 12, nhead was 5", ModelError);
  CHECK_THROWS_AS(require_valid(TransformerClassifierOptions{4, 1 << 20, 8, 256, 1 << 20, 1 << 20, 0.0}),
                  ModelError);
}

}  // namespace
}  // namespace dl_trade::networks
