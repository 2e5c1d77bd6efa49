#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "little_endian.hpp"

namespace dl_trade::checkpoint {

/** Writes a zip as torch 2.13 does, byte for byte: data on multiples of 64, sizes in data descriptors, a
 * zip64 end record always. */
class ZipWriter {
 public:
  explicit ZipWriter(std::string root) : root_(std::move(root)) {}

  void add(std::string_view name, Bytes data);
  void add(std::string_view name, std::string_view text);
  /** Adds `.data/serialization_id`, the directory and the end records; the writer is spent then. */
  std::vector<std::byte> finish();

 private:
  struct Written {
    std::string name;
    std::uint32_t crc;
    std::uint32_t size;
    std::uint32_t offset;
  };

  template <typename T>
  void put(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      out_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
  }
  void put_text(std::string_view text);
  void put_common(const Written& record, bool is_local);
  std::string serialization_id() const;

  std::string root_;
  std::vector<std::byte> out_;
  std::vector<Written> written_;
};

}  // namespace dl_trade::checkpoint
