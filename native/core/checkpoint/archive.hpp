#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "little_endian.hpp"

namespace dl_trade::checkpoint {

/** The records of a torch zip, each inside the file, with its CRC checked. */
class Archive {
 public:
  /** @throws Refusal for every container rule and every other format */
  static Archive open(Bytes file, std::uint64_t most_pickle_bytes);

  Bytes pickle() const { return pickle_; }
  /** The bytes of `data/<key>`, where there is such a record. */
  std::optional<Bytes> storage(std::uint32_t key) const;
  /** How many `data/` records there are. */
  std::size_t storage_count() const { return storages_.size(); }
  /** The keys, to name one that nothing refers to. */
  std::vector<std::uint32_t> storage_keys() const;

 private:
  Bytes pickle_;
  std::unordered_map<std::uint32_t, Bytes> storages_;
};

/** The number in `0` or `[1-9][0-9]{0,8}`; nothing for any other text. */
std::optional<std::uint32_t> parse_storage_key(std::string_view text);

}  // namespace dl_trade::checkpoint
