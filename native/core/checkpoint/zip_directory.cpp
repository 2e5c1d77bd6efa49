#include "zip_directory.hpp"

#include <string>

#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::uint64_t kEndSize = 22;
constexpr std::uint64_t kLocatorSize = 20;
constexpr std::uint64_t kZip64EndSize = 56;
constexpr std::uint64_t kCentralSize = 46;
constexpr std::uint64_t kMostEntries = 16384;

struct End {
  std::uint64_t at = 0;
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_offset = 0;
};

std::string at_offset(std::uint64_t offset) {
  return " at offset " + std::to_string(offset);
}

// Exactly at the end, never searched for: searching is what makes polyglots and appended archives work.
End read_end(Bytes file) {
  if (file.size() < kEndSize) throw Refusal(Code::kZipEnd, "the zip ends after its first bytes: truncated");
  End end{.at = file.size() - kEndSize};
  if (load_le<std::uint32_t>(file, end.at) != 0x06054b50) {
    throw Refusal(Code::kZipEnd,
                  "the last 22 bytes are no zip end record: truncated, or something was appended");
  }
  if (load_le<std::uint16_t>(file, end.at + 20) != 0) {
    throw Refusal(Code::kZipEnd, "the zip end record announces a comment");
  }
  const auto here = load_le<std::uint16_t>(file, end.at + 8);
  end.entries = load_le<std::uint16_t>(file, end.at + 10);
  if (load_le<std::uint32_t>(file, end.at + 4) != 0 || here != end.entries) {
    throw Refusal(Code::kZipEnd,
                  "the zip end record speaks of several disks or counts entries twice differently");
  }
  end.directory_size = load_le<std::uint32_t>(file, end.at + 12);
  end.directory_offset = load_le<std::uint32_t>(file, end.at + 16);
  return end;
}

/** The offset of the zip64 end record, or of the end record where there is no zip64. */
std::uint64_t check_zip64(Bytes file, const End& end) {
  if (end.at < kLocatorSize) return end.at;
  const std::uint64_t locator = end.at - kLocatorSize;
  if (load_le<std::uint32_t>(file, locator) != 0x07064b50) return end.at;
  const auto refuse = [&](const char* what) {
    throw Refusal(Code::kZipZip64, std::string("the zip64 ") + what + at_offset(locator));
  };
  if (locator < kZip64EndSize) refuse("locator leaves no room for its record");
  const std::uint64_t record = locator - kZip64EndSize;
  if (load_le<std::uint32_t>(file, locator + 4) != 0 || load_le<std::uint32_t>(file, locator + 16) != 1) {
    refuse("locator speaks of several disks");
  }
  if (load_le<std::uint64_t>(file, locator + 8) != record)
    refuse("locator points elsewhere than before itself");
  if (load_le<std::uint32_t>(file, record) != 0x06064b50 || load_le<std::uint64_t>(file, record + 4) != 44) {
    refuse("end record is missing or has another size than 44");
  }
  if (load_le<std::uint64_t>(file, record + 16) != 0) refuse("end record speaks of several disks");
  if (load_le<std::uint64_t>(file, record + 24) != end.entries ||
      load_le<std::uint64_t>(file, record + 32) != end.entries ||
      load_le<std::uint64_t>(file, record + 40) != end.directory_size ||
      load_le<std::uint64_t>(file, record + 48) != end.directory_offset) {
    refuse("end record disagrees with the end record");
  }
  return record;
}

ZipEntry read_entry(Bytes file, std::uint64_t at, std::uint64_t limit) {
  if (!fits(at, kCentralSize, limit) || load_le<std::uint32_t>(file, at) != 0x02014b50) {
    throw Refusal(Code::kZipDirectory, "no central directory entry" + at_offset(at));
  }
  ZipEntry entry;
  entry.flags = load_le<std::uint16_t>(file, at + 8);
  entry.method = load_le<std::uint16_t>(file, at + 10);
  entry.crc = load_le<std::uint32_t>(file, at + 16);
  entry.compressed_size = load_le<std::uint32_t>(file, at + 20);
  entry.size = load_le<std::uint32_t>(file, at + 24);
  const auto name_length = load_le<std::uint16_t>(file, at + 28);
  const auto extra_length = load_le<std::uint16_t>(file, at + 30);
  entry.comment_length = load_le<std::uint16_t>(file, at + 32);
  entry.disk = load_le<std::uint16_t>(file, at + 34);
  entry.header_offset = load_le<std::uint32_t>(file, at + 42);
  const std::uint64_t variable = std::uint64_t{name_length} + extra_length + entry.comment_length;
  if (!fits(at + kCentralSize, variable, limit)) {
    throw Refusal(Code::kZipDirectory,
                  "a central directory entry reaches beyond the directory" + at_offset(at));
  }
  const Bytes name = file.subspan(at + kCentralSize, name_length);
  entry.name = {reinterpret_cast<const char*>(name.data()), name.size()};
  entry.extra = file.subspan(at + kCentralSize + name_length, extra_length);
  return entry;
}

}  // namespace

ZipDirectory read_zip_directory(Bytes file) {
  const End end = read_end(file);
  const std::uint64_t limit = check_zip64(file, end);
  if (!fits(end.directory_offset, end.directory_size, limit) ||
      end.directory_offset + end.directory_size != limit) {
    throw Refusal(Code::kZipDirectory, "the central directory does not end where the end records start");
  }
  if (end.entries < 1 || end.entries > kMostEntries) {
    throw Refusal(Code::kZipDirectory, "the zip has " + std::to_string(end.entries) +
                                           " entries, allowed are 1 to " + std::to_string(kMostEntries));
  }
  ZipDirectory directory{.entries = {}, .offset = end.directory_offset};
  std::uint64_t at = end.directory_offset;
  for (std::uint64_t i = 0; i < end.entries; ++i) {
    const ZipEntry entry = read_entry(file, at, limit);
    at += kCentralSize + entry.name.size() + entry.extra.size() + entry.comment_length;
    directory.entries.push_back(entry);
  }
  if (at != limit) {
    throw Refusal(Code::kZipDirectory,
                  "the central directory holds more than its " + std::to_string(end.entries) + " entries");
  }
  return directory;
}

}  // namespace dl_trade::checkpoint
