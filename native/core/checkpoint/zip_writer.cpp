#include "zip_writer.hpp"

#include "crc32.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30;

std::string twenty_digits(std::uint64_t value) {
  std::string digits = std::to_string(value);
  return std::string(20 - digits.size(), '0') + digits;
}

}  // namespace

void ZipWriter::put_text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  out_.insert(out_.end(), bytes.begin(), bytes.end());
}

// From the flags to the name's length, local header and directory entry agree; an empty record has no
// descriptor.
void ZipWriter::put_common(const Written& record, bool is_local) {
  put<std::uint16_t>(0);
  put<std::uint16_t>(record.size == 0 ? 0x0800 : 0x0808);
  put<std::uint16_t>(0);
  put<std::uint32_t>(0);
  put<std::uint32_t>(is_local ? 0 : record.crc);
  put<std::uint32_t>(is_local ? 0 : record.size);
  put<std::uint32_t>(is_local ? 0 : record.size);
  put<std::uint16_t>(static_cast<std::uint16_t>(record.name.size()));
}

void ZipWriter::add(std::string_view name, Bytes data) {
  if (data.size() + out_.size() >= kMostBytes)
    throw Refusal(Code::kWriteInvalid, "the checkpoint would pass 2 GiB");
  Written record{.name = root_ + "/" + std::string(name),
                 .crc = crc32(data),
                 .size = static_cast<std::uint32_t>(data.size()),
                 .offset = static_cast<std::uint32_t>(out_.size())};
  put<std::uint32_t>(0x04034b50);
  put_common(record, true);
  const std::uint64_t unpadded = out_.size() + 2 + record.name.size() + 4;
  const std::uint64_t padding = kAlignment - unpadded % kAlignment;
  put<std::uint16_t>(static_cast<std::uint16_t>(padding + 4));
  put_text(record.name);
  put_text("FB");
  put<std::uint16_t>(static_cast<std::uint16_t>(padding));
  put_text(std::string(padding, 'Z'));
  out_.insert(out_.end(), data.begin(), data.end());
  if (record.size != 0) {
    put<std::uint32_t>(0x08074b50);
    put(record.crc);
    put(record.size);
    put(record.size);
  }
  written_.push_back(std::move(record));
}

void ZipWriter::add(std::string_view name, std::string_view text) {
  add(name, std::as_bytes(std::span(text.data(), text.size())));
}

// 40 digits that depend on every name and every byte, as torch's do; nothing reads them back.
std::string ZipWriter::serialization_id() const {
  std::uint64_t names = 0xcbf29ce484222325;
  std::uint64_t contents = names;
  for (const Written& record : written_) {
    for (const char c : record.name) names = (names ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    contents = (contents ^ record.crc) * 0x100000001b3;
  }
  return twenty_digits(names) + twenty_digits(contents);
}

std::vector<std::byte> ZipWriter::finish() {
  add(".data/serialization_id", serialization_id());
  const std::uint64_t directory = out_.size();
  for (const Written& record : written_) {
    put<std::uint32_t>(0x02014b50);
    put<std::uint16_t>(0);
    put_common(record, false);
    put<std::uint16_t>(0);
    put<std::uint16_t>(0);
    put<std::uint16_t>(0);
    put<std::uint16_t>(0);
    put<std::uint32_t>(0);
    put<std::uint32_t>(record.offset);
    put_text(record.name);
  }
  const std::uint64_t end = out_.size();
  const std::uint64_t count = written_.size();
  put<std::uint32_t>(0x06064b50);
  put<std::uint64_t>(44);
  put<std::uint16_t>(0x031e);
  put<std::uint16_t>(0x002d);
  put<std::uint64_t>(0);
  put<std::uint64_t>(count);
  put<std::uint64_t>(count);
  put<std::uint64_t>(end - directory);
  put<std::uint64_t>(directory);
  put<std::uint32_t>(0x07064b50);
  put<std::uint32_t>(0);
  put<std::uint64_t>(end);
  put<std::uint32_t>(1);
  put<std::uint32_t>(0x06054b50);
  put<std::uint32_t>(0);
  put<std::uint16_t>(static_cast<std::uint16_t>(count));
  put<std::uint16_t>(static_cast<std::uint16_t>(count));
  put<std::uint32_t>(static_cast<std::uint32_t>(end - directory));
  put<std::uint32_t>(static_cast<std::uint32_t>(directory));
  put<std::uint16_t>(0);
  return std::move(out_);
}

}  // namespace dl_trade::checkpoint
