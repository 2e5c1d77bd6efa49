#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace dl_trade::checkpoint {

/** The whole of a regular file, read once: what is parsed later cannot change any more.
 *  @throws Refusal FILE_MISSING, FILE_UNREADABLE, FILE_NOT_REGULAR, FILE_EMPTY, FILE_TOO_LARGE, FILE_CHANGED
 */
std::vector<std::byte> read_file_bytes(const std::filesystem::path& path, std::uint64_t most_bytes);

/** Writes `bytes` to a new file beside `path`, syncs it and renames it over `path`.
 *  @throws Refusal WRITE_FAILED; the file beside is gone then and `path` as it was */
void replace_file(const std::filesystem::path& path, const std::vector<std::byte>& bytes);

}  // namespace dl_trade::checkpoint
