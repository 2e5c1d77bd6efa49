#include <doctest/doctest.h>

#include "builder.hpp"
#include "checkpoint/archive.hpp"

using namespace builder;

namespace {

const std::string kSound = beside_weights("N");

std::string with_record(const std::string& name, const std::string& data = "x") {
  auto all = records(kSound);
  all.push_back({"archive/" + name, data});
  return verdict(zip(all));
}

std::string with_content(const std::string& name, const std::string& data) {
  auto all = records(kSound);
  for (Record& record : all) {
    if (record.name == "archive/" + name) record.data = data;
  }
  return verdict(zip(all));
}

std::string of_names(const std::vector<std::string>& names) {
  std::vector<Record> all;
  for (const std::string& name : names) all.push_back({name, "x"});
  return verdict(zip(all));
}

}  // namespace

TEST_CASE("archives of other programs are named by what they hold") {
  CHECK(of_names({"m/data.pkl", "m/constants.pkl"}) == "FORMAT_TORCHSCRIPT");
  CHECK(of_names({"m/code/x.py"}) == "FORMAT_TORCHSCRIPT");
  CHECK(of_names({"constants.pkl"}) == "FORMAT_TORCHSCRIPT");
  CHECK(of_names({"m/archive_format"}) == "FORMAT_EXPORTED_PROGRAM");
  CHECK(of_names({"models/model.json"}) == "FORMAT_EXPORTED_PROGRAM");
  CHECK(of_names({"w.npy", "b.npy"}) == "FORMAT_NUMPY_ARCHIVE");
  CHECK(of_names({"readme.txt"}) == "FORMAT_ZIP");
}

TEST_CASE("a checkpoint saved as models.pth or code.pth is not taken for another format") {
  for (const std::string root : {"models", "code"}) {
    auto all = records(kSound);
    for (Record& record : all) record.name.replace(0, 7, root);
    CHECK(verdict(zip(all)) == "");
  }
}

TEST_CASE("records that torch.save never writes are refused, and names that start with a dot are ignored") {
  for (const std::string name :
       {"evil.py", "data", "data/00", "data/-1", "data/1234567890", "data/1/2", "data.pkl2"}) {
    CAPTURE(name);
    CHECK(with_record(name) == "RECORD_UNEXPECTED");
  }
  CHECK(with_record(".anything") == "");
}

TEST_CASE("the version is a number from 1 to 10 and must be there") {
  for (const std::string good : {"1", "3\n", "10", "003"}) CHECK(with_content("version", good) == "");
  for (const std::string bad : {"", "\n", "0", "11", "1000", "a", "-1", "3\n\n", "3\r\n", " 3"}) {
    CAPTURE(bad);
    CHECK(with_content("version", bad) == "RECORD_INVALID");
  }
  auto all = records(kSound);
  std::erase_if(all, [](const Record& record) { return record.name == "archive/version"; });
  CHECK(verdict(zip(all)) == "RECORD_MISSING");
}

TEST_CASE("only little-endian tensors are read") {
  CHECK(with_content("byteorder", "big") == "RECORD_BIG_ENDIAN");
  CHECK(with_content("byteorder", "middle") == "RECORD_INVALID");
}

TEST_CASE("data.pkl beyond its cap is refused") {
  CHECK(verdict(checkpoint(kSound), {.pickle_bytes = kSound.size()}) == "");
  CHECK(verdict(checkpoint(kSound), {.pickle_bytes = kSound.size() - 1}) == "RECORD_INVALID");
}

TEST_CASE("a storage that no tensor refers to is refused") {
  CHECK(with_record("data/7") == "RECORD_UNREFERENCED");
  CHECK(with_record("data/999999999", "") == "RECORD_UNREFERENCED");
}

TEST_CASE("storage keys are plain numbers of at most nine digits") {
  using dl_trade::checkpoint::parse_storage_key;
  CHECK(parse_storage_key("0") == 0u);
  CHECK(parse_storage_key("999999999") == 999999999u);
  for (const std::string bad : {"", "00", "01", "-1", "1 ", "a", "1234567890"})
    CHECK(!parse_storage_key(bad));
}
