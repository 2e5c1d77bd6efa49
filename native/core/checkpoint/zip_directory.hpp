#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "little_endian.hpp"

namespace dl_trade::checkpoint {

/** One central directory entry as it stands in the file; nothing of it is trusted yet. */
struct ZipEntry {
  std::string_view name;
  Bytes extra;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t comment_length = 0;
  std::uint16_t disk = 0;
  std::uint32_t crc = 0;
  std::uint32_t compressed_size = 0;
  std::uint32_t size = 0;
  std::uint32_t header_offset = 0;
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;
  /** Where the central directory starts, which is where the records end. */
  std::uint64_t offset = 0;
};

/** Finds the end records and walks the central directory; `file` starts with PK\3\4.
 *  @throws Refusal ZIP_END, ZIP_ZIP64, ZIP_DIRECTORY */
ZipDirectory read_zip_directory(Bytes file);

}  // namespace dl_trade::checkpoint
