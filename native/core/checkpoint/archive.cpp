#include "archive.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "crc32.hpp"
#include "foreign_format.hpp"
#include "quote.hpp"
#include "refusal.hpp"
#include "zip_directory.hpp"
#include "zip_entries.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::string_view kSave = "; open it with torch and torch.save(model.state_dict(), path)";

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view without_root(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

bool is_torchscript_name(std::string_view name) {
  return name == "constants.pkl" || name.starts_with("code/");
}

bool is_exported_program_name(std::string_view name) {
  return name == "archive_format" || name.starts_with("models/");
}

// Before any other rule about entries: TorchScript compresses its code, and would be called "compressed"
// otherwise.
void name_foreign_archive(const ZipDirectory& directory) {
  const auto has = [&](auto matches) {
    return std::any_of(directory.entries.begin(), directory.entries.end(), matches);
  };
  const bool has_pickle = has([](const ZipEntry& entry) { return without_root(entry.name) == "data.pkl"; });
  // "models.pth" is an innocent name, and its root is "models": whole names count only in an archive that is
  // no torch.save's.
  const auto inner = [&](auto matches) {
    return has([&](const ZipEntry& entry) {
      return matches(without_root(entry.name)) || (!has_pickle && matches(entry.name));
    });
  };
  if (inner(is_torchscript_name)) {
    throw Refusal(Code::kFormatTorchscript,
                  "the file is a TorchScript archive, which holds code" + std::string(kSave));
  }
  if (inner(is_exported_program_name)) {
    throw Refusal(Code::kFormatExportedProgram, "the file is a torch.export program" + std::string(kSave));
  }
  if (has([](const ZipEntry& entry) { return entry.name.ends_with(".npy"); })) {
    throw Refusal(Code::kFormatNumpyArchive, "the file is a NumPy .npz archive");
  }
  if (!has_pickle) {
    throw Refusal(Code::kFormatZip,
                  "the file is a zip archive without data.pkl, so not one of torch.save; it has " +
                      quote(directory.entries.front().name));
  }
}

void check_version(Bytes record) {
  std::string_view text = text_of(record);
  if (text.ends_with('\n')) text.remove_suffix(1);
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  int version = 0;
  if (digits && text.size() <= 3) {
    for (const char c : text) version = version * 10 + (c - '0');
  }
  if (version < 1 || version > 10) {
    throw Refusal(Code::kRecordInvalid,
                  "the version record was " + quote(text_of(record)) + ", allowed are 1 to 10");
  }
}

void check_byteorder(Bytes record) {
  const std::string_view text = text_of(record);
  if (text == "big") {
    throw Refusal(Code::kRecordBigEndian,
                  "the tensors are big-endian; re-save the file on a little-endian machine");
  }
  if (text != "little") {
    throw Refusal(Code::kRecordInvalid,
                  "the byteorder record was " + quote(text) + ", allowed is \"little\"");
  }
}

void check_crc(const ZipRecord& record) {
  // torch's option compute_crc32=False writes 0 for every record.
  if (record.crc == 0) return;
  const std::uint32_t found = crc32(record.data);
  if (found != record.crc) {
    throw Refusal(Code::kZipCrc, "the record " + quote(record.name) + " is damaged: its CRC-32 is " +
                                     std::to_string(found) + ", stored is " + std::to_string(record.crc));
  }
}

}  // namespace

std::optional<std::uint32_t> parse_storage_key(std::string_view text) {
  if (text.empty() || text.size() > 9 || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  std::uint32_t key = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    key = key * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return key;
}

Archive Archive::open(Bytes file, std::uint64_t most_pickle_bytes) {
  require_zip_start(file);
  const ZipDirectory directory = read_zip_directory(file);
  name_foreign_archive(directory);
  const std::vector<ZipRecord> records = check_zip_entries(file, directory);

  Archive archive;
  bool has_version = false;
  for (const ZipRecord& record : records) {
    const std::string_view name = without_root(record.name);
    if (name == "data.pkl") {
      if (record.data.size() > most_pickle_bytes) {
        throw Refusal(Code::kRecordInvalid, "data.pkl has " + std::to_string(record.data.size()) +
                                                " bytes, at most " + std::to_string(most_pickle_bytes) +
                                                " are read");
      }
      archive.pickle_ = record.data;
    } else if (name == "version") {
      has_version = true;
      check_version(record.data);
    } else if (name == "byteorder") {
      check_byteorder(record.data);
    } else if (name.starts_with("data/") && parse_storage_key(name.substr(5))) {
      archive.storages_.emplace(*parse_storage_key(name.substr(5)), record.data);
    } else if (!name.starts_with('.')) {
      throw Refusal(Code::kRecordUnexpected,
                    "the record " + quote(record.name) + " is none that torch.save writes");
    }
  }
  if (!has_version) throw Refusal(Code::kRecordMissing, "the archive has no version record");
  for (const ZipRecord& record : records) check_crc(record);
  return archive;
}

std::optional<Bytes> Archive::storage(std::uint32_t key) const {
  const auto found = storages_.find(key);
  if (found == storages_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::uint32_t> Archive::storage_keys() const {
  std::vector<std::uint32_t> keys;
  for (const auto& [key, data] : storages_) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace dl_trade::checkpoint
