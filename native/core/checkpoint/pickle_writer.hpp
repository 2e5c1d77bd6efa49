#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "little_endian.hpp"
#include "value.hpp"

namespace dl_trade::checkpoint {

/** Writes a Value as a protocol 2 pickle in torch.save's words, collecting the storages that its tensors
 * need. */
class PickleWriter {
 public:
  /** @throws Refusal WRITE_INVALID */
  explicit PickleWriter(const Value& root);

  const std::string& pickle() const { return out_; }
  /** The bytes of data/0, data/1, ... */
  const std::vector<Bytes>& storages() const { return storages_; }

 private:
  template <typename T>
  void put(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out_ += static_cast<char>(value >> (8 * i) & 0xff);
  }
  void value(const Value& value, int depth);
  void integer(std::int64_t value);
  void real(double value);
  void string(std::string_view text);
  /** A string or global that comes often: written once, fetched from the memo later. */
  void memoized(const std::string& written);
  void list(const Value::List& list, int depth);
  void dict(const Value::Dict& dict, int depth);
  void empty_ordered_dict();
  void integers(const std::vector<std::int64_t>& values);
  void tensor(const Tensor& tensor);

  std::string out_;
  std::map<std::string, std::uint32_t> memo_;
  /** Storage number by where the bytes lie and what they are. */
  std::map<std::tuple<const std::byte*, std::size_t, Dtype>, std::size_t> numbers_;
  std::vector<Bytes> storages_;
};

}  // namespace dl_trade::checkpoint
