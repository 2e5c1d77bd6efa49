#include <doctest/doctest.h>

#include "builder.hpp"

using namespace builder;
using dl_trade::checkpoint::Checkpoint;
using dl_trade::checkpoint::StateDict;

namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

StateDict read(const Entries& entries) {
  const Checkpoint read = Checkpoint::read_buffer(checkpoint(program(dict(entries))));
  StateDict copy = read.state_dict();
  for (auto& tensor : copy.tensors) tensor.storage = {};
  return copy;
}

std::string refused(const std::string& value) {
  return verdict(checkpoint(program(value)));
}

std::vector<std::string> names(const StateDict& state_dict) {
  std::vector<std::string> names;
  for (const auto& tensor : state_dict.tensors) names.push_back(tensor.name);
  return names;
}

bool is_the_models(const StateDict& state_dict) {
  return names(state_dict) == std::vector<std::string>{"lstm.w", "fc.b"};
}

std::vector<std::string> stripped(const std::vector<std::string>& keys) {
  Entries entries;
  for (const std::string& key : keys) entries.push_back({text(key), tensor()});
  return names(strip_prefixes(read(entries), is_the_models));
}

const std::vector<std::string> kModel{"lstm.w", "fc.b"};

}  // namespace

TEST_CASE("the state_dict is found under its usual keys, in their order") {
  const std::string weights = dict({{text("w"), tensor()}});
  for (const std::string key : {"model_state_dict", "state_dict", "model", "net", "weights"}) {
    CHECK(read({{text("epoch"), integer(3)}, {text(key), weights}}).found_under == key);
  }
  CHECK(read({{text("net"), weights}, {text("state_dict"), weights}}).found_under == "state_dict");
  CHECK(read({{text("model_state_dict"), "}"}, {text("net"), weights}}).found_under == "net");
  CHECK(read({{text("model"), "N"}, {text("w"), tensor()}}).found_under.empty());
}

TEST_CASE("a file without weights is refused with the keys that it has") {
  for (const std::string& value : {std::string("N"), std::string("}"), list({"N"})}) {
    CHECK(verdict(zip({{"a/data.pkl", program(value)}, {"a/version", "3"}})) == "STATE_DICT_MISSING");
  }
  Entries many;
  for (int i = 0; i < 30; ++i) many.push_back({i == 0 ? "N" : text("key" + std::to_string(i)), "N"});
  try {
    Checkpoint::read_buffer(zip({{"a/data.pkl", program(dict(many))}, {"a/version", "3"}}));
    FAIL("it was read");
  } catch (const dl_trade::checkpoint::Refusal& refusal) {
    CHECK(std::string(refusal.what()).find("None, \"key1\"") != std::string::npos);
    CHECK(std::string(refusal.what()).ends_with("..."));
  }
}

TEST_CASE("names are strings") {
  CHECK(refused(dict({{integer(0), tensor()}})) == "STATE_DICT_KEYS");
  CHECK(refused(dict({{text("net"), dict({{"N", tensor()}})}})) == "STATE_DICT_KEYS");
}

TEST_CASE("more names than any network has are refused") {
  const Bytes two = checkpoint(program(dict({{text("a"), tensor()}, {text("b"), tensor()}})));
  CHECK(verdict(two, {.state_dict_entries = 2}) == "");
  CHECK(verdict(two, {.state_dict_entries = 1}) == "STATE_DICT_KEYS");
}

TEST_CASE("entries that are no tensors are listed apart") {
  const StateDict found = read({{text("w"), tensor()}, {text("note"), text("x")}});
  REQUIRE(found.others.size() == 1);
  CHECK(found.others[0].name == "note");
  CHECK(found.others[0].kind == "str");
  CHECK(found.find("w") != nullptr);
  CHECK(found.find("note") == nullptr);
}

TEST_CASE("prefixes that all names share are stripped, up to four") {
  CHECK(stripped(kModel) == kModel);
  CHECK(stripped({"module.lstm.w", "module.fc.b"}) == kModel);
  CHECK(stripped({"_orig_mod.module.lstm.w", "_orig_mod.module.fc.b"}) == kModel);
  CHECK(stripped({"model.module._orig_mod.module.lstm.w", "model.module._orig_mod.module.fc.b"}) == kModel);
  CHECK(stripped({"model.model.model.model.model.lstm.w", "model.model.model.model.model.fc.b"}) ==
        std::vector<std::string>{"model.lstm.w", "model.fc.b"});
  CHECK(stripped({"other.lstm.w", "other.fc.b"}) == std::vector<std::string>{"other.lstm.w", "other.fc.b"});
}

TEST_CASE("the averaged model's counter is dropped with its prefix") {
  CHECK(stripped({"n_averaged", "module.lstm.w", "module.fc.b"}) == kModel);
  CHECK(stripped({"module.n_averaged", "module.module.lstm.w", "module.module.fc.b"}) == kModel);
  CHECK(stripped({"n_averaged", "lstm.w"}) == std::vector<std::string>{"n_averaged", "lstm.w"});
}

TEST_CASE("names of which only some carry a prefix are refused") {
  const auto code_of = [](const std::vector<std::string>& keys) {
    try {
      stripped(keys);
      return std::string();
    } catch (const dl_trade::checkpoint::Refusal& refusal) {
      return std::string(code_name(refusal.code()));
    }
  };
  CHECK(code_of({"module.lstm.w", "fc.b"}) == "STATE_DICT_PREFIX");
  CHECK(code_of({"module.lstm.w", "model.fc.b"}) == "STATE_DICT_PREFIX");
}
