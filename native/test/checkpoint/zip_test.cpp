#include <doctest/doctest.h>

#include "builder.hpp"

using namespace builder;

namespace {

const Bytes& sound() {
  static const Bytes zip = checkpoint(beside_weights("N"));
  return zip;
}

template <typename T>
std::string central(std::string_view name, std::size_t field, T value) {
  return verdict(patched(sound(), central_entry(sound(), name) + field, value));
}

template <typename T>
std::string local(std::string_view name, std::size_t field, T value) {
  return verdict(patched(sound(), local_header(sound(), name) + field, value));
}

template <typename T>
std::string end(std::ptrdiff_t field, T value) {
  return verdict(patched(sound(), end_record(sound()) + static_cast<std::size_t>(field), value));
}

std::string named(const std::string& name) {
  auto all = records(beside_weights("N"));
  all.push_back({name, "x"});
  return verdict(zip(all));
}

constexpr auto kWeights = "archive/data/0";
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

}  // namespace

TEST_CASE("a sound archive is read") {
  CHECK(verdict(sound()) == "");
}

TEST_CASE("every truncation of a sound archive is refused") {
  for (std::size_t size = 0; size < sound().size(); ++size) {
    CAPTURE(size);
    CHECK(verdict(Bytes(sound().begin(), sound().begin() + static_cast<std::ptrdiff_t>(size))) != "");
  }
}

TEST_CASE("anything behind the end record is refused") {
  Bytes longer = sound();
  longer.push_back(std::byte{0});
  CHECK(verdict(longer) == "ZIP_END");
}

TEST_CASE("the end record must agree with itself") {
  CHECK(end(0, U32{0}) == "ZIP_END");
  CHECK(end(4, U16{1}) == "ZIP_END");
  CHECK(end(6, U16{1}) == "ZIP_END");
  CHECK(end(8, U16{4}) == "ZIP_END");
  CHECK(end(20, U16{1}) == "ZIP_END");
}

TEST_CASE("the zip64 records must agree with the end record") {
  CHECK(end(-20 + 4, U32{1}) == "ZIP_ZIP64");
  CHECK(end(-20 + 8, U64{1}) == "ZIP_ZIP64");
  CHECK(end(-20 + 16, U32{2}) == "ZIP_ZIP64");
  CHECK(end(-76, U32{0}) == "ZIP_ZIP64");
  CHECK(end(-76 + 4, U64{45}) == "ZIP_ZIP64");
  CHECK(end(-76 + 16, U32{1}) == "ZIP_ZIP64");
  CHECK(end(-76 + 24, U64{9}) == "ZIP_ZIP64");
  CHECK(end(-76 + 32, U64{9}) == "ZIP_ZIP64");
  CHECK(end(-76 + 40, U64{9}) == "ZIP_ZIP64");
  CHECK(end(-76 + 48, U64{9}) == "ZIP_ZIP64");
  CHECK(end(12, U32{9}) == "ZIP_ZIP64");
}

TEST_CASE("the directory must fill its place") {
  CHECK(central("archive/data.pkl", 0, U32{0}) == "ZIP_DIRECTORY");
  CHECK(central("archive/.data", 28, U16{0xffff}) == "ZIP_DIRECTORY");
  const std::size_t at = end_record(sound());
  Bytes fewer = patched(patched(sound(), at + 8, U16{4}), at + 10, U16{4});
  fewer = patched(patched(fewer, at - 76 + 24, U64{4}), at - 76 + 32, U64{4});
  CHECK(verdict(fewer) == "ZIP_DIRECTORY");
  Bytes moved = patched(patched(sound(), at + 16, U32{5}), at - 76 + 48, U64{5});
  CHECK(verdict(moved) == "ZIP_DIRECTORY");
}

TEST_CASE("an archive without zip64 records is read, and its directory still ends at the end record") {
  Bytes plain = sound();
  plain.erase(plain.end() - 98, plain.end() - 22);
  CHECK(verdict(plain) == "");
  plain.insert(plain.end() - 22, std::byte{0});
  CHECK(verdict(plain) == "ZIP_DIRECTORY");
}

TEST_CASE("compressed entries are refused") {
  CHECK(central(kWeights, 10, U16{8}) == "ZIP_COMPRESSED");
}

TEST_CASE("entries with any other flag than torch's are refused") {
  for (int bit = 0; bit < 16; ++bit) {
    if (bit == 3 || bit == 11) continue;
    CAPTURE(bit);
    CHECK(central(kWeights, 8, static_cast<U16>(0x0808 | 1 << bit)) == "ZIP_ENTRY");
  }
}

TEST_CASE("entries with two sizes, zip64 escapes, a comment or another disk are refused") {
  CHECK(central(kWeights, 24, U32{25}) == "ZIP_ENTRY");
  CHECK(central(kWeights, 20, U32{0xffffffff}) == "ZIP_ENTRY");
  CHECK(central(kWeights, 42, U32{0xffffffff}) == "ZIP_ENTRY");
  CHECK(central(kWeights, 34, U16{1}) == "ZIP_ENTRY");
}

TEST_CASE("extra fields must be well-formed and never zip64") {
  const std::size_t extra = 30 + std::string_view(kWeights).size();
  CHECK(local(kWeights, extra, U16{1}) == "ZIP_ENTRY");
  CHECK(local(kWeights, extra + 2, U16{3}) == "ZIP_ENTRY");
  CHECK(local(kWeights, extra + 2, U16{1}) == "ZIP_ENTRY");
  CHECK(local(kWeights, extra + 2, U16{0}) == "ZIP_ENTRY");
}

TEST_CASE("names that could leave the archive or hide in it are refused") {
  for (const std::string name :
       {"other/x", "archive//x", "archive/./x", "archive/../x", "archive/x/", "x", "/x", "a\\x",
        "archive/\x01", "archive/\xff", "archive/\x7f", "archive/\xc2\x85"}) {
    CAPTURE(name);
    CHECK(named(name) == "ZIP_NAME");
  }
  CHECK(named("") == "ZIP_NAME");
  CHECK(named(std::string("archive/a\0b", 11)) == "ZIP_NAME");
  CHECK(named("archive/." + std::string(504, 'a')) == "ZIP_NAME");
  CHECK(named("archive/." + std::string(503, 'a')) == "");
  CHECK(named("archive/data/0") == "ZIP_NAME");
  CHECK(named("archive/DATA.PKL") == "ZIP_NAME");
}

TEST_CASE("local headers must agree with the directory") {
  CHECK(local(kWeights, 0, U32{0}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 6, U16{0x0800}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 8, U16{8}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 14, U32{1}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 18, U32{1}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 22, U32{1}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 26, U16{13}) == "ZIP_LOCAL_HEADER");
  CHECK(local(kWeights, 28, U16{0xffff}) == "ZIP_LOCAL_HEADER");
  CHECK(central(kWeights, 42, U32{1u << 30}) == "ZIP_LOCAL_HEADER");
  const std::size_t at = central_entry(sound(), kWeights);
  CHECK(verdict(patched(patched(sound(), at + 20, U32{1u << 20}), at + 24, U32{1u << 20})) ==
        "ZIP_LOCAL_HEADER");
}

TEST_CASE("data descriptors must agree with the directory") {
  const std::size_t data = local_header(sound(), kWeights) + 30 + std::string_view(kWeights).size() + 6;
  const std::size_t descriptor = data + 24;
  CHECK(verdict(patched(sound(), descriptor + 4, U32{1})) == "ZIP_LOCAL_HEADER");
  CHECK(verdict(patched(sound(), descriptor + 8, U32{1})) == "ZIP_LOCAL_HEADER");
  CHECK(verdict(patched(sound(), descriptor + 12, U32{1})) == "ZIP_LOCAL_HEADER");
  CHECK(verdict(patched(sound(), descriptor, U32{1})) == "ZIP_LAYOUT");
}

TEST_CASE("bytes between the records are refused") {
  const std::size_t directory = central_entry(sound(), "archive/data.pkl");
  Bytes gap = sound();
  gap.insert(gap.begin() + static_cast<std::ptrdiff_t>(directory), std::byte{0});
  const std::size_t at = end_record(gap);
  gap = patched(patched(gap, at + 16, static_cast<U32>(directory + 1)), at - 76 + 48, U64{directory + 1});
  gap = patched(gap, at - 20 + 8, static_cast<U64>(at - 76));
  CHECK(verdict(gap) == "ZIP_LAYOUT");
}

TEST_CASE("a changed bit of any record is noticed by its CRC, unless no CRC was computed") {
  const std::size_t data = local_header(sound(), kWeights) + 30 + std::string_view(kWeights).size() + 6;
  const Bytes flipped = patched(sound(), data, std::uint8_t{1});
  CHECK(verdict(flipped) == "ZIP_CRC");
  const Bytes unchecked =
      patched(patched(flipped, central_entry(flipped, kWeights) + 16, U32{0}), data + 24 + 4, U32{0});
  CHECK(verdict(unchecked) == "");
}
