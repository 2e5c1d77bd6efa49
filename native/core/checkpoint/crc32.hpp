#pragma once

#include <cstdint>

#include "little_endian.hpp"

namespace dl_trade::checkpoint {

/** CRC-32 as zip has it (polynomial 0xEDB88320), about 2 GB/s. */
std::uint32_t crc32(Bytes bytes);

}  // namespace dl_trade::checkpoint
