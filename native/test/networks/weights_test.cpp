#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "checkpoint/refusal.hpp"
#include "checkpoint/writer.hpp"
#include "networks/inspection.hpp"
#include "networks/model_error.hpp"
#include "networks/network.hpp"
#include "temporary_folder.hpp"

namespace dl_trade::networks {
namespace {

using checkpoint::Value;

const BiLSTMClassifierOptions bilstm{5, 3, 2, 0.2};
const TransformerClassifierOptions transformer{5, 8, 4, 1, 6, 16, 0.2};

/// A state_dict that a test changes before it is written.
class File {
 public:
  explicit File(const NetworkOptions& options) : tensors(Network::create(options, 1)->state()) {}

  Network* load(const std::optional<NetworkOptions>& expected = std::nullopt) {
    write();
    network_ = Network::load(path(), expected);
    return network_.get();
  }

  Inspection inspected() {
    write();
    return inspect(path());
  }

  std::string refusal(const std::optional<NetworkOptions>& expected = std::nullopt) {
    try {
      load(expected);
    } catch (const ModelError& error) {
      return error.what();
    }
    return "loaded";
  }

  void drop(const std::string& name) {
    std::erase_if(tensors, [&](const auto& tensor) { return tensor.name == name; });
  }
  NamedTensor& at(const std::string& name) {
    for (auto& tensor : tensors) {
      if (tensor.name == name) return tensor;
    }
    throw std::out_of_range(name);
  }
  void prefix(const std::string& text) {
    for (auto& tensor : tensors) tensor.name = text + tensor.name;
  }

  std::vector<NamedTensor> tensors;
  Value::Dict hyperparameters;
  /// Written in place of its namesake.
  std::optional<checkpoint::Tensor> instead;

 private:
  std::filesystem::path path() const { return folder_ / "weights.pth"; }

  void write() {
    std::vector<checkpoint::NamedArray> arrays;
    for (const auto& tensor : tensors) arrays.push_back({tensor.name, tensor.shape, tensor.values});
    Value state = checkpoint::to_value(arrays);
    if (instead) {
      for (auto& [key, value] : std::get<Value::Dict>(state.data).items) {
        if (*key.get_if<std::string>() == instead->name) value = Value(*instead);
      }
    }
    Value::Dict root;
    root.set("model_state_dict", state);
    root.set("hyperparameters", Value(hyperparameters));
    checkpoint::write_file(path(), Value(root));
  }

  test::TemporaryFolder folder_;
  std::shared_ptr<Network> network_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("everything that differs is listed in one refusal, with counts") {
  File file(bilstm);
  file.drop("fc.bias");
  file.drop("lstm.bias_hh_l1");
  file.at("lstm.weight_hh_l1") = {"lstm.weight_hh_l1", {2, 2}, {1, 2, 3, 4}};
  file.tensors.push_back({"extra.weight", {2}, {1, 2}});
  const std::vector<std::int64_t> integers(12);
  file.instead = checkpoint::Tensor{
      "lstm.bias_ih_l0", checkpoint::Dtype::kInt64, {12}, {1}, 0, std::as_bytes(std::span(integers))};
  const auto text = file.refusal();
  CHECK(contains(text, "2 missing: \"lstm.bias_hh_l1\" [12], \"fc.bias\" [1]"));
  CHECK(contains(text, "1 unexpected: \"extra.weight\" [2]"));
  CHECK(contains(text, "1 of the wrong shape: \"lstm.weight_hh_l1\" must be [12, 3], was [2, 2]"));
  CHECK(contains(text, "1 of the wrong dtype: \"lstm.bias_ih_l0\" must be floating point, was int64"));
}

TEST_CASE("a long list ends with how many more there are") {
  File file(bilstm);
  for (int index = 0; index < 100; ++index)
    file.tensors.push_back({"extra." + std::to_string(index), {1}, {1}});
  CHECK(contains(file.refusal(), "100 unexpected: \"extra.0\" [1], "));
  CHECK(contains(file.refusal(), " and 76 more"));
}

TEST_CASE("weights of neither network are refused with what a network has") {
  File file(bilstm);
  file.tensors = {{"classifier.weight", {2}, {1, 2}}};
  CHECK(contains(file.refusal(), "those of neither network"));
  CHECK(contains(file.refusal(), "\"classifier.weight\" [2]"));
}

TEST_CASE("a BiLSTM of one direction is refused") {
  File file(bilstm);
  std::erase_if(file.tensors, [](const auto& tensor) { return contains(tensor.name, "_reverse"); });
  CHECK(contains(file.refusal(), "8 missing: \"lstm.weight_ih_l0_reverse\""));
}

TEST_CASE("the prefixes of wrappers are stripped") {
  for (const char* prefix :
       {"module.", "_orig_mod.", "model.", "module._orig_mod.", "_orig_mod.module.model."}) {
    File file(bilstm);
    const auto expected = file.load()->state();
    file.prefix(prefix);
    CHECK(file.load()->state().back().values == expected.back().values);
  }
  File mixed(bilstm);
  mixed.tensors.front().name = "module." + mixed.tensors.front().name;
  CHECK_THROWS_AS(mixed.load(), checkpoint::Refusal);
}

TEST_CASE("non-finite weights are counted by inspect and refused by load") {
  File file(transformer);
  file.at("fc.weight").values[2] = std::numeric_limits<float>::quiet_NaN();
  file.at("fc.weight").values[3] = std::numeric_limits<float>::infinity();
  file.at("pos_encoder.pe").values[0] = -std::numeric_limits<float>::infinity();
  CHECK(contains(file.refusal(),
                 "3 weights are NaN or infinite, in 2 tensors: \"pos_encoder.pe\" (1), \"fc.weight\" (2)"));
  const auto inspection = file.inspected();
  CHECK(inspection.architecture.has_value());
  int64_t nonfinite = 0;
  for (const auto& tensor : inspection.tensors) nonfinite += tensor.nonfinite;
  CHECK(nonfinite == 3);
}

TEST_CASE("the positions are taken from the file") {
  File file(transformer);
  file.at("pos_encoder.pe").values[5] = 42.0F;
  file.hyperparameters.set("nhead", 4);
  const auto state = file.load()->state();
  CHECK(state[2].name == "pos_encoder.pe");
  CHECK(state[2].values[5] == 42.0F);
}

TEST_CASE("nhead and dropout come from the file, else from the caller, else from the defaults") {
  const auto loaded = [](File& file, const std::optional<NetworkOptions>& expected = std::nullopt) {
    return std::get<TransformerClassifierOptions>(file.load(expected)->options());
  };
  File file(transformer);
  CHECK(loaded(file).nhead == 8);
  CHECK(loaded(file).dropout == 0.2);
  CHECK(loaded(file, NetworkOptions(TransformerClassifierOptions{5, 8, 2, 1, 6, 16, 0.5})).nhead == 2);
  CHECK(loaded(file, NetworkOptions(TransformerClassifierOptions{5, 8, 2, 1, 6, 16, 0.5})).dropout == 0.5);
  file.hyperparameters.set("num_heads", 4);
  file.hyperparameters.set("dropout", 0.1);
  CHECK(loaded(file).nhead == 4);
  CHECK(loaded(file).dropout == 0.1);
  CHECK(contains(file.refusal(NetworkOptions(TransformerClassifierOptions{5, 8, 2, 1, 6, 16, 0.1})),
                 "the expected nhead is 2, where it is 4 elsewhere"));
}

TEST_CASE("declared sizes that agree are accepted under their usual names") {
  File file(bilstm);
  file.hyperparameters.set("input_dim", 5);
  file.hyperparameters.set("hidden_size", 3.0);
  file.hyperparameters.set("num_layers", 2);
  file.hyperparameters.set("bidirectional", true);
  file.hyperparameters.set("model_type", "BiLSTMClassifier");
  file.hyperparameters.set("learning_rate", 1e-3);
  file.hyperparameters.set("dropout", Value());
  CHECK(file.load(NetworkOptions(bilstm)) != nullptr);
}

TEST_CASE("every declared size that contradicts the shapes is named") {
  File file(bilstm);
  file.hyperparameters.set("input_size", 86);
  file.hyperparameters.set("hidden_size", "three");
  file.hyperparameters.set("bidirectional", false);
  file.hyperparameters.set("architecture", "transformer");
  file.hyperparameters.set("dropout", 1.5);
  const auto text = file.refusal();
  CHECK(contains(text, "input_size is 86, where it is 5 by the weights' shapes"));
  CHECK(contains(text, "hidden_size must be a number, was \"three\""));
  CHECK(contains(text, "bidirectional must be True, was False"));
  CHECK(contains(text, "architecture is \"transformer\", where the weights are those of a bilstm"));
  CHECK(contains(text, "dropout must be in [0, 1), was 1.5"));
  // A report passes over them.
  CHECK(file.inspected().architecture.has_value());
}

TEST_CASE("the caller's expectation is held against the file") {
  File file(bilstm);
  CHECK(contains(file.refusal(NetworkOptions(transformer)),
                 "architecture is expected to be \"transformer\", was \"bilstm\""));
  CHECK(contains(file.refusal(NetworkOptions(BiLSTMClassifierOptions{6, 3, 2, 0.2})),
                 "the expected input_size is 6"));
}

TEST_CASE("nhead that does not divide d_model is refused") {
  File file(transformer);
  file.hyperparameters.set("nhead", 3);
  CHECK(contains(file.refusal(), "d_model must be a multiple of nhead"));
  CHECK_FALSE(file.inspected().architecture.has_value());
  file.hyperparameters.set("nhead", 0.5);
  CHECK(contains(file.refusal(), "nhead must be a whole number from 1, was 0.5"));
}

TEST_CASE(
    "shapes that claim far more than the file holds are refused before anything of their size is allocated") {
  const float value = 0.5f;
  File file(BiLSTMClassifierOptions{5, 1200, 1, 0.2});
  Value::Dict repeated;
  for (const auto& tensor : file.tensors) {
    checkpoint::Tensor view;
    view.sizes = tensor.shape;
    view.strides.assign(tensor.shape.size(), 0);
    view.storage = std::as_bytes(std::span(&value, 1));
    repeated.set(tensor.name, std::move(view));
  }
  test::TemporaryFolder folder;
  checkpoint::write_file(folder / "weights.pth", Value(std::move(repeated)));
  try {
    Network::load(folder / "weights.pth", std::nullopt);
    FAIL("loaded");
  } catch (const ModelError& error) {
    CHECK(contains(error.what(), "the file holds"));
  }
}

TEST_CASE("inspect names tensors as the file does, and keeps plain values") {
  File file(transformer);
  file.prefix("module.");
  file.hyperparameters.set("note", "hello");
  const auto inspection = file.inspected();
  CHECK(inspection.format == "torch-zip");
  CHECK(inspection.tensors.front().name == "module.input_projection.weight");
  CHECK(inspection.tensors.front().dtype == "float32");
  CHECK(inspection.tensors.front().shape == std::vector<int64_t>{8, 5});
  CHECK(inspection.architecture.has_value());
  const auto* note = inspection.hyperparameters.get_if<Value::Dict>()->find("note");
  REQUIRE(note != nullptr);
  CHECK(*note->get_if<std::string>() == "hello");
}

}  // namespace
}  // namespace dl_trade::networks
