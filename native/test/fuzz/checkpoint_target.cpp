// The fuzzing entry, for libFuzzer (checkpoint_fuzzer) and for checkpoint_mutants.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "checkpoint_laws.hpp"

/** Reads the bytes as a checkpoint, touches everything it gives out, and aborts where a law is broken. */
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  checkpoint_laws::require_laws({bytes, bytes + size});
  return 0;
}
