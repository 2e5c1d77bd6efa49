#include <doctest/doctest.h>

#include "../checkpoint/builder.hpp"
#include "checkpoint_laws.hpp"
#include "checkpoint_mutation.hpp"
#include "live_memory.hpp"

using namespace std::string_literals;

namespace {

std::string as_text(const builder::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string sound_file() {
  return as_text(
      builder::checkpoint(builder::beside_weights(builder::list({builder::integer(300), "Nq\0h\0\x86"s}))));
}

std::string flip_a_bit(const std::string& bytes) {
  std::string changed = bytes;
  if (!changed.empty()) changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  return changed;
}

}  // namespace

TEST_CASE("a pickle taken apart into instructions joins to the same bytes") {
  const std::string pickle = builder::beside_weights(builder::list({builder::text("a"), builder::real(1.5)}));
  const auto instructions = pickle_instructions::split(pickle);
  CHECK(pickle_instructions::join(instructions) == pickle);
  CHECK(instructions.front() == "\x80\x02"s);
  CHECK(instructions.back() == ".");
}

TEST_CASE("an instruction that is cut off, or bytes that are none, still join to the same bytes") {
  for (const std::string& pickle :
       {"\x80"s, "X\xff\xff\xff\xff"s, "X\1"s, "cno newline"s, "\x8a\x05"s, "\xfe\xfe"s, ""s})
    CHECK(pickle_instructions::join(pickle_instructions::split(pickle)) == pickle);
}

TEST_CASE("memo slots are numbered in the order they are filled, and reads follow their slot") {
  std::vector<std::string> instructions{"]", "q\5"s, "}", "q\2"s, "h\2"s, "h\5"s, "h\x63"s};
  pickle_instructions::renumber_memo(instructions);
  CHECK(pickle_instructions::join(instructions) == "]q\0}q\1h\1h\0h\x63"s);
}

TEST_CASE("mutants of a sound checkpoint reach every stage of the reader") {
  checkpoint_mutation::Random random(1);
  const std::string file = sound_file();
  int container = 0;
  int pickle = 0;
  int accepted = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string mutant = checkpoint_mutation::mutant(file, random, flip_a_bit);
    const std::string verdict = builder::verdict(builder::to_bytes(mutant));
    container += verdict.starts_with("ZIP_") ? 1 : 0;
    pickle += verdict.starts_with("PICKLE_") ? 1 : 0;
    accepted += verdict.empty() ? 1 : 0;
  }
  CHECK(container > 4);
  CHECK(container < 100);
  CHECK(pickle > 100);
  CHECK(accepted > 10);
}

TEST_CASE("a file that is no torch zip is changed as plain bytes") {
  checkpoint_mutation::Random random(1);
  CHECK(checkpoint_mutation::mutant("not a zip", random, flip_a_bit) == flip_a_bit("not a zip"));
}

TEST_CASE("a crossing keeps the container sound and brings the other's records") {
  checkpoint_mutation::Random random(3);
  auto records = builder::records(builder::beside_weights("N"));
  records.push_back({"archive/data/7", "seven"});
  const std::string crossed =
      checkpoint_mutation::crossed(sound_file(), as_text(builder::zip(records)), random);
  CHECK(crossed.find("archive/data/7") != std::string::npos);
  CHECK(!builder::verdict(builder::to_bytes(crossed)).starts_with("ZIP_"));
}

TEST_CASE("the laws hold for a sound checkpoint and for one that is refused") {
  checkpoint_laws::require_laws(builder::to_bytes(sound_file()));
  checkpoint_laws::require_laws(builder::to_bytes("nothing of the kind"));
}

TEST_CASE("memory is counted at its highest, not at its end") {
  const LiveMemory memory;
  {
    const std::vector<char> passing(1 << 20);
  }
  const std::size_t peak = memory.peak();
  {
    const std::vector<char> smaller(1 << 10);
  }
#if defined(__SANITIZE_ADDRESS__)
  CHECK(peak >= 1 << 20);
#endif
  CHECK(memory.peak() == peak);
}
