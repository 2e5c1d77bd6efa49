#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dl_trade::checkpoint {

using Bytes = std::span<const std::byte>;

/** The unsigned integer of sizeof(T) bytes at `offset`, which the caller has compared with the size. */
template <typename T>
T load_le(Bytes bytes, std::uint64_t offset) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value =
        static_cast<T>(value | (static_cast<T>(std::to_integer<std::uint8_t>(bytes[offset + i])) << (8 * i)));
  }
  return value;
}

/** Whether [offset, offset + length) lies inside `size`, asked so that nothing can wrap. */
constexpr bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
  return offset <= size && length <= size - offset;
}

}  // namespace dl_trade::checkpoint
