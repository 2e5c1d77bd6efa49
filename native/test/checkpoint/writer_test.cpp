#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "builder.hpp"
#include "checkpoint/writer.hpp"

using namespace dl_trade::checkpoint;
namespace fs = std::filesystem;

namespace {

const std::vector<float> kData{1, 2, 3, 4, 5, 6};

std::string code_of(const Value& root) {
  try {
    serialize(root);
    return "";
  } catch (const Refusal& refusal) {
    return std::string(code_name(refusal.code()));
  }
}

Value nested(int depth) {
  return depth == 0 ? Value(1) : Value(Value::List{nested(depth - 1)});
}

}  // namespace

TEST_CASE("what is written is read back") {
  const fs::path path = fs::temp_directory_path() / "checkpoint writer-test.pth";
  const std::vector<NamedArray> weights{
      {"fc.weight", {2, 3}, kData}, {"fc.bias", {}, std::span(kData).first(1)}, {"none", {0, 4}, {}}};
  Value::Dict hyperparameters;
  hyperparameters.set("hidden", 128);
  hyperparameters.set("dropout", 0.25);
  hyperparameters.set("name", "ü");
  hyperparameters.set("flags", Value::List{true, false, Value(), -1, 70'000, std::int64_t{1} << 40, 300});
  hyperparameters.set("empty", Value::Dict{});
  write_checkpoint(path, weights, hyperparameters);
  const Checkpoint read = Checkpoint::read_file(path);
  fs::remove(path);
  REQUIRE(read.state_dict().tensors.size() == 3);
  CHECK(read.state_dict().found_under == "model_state_dict");
  CHECK(to_float32(*read.state_dict().find("fc.weight")) == kData);
  CHECK(read.state_dict().find("none")->sizes == std::vector<std::int64_t>{0, 4});
  const Value hyper = read.hyperparameters();
  const auto* dict = hyper.get_if<Value::Dict>();
  REQUIRE(dict != nullptr);
  CHECK(*dict->find("hidden")->get_if<std::int64_t>() == 128);
  CHECK(*dict->find("dropout")->get_if<double>() == 0.25);
  CHECK(*dict->find("name")->get_if<std::string>() == "ü");
  const auto& flags = *dict->find("flags")->get_if<Value::List>();
  CHECK(*flags[5].get_if<std::int64_t>() == std::int64_t{1} << 40);
  CHECK(*flags[3].get_if<std::int64_t>() == -1);
}

TEST_CASE("a bare state_dict is read back") {
  const fs::path path = fs::temp_directory_path() / "checkpoint-writer-bare.pth";
  const std::vector<NamedArray> weights{{"w", {6}, kData}};
  write_state_dict(path, weights);
  const Checkpoint read = Checkpoint::read_file(path);
  fs::remove(path);
  CHECK(read.state_dict().found_under.empty());
  CHECK(to_float32(*read.state_dict().find("w")) == kData);
}

TEST_CASE("tensors of one storage stay tied, and many tensors pass the short memo") {
  Value::Dict state{.items = {}, .ordered = true};
  std::vector<float> many(300);
  for (int i = 0; i < 300; ++i) {
    const NamedArray one{
        "w" + std::to_string(i), {1}, std::span(many).subspan(static_cast<std::size_t>(i), 1)};
    state.items.push_back(to_value(std::span(&one, 1)).get_if<Value::Dict>()->items[0]);
  }
  state.set("tied", state.items[0].second);
  const Checkpoint read = Checkpoint::read_buffer(serialize(state));
  CHECK(read.state_dict().tensors.size() == 301);
  CHECK(read.state_dict().find("tied")->storage.data() == read.state_dict().find("w0")->storage.data());
}

TEST_CASE("the same values give the same bytes") {
  const std::vector<NamedArray> weights{{"w", {6}, kData}};
  CHECK(serialize(to_value(weights)) == serialize(to_value(weights)));
}

TEST_CASE("data lies on multiples of 64") {
  const std::vector<NamedArray> weights{{"w", {6}, kData}};
  const builder::Bytes bytes = serialize(to_value(weights));
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view raw(reinterpret_cast<const char*>(kData.data()), 24);
  CHECK(all.find(raw) % 64 == 0);
}

TEST_CASE("what cannot be read back is not written") {
  CHECK(code_of(nested(20)) == "");
  CHECK(code_of(nested(40)) == "WRITE_INVALID");
  CHECK(code_of(BigInt{"18446744073709551616"}) == "WRITE_INVALID");
  CHECK(code_of("\xff") == "WRITE_INVALID");
  Value::Dict twice;
  twice.items.emplace_back(Value("a"), Value(1));
  twice.items.emplace_back(Value("a"), Value(2));
  CHECK(code_of(twice) == "WRITE_INVALID");
  Tensor beyond;
  beyond.sizes = {7};
  beyond.strides = {1};
  beyond.storage = std::as_bytes(std::span(kData));
  CHECK(code_of(beyond) == "WRITE_INVALID");
  const std::vector<NamedArray> wrong{{"w", {2, 2}, kData}};
  CHECK_THROWS_AS(to_value(wrong), Refusal);
  const std::vector<NamedArray> negative{{"w", {-6}, kData}};
  CHECK_THROWS_AS(to_value(negative), Refusal);
  const std::vector<NamedArray> huge{{"w", {INT64_MAX, 2}, kData}};
  CHECK_THROWS_AS(to_value(huge), Refusal);
}

TEST_CASE("a write that fails leaves the old file as it was") {
  const fs::path folder = fs::temp_directory_path() / "checkpoint-writer-folder";
  fs::create_directories(folder);
  CHECK_THROWS_AS(write_file(folder / "no" / "such.pth", Value(1)), Refusal);
  std::ofstream(folder / "old.pth") << "old";
  CHECK_THROWS_AS(write_file(folder / "old.pth", Value("\xff")), Refusal);
  std::string old;
  std::ifstream(folder / "old.pth") >> old;
  CHECK(old == "old");
  fs::remove_all(folder);
}
