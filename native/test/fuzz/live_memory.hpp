#pragma once

#include <cstddef>

/** The most bytes that this thread held at once on the heap while an instance lived, beyond what it held
 * before. Counted allocation by allocation under AddressSanitizer; always 0 without it. */
class LiveMemory {
 public:
  LiveMemory();
  std::size_t peak() const;
};
