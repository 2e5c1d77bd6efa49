#pragma once

#include <vector>

#include "zip_directory.hpp"

namespace dl_trade::checkpoint {

/** A record whose place in the file is proven; `name` still has the common root. */
struct ZipRecord {
  std::string_view name;
  Bytes data;
  std::uint32_t crc = 0;
};

/** Checks every entry against torch.save's layout: fields, names, local headers, and that the records tile
 * the file.
 *  @throws Refusal ZIP_ENTRY, ZIP_COMPRESSED, ZIP_NAME, ZIP_LOCAL_HEADER, ZIP_LAYOUT */
std::vector<ZipRecord> check_zip_entries(Bytes file, const ZipDirectory& directory);

}  // namespace dl_trade::checkpoint
