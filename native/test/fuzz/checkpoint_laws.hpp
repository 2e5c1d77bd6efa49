#pragma once

#include <cstddef>
#include <vector>

/** What holds for the checkpoint reader on any bytes at all; for the fuzzer, which knows no right answer. */
namespace checkpoint_laws {

/** Reads the bytes and aborts, with the law on stderr, unless
 *  - the verdict is a Checkpoint or a Refusal with a message, and the same at a second reading;
 *  - reading and unfolding never holds more than 64 MB beyond the input at once (under AddressSanitizer);
 *  - a reading takes less than a second of processor time;
 *  - every tensor lies inside its storage;
 *  - shapes, values and counts of values that are not finite agree with each other;
 *  - what can be written is read back equal. */
void require_laws(const std::vector<std::byte>& bytes);

}  // namespace checkpoint_laws
