// What libFuzzer calls in place of its own mutations; see checkpoint_mutation.hpp.
#include <cstring>

#include "checkpoint_mutation.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

constexpr std::size_t kRoomToGrow = 256;

std::string mutate_bytes(const std::string& bytes) {
  std::string room = bytes;
  room.resize(bytes.size() + kRoomToGrow);
  room.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(room.data()), bytes.size(), room.size()));
  return room;
}

std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/** Gives `made` to libFuzzer; 0 lets it try again. */
std::size_t hand_out(const std::string& made, std::uint8_t* out, std::size_t max_size) {
  if (made.size() > max_size) return 0;
  std::memcpy(out, made.data(), made.size());
  return made.size();
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  checkpoint_mutation::Random random(seed);
  return hand_out(checkpoint_mutation::mutant(text_of(data, size), random, mutate_bytes), data, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data, std::size_t size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t max_size, unsigned int seed) {
  checkpoint_mutation::Random random(seed);
  return hand_out(checkpoint_mutation::crossed(text_of(data, size), text_of(other, other_size), random), out,
                  max_size);
}
