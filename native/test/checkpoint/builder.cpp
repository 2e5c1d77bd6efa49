#include "builder.hpp"

#include <bit>
#include <cstring>

#include "checkpoint/crc32.hpp"

namespace builder {
namespace {

template <typename T>
std::string little(T value) {
  std::string out;
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string joined(const Items& items) {
  std::string out;
  for (const std::string& item : items) out += item;
  return out;
}

std::size_t find(const Bytes& zip, std::string_view needle, std::size_t from = 0) {
  const std::string_view all(reinterpret_cast<const char*>(zip.data()), zip.size());
  return all.find(needle, from);
}

/** Everything that a local header and a directory entry share behind the signature and versions. */
std::string common(const Record& record, bool is_local) {
  const std::uint32_t crc = is_local ? 0 : dl_trade::checkpoint::crc32(to_bytes(record.data));
  const auto size = static_cast<std::uint32_t>(is_local ? 0 : record.data.size());
  return little<std::uint16_t>(record.data.empty() ? 0x0800 : 0x0808) + std::string(6, '\0') + little(crc) +
         little(size) + little(size) + little(static_cast<std::uint16_t>(record.name.size()));
}

}  // namespace

Bytes to_bytes(std::string_view text) {
  const auto* start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

std::string integer(std::int64_t value) {
  if (value >= 0 && value < 256) return "K" + little(static_cast<std::uint8_t>(value));
  if (value >= INT32_MIN && value <= INT32_MAX) return "J" + little(static_cast<std::int32_t>(value));
  return "\x8a\x08" + little(static_cast<std::uint64_t>(value));
}

std::string real(double value) {
  const std::string bits = little(std::bit_cast<std::uint64_t>(value));
  return "G" + std::string(bits.rbegin(), bits.rend());
}

std::string text(std::string_view value) {
  return "X" + little(static_cast<std::uint32_t>(value.size())) + std::string(value);
}

std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

std::string tuple(const Items& items) {
  return "(" + joined(items) + "t";
}

std::string integers(const std::vector<std::int64_t>& values) {
  Items items;
  for (const std::int64_t value : values) items.push_back(integer(value));
  return tuple(items);
}

std::string list(const Items& items) {
  return "](" + joined(items) + "e";
}

std::string dict(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out = "}(";
  for (const auto& [key, value] : entries) out += key + value;
  return out + "u";
}

std::string call(const std::string& function, const Items& arguments) {
  return function + tuple(arguments) + "R";
}

std::string ordered_dict() {
  return call(global("collections", "OrderedDict"), {});
}

std::string bytes(std::string_view latin1) {
  std::string utf8;
  for (const char c : latin1) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xc0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return call(global("_codecs", "encode"), {text(utf8), text("latin1")});
}

std::string numpy_dtype(std::string_view name) {
  return call(global("numpy", "dtype"), {text(name), "\x89", "\x88"}) +
         tuple({integer(3), text("<"), "N", "N", "N", integer(-1), integer(-1), integer(0)}) + "b";
}

std::string storage(std::string_view key, std::int64_t numel, std::string_view kind,
                    std::string_view location) {
  return tuple({text("storage"), global("torch", kind), text(key), text(location), integer(numel)}) + "Q";
}

std::string tensor(const std::string& of, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                   const std::vector<std::int64_t>& strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {of, integer(offset), integers(sizes), integers(strides), "\x89", ordered_dict()});
}

std::string tensor() {
  return tensor(storage(), 0, {2, 3}, {3, 1});
}

std::string program(const std::string& value) {
  return "\x80\x02" + value + ".";
}

std::string beside_weights(const std::string& value) {
  return program(dict({{text("w"), tensor()}, {text("x"), value}}));
}

std::string six_floats() {
  std::string data;
  for (int i = 0; i < 6; ++i) data += little(std::bit_cast<std::uint32_t>(static_cast<float>(i)));
  return data;
}

std::vector<Record> records(const std::string& pickle, const std::string& storage) {
  return {{"archive/data.pkl", pickle},
          {"archive/byteorder", "little"},
          {"archive/data/0", storage},
          {"archive/version", "3\n"},
          {"archive/.data/serialization_id", "0"}};
}

Bytes zip(const std::vector<Record>& records) {
  std::string out;
  std::string directory;
  for (const Record& record : records) {
    directory += "PK\1\2" + std::string(4, '\0') + common(record, false) + std::string(12, '\0') +
                 little(static_cast<std::uint32_t>(out.size())) + record.name;
    out += "PK\3\4" + std::string(2, '\0') + common(record, true) + std::string("\6\0", 2) + record.name +
           std::string("FB\2\0ZZ", 6) + record.data;
    const auto size = static_cast<std::uint32_t>(record.data.size());
    const std::uint32_t crc = dl_trade::checkpoint::crc32(to_bytes(record.data));
    if (!record.data.empty()) out += "PK\7\10" + little(crc) + little(size) + little(size);
  }
  const auto count = static_cast<std::uint16_t>(records.size());
  const auto start = static_cast<std::uint32_t>(out.size());
  const auto size = static_cast<std::uint32_t>(directory.size());
  const std::string zip64 = "PK\6\6" + little(std::uint64_t{44}) + std::string(12, '\0') +
                            little(std::uint64_t{count}) + little(std::uint64_t{count}) +
                            little(std::uint64_t{size}) + little(std::uint64_t{start});
  const std::string locator =
      "PK\6\7" + little(std::uint32_t{0}) + little(std::uint64_t{start + size}) + little(std::uint32_t{1});
  const std::string end = "PK\5\6" + std::string(4, '\0') + little(count) + little(count) + little(size) +
                          little(start) + std::string(2, '\0');
  return to_bytes(out + directory + zip64 + locator + end);
}

Bytes checkpoint(const std::string& pickle) {
  return zip(records(pickle));
}

std::size_t local_header(const Bytes& zip, std::string_view name) {
  return find(zip, name) - 30;
}

std::size_t central_entry(const Bytes& zip, std::string_view name) {
  return find(zip, name, find(zip, "PK\1\2")) - 46;
}

std::size_t end_record(const Bytes& zip) {
  return zip.size() - 22;
}

std::string verdict(const Bytes& file, const dl_trade::checkpoint::Limits& limits) {
  using namespace dl_trade::checkpoint;
  try {
    const Checkpoint read = Checkpoint::read_buffer(file, limits);
    read.hyperparameters();
    read.metadata();
    return "";
  } catch (const Refusal& refusal) {
    return std::string(code_name(refusal.code()));
  }
}

std::string verdict_beside(const std::string& value) {
  return verdict(checkpoint(beside_weights(value)));
}

}  // namespace builder
