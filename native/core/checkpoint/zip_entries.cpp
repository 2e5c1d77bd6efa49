#include "zip_entries.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "quote.hpp"
#include "refusal.hpp"
#include "utf8.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::uint64_t kLocalSize = 30;
constexpr std::uint64_t kDescriptorSize = 16;
constexpr std::uint16_t kDescriptorFlag = 0x0008;
constexpr std::uint16_t kUtf8Flag = 0x0800;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint32_t kEscaped = 0xffffffff;

[[noreturn]] void refuse(Code code, const ZipEntry& entry, const std::string& what) {
  throw Refusal(code, "the zip entry " + quote(entry.name) + " " + what);
}

void check_extra(const ZipEntry& entry, Bytes extra, const char* where) {
  for (std::uint64_t at = 0; at < extra.size();) {
    if (!fits(at, 4, extra.size()))
      refuse(Code::kZipEntry, entry, std::string("has a malformed extra field in its ") + where);
    const auto length = load_le<std::uint16_t>(extra, at + 2);
    if (!fits(at + 4, length, extra.size())) {
      refuse(Code::kZipEntry, entry, std::string("has an extra field that is cut off in its ") + where);
    }
    if (load_le<std::uint16_t>(extra, at) == kZip64Extra) {
      refuse(Code::kZipEntry, entry, std::string("has a zip64 extra field in its ") + where);
    }
    at += 4 + length;
  }
}

void check_fields(const ZipEntry& entry) {
  if (entry.method != 0) {
    refuse(Code::kZipCompressed, entry,
           "is compressed (method " + std::to_string(entry.method) + "); re-save the file with torch.save");
  }
  if ((entry.flags & ~(kDescriptorFlag | kUtf8Flag)) != 0) {
    refuse(
        Code::kZipEntry, entry,
        "has flags " + std::to_string(entry.flags) + ": encrypted, patched or masked entries are not read");
  }
  if (entry.size == kEscaped || entry.compressed_size == kEscaped || entry.header_offset == kEscaped) {
    refuse(Code::kZipEntry, entry, "has a zip64 size or offset");
  }
  if (entry.size != entry.compressed_size)
    refuse(Code::kZipEntry, entry, "is stored but has two different sizes");
  if (entry.comment_length != 0) refuse(Code::kZipEntry, entry, "has a comment");
  if (entry.disk != 0) refuse(Code::kZipEntry, entry, "lies on another disk");
  check_extra(entry, entry.extra, "directory entry");
}

bool has_control_character(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const auto point = next_code_point(name, at);
    if (!point || *point < 0x20 || (*point >= 0x7f && *point < 0xa0)) return true;
  }
  return false;
}

bool has_bad_segment(std::string_view name) {
  for (std::size_t start = 0;;) {
    const std::size_t slash = name.find('/', start);
    const std::string_view segment =
        name.substr(start, slash == std::string_view::npos ? slash : slash - start);
    if (segment.empty() || segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) return false;
    start = slash + 1;
  }
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

void check_names(const std::vector<ZipEntry>& entries) {
  const std::string_view first = entries.front().name;
  const std::string_view root = first.substr(0, first.find('/'));
  std::unordered_set<std::string> seen;
  for (const ZipEntry& entry : entries) {
    const std::string_view name = entry.name;
    if (name.empty() || name.size() > 512)
      refuse(Code::kZipName, entry, "has a name of no or over 512 bytes");
    if (!is_valid_utf8(name)) refuse(Code::kZipName, entry, "has a name that is not UTF-8");
    if (has_control_character(name) || name.find('\\') != std::string_view::npos) {
      refuse(Code::kZipName, entry, "has a control character or backslash in its name");
    }
    if (has_bad_segment(name))
      refuse(Code::kZipName, entry, "has an empty, \".\" or \"..\" segment in its name");
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) refuse(Code::kZipName, entry, "lies outside a folder");
    if (name.substr(0, slash) != root)
      refuse(Code::kZipName, entry, "lies outside the common folder " + quote(root));
    if (!seen.insert(ascii_lower(name)).second) refuse(Code::kZipName, entry, "appears twice");
  }
}

/** Where the entry's data and then its descriptor end. */
struct Place {
  const ZipEntry* entry = nullptr;
  std::uint64_t data = 0;
  std::uint64_t end = 0;
};

std::uint64_t check_local_header(Bytes file, const ZipEntry& entry, std::uint64_t limit) {
  const std::uint64_t at = entry.header_offset;
  if (!fits(at, kLocalSize, limit) || load_le<std::uint32_t>(file, at) != 0x04034b50) {
    refuse(Code::kZipLocalHeader, entry, "has no local header at offset " + std::to_string(at));
  }
  const auto name_length = load_le<std::uint16_t>(file, at + 26);
  const auto extra_length = load_le<std::uint16_t>(file, at + 28);
  if (!fits(at + kLocalSize, std::uint64_t{name_length} + extra_length, limit)) {
    refuse(Code::kZipLocalHeader, entry, "has a local header that reaches into the directory");
  }
  const Bytes name = file.subspan(at + kLocalSize, name_length);
  if (std::string_view(reinterpret_cast<const char*>(name.data()), name.size()) != entry.name) {
    refuse(Code::kZipLocalHeader, entry, "has another name in its local header");
  }
  if (load_le<std::uint16_t>(file, at + 6) != entry.flags ||
      load_le<std::uint16_t>(file, at + 8) != entry.method) {
    refuse(Code::kZipLocalHeader, entry, "has other flags or another method in its local header");
  }
  const bool deferred = (entry.flags & kDescriptorFlag) != 0;
  const auto agrees = [&](std::uint64_t field, std::uint32_t expected) {
    const auto found = load_le<std::uint32_t>(file, at + field);
    return found == expected || (deferred && found == 0);
  };
  if (!agrees(14, entry.crc) || !agrees(18, entry.size) || !agrees(22, entry.size)) {
    refuse(Code::kZipLocalHeader, entry, "has another size or CRC in its local header");
  }
  check_extra(entry, file.subspan(at + kLocalSize + name_length, extra_length), "local header");
  return at + kLocalSize + name_length + extra_length;
}

Place locate(Bytes file, const ZipEntry& entry, std::uint64_t limit) {
  const std::uint64_t data = check_local_header(file, entry, limit);
  if (!fits(data, entry.size, limit)) {
    refuse(Code::kZipLocalHeader, entry, "reaches beyond the start of the central directory");
  }
  std::uint64_t end = data + entry.size;
  const bool deferred = (entry.flags & kDescriptorFlag) != 0;
  if (deferred && fits(end, kDescriptorSize, limit) && load_le<std::uint32_t>(file, end) == 0x08074b50) {
    if (load_le<std::uint32_t>(file, end + 4) != entry.crc ||
        load_le<std::uint32_t>(file, end + 8) != entry.size ||
        load_le<std::uint32_t>(file, end + 12) != entry.size) {
      refuse(Code::kZipLocalHeader, entry, "has another size or CRC in its data descriptor");
    }
    end += kDescriptorSize;
  }
  return {&entry, data, end};
}

// Overlaps, hidden local files, junk before, between and after: none of it can exist where the records tile
// the file.
void check_tiling(std::vector<Place> places, std::uint64_t limit) {
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.entry->header_offset < b.entry->header_offset; });
  std::uint64_t expected = 0;
  for (const Place& place : places) {
    if (place.entry->header_offset != expected) {
      refuse(Code::kZipLayout, *place.entry,
             "starts at offset " + std::to_string(place.entry->header_offset) + " where " +
                 std::to_string(expected) +
                 " was expected: entries overlap or bytes are hidden between them");
    }
    expected = place.end;
  }
  if (expected != limit) {
    throw Refusal(Code::kZipLayout,
                  std::to_string(limit - expected) + " bytes are hidden before the central directory");
  }
}

}  // namespace

std::vector<ZipRecord> check_zip_entries(Bytes file, const ZipDirectory& directory) {
  for (const ZipEntry& entry : directory.entries) check_fields(entry);
  check_names(directory.entries);
  std::vector<Place> places;
  places.reserve(directory.entries.size());
  for (const ZipEntry& entry : directory.entries) places.push_back(locate(file, entry, directory.offset));
  check_tiling(places, directory.offset);
  std::vector<ZipRecord> records;
  records.reserve(places.size());
  for (const Place& place : places) {
    records.push_back({place.entry->name, file.subspan(place.data, place.entry->size), place.entry->crc});
  }
  return records;
}

}  // namespace dl_trade::checkpoint
