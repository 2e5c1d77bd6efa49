#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkpoint/checkpoint.hpp"

/** Builds pickles and torch zips byte by byte, independently of the writer, so that tests can make them lie.
 */
namespace builder {

using Bytes = std::vector<std::byte>;
using Items = std::vector<std::string>;

Bytes to_bytes(std::string_view text);

// Pickles: each function gives the bytes that leave one value on the stack.
std::string integer(std::int64_t value);
std::string real(double value);
std::string text(std::string_view value);
std::string global(std::string_view module, std::string_view name);
std::string tuple(const Items& items);
std::string integers(const std::vector<std::int64_t>& values);
std::string list(const Items& items);
std::string dict(const std::vector<std::pair<std::string, std::string>>& entries);
std::string call(const std::string& function, const Items& arguments);
std::string ordered_dict();
std::string bytes(std::string_view latin1);
std::string numpy_dtype(std::string_view name);
std::string storage(std::string_view key = "0", std::int64_t numel = 6,
                    std::string_view kind = "FloatStorage", std::string_view location = "cpu");
std::string tensor(const std::string& of, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                   const std::vector<std::int64_t>& strides);
/** 2 x 3 float32 on data/0. */
std::string tensor();
std::string program(const std::string& value);
/** A checkpoint {'w': tensor(), 'x': value}. */
std::string beside_weights(const std::string& value);

struct Record {
  std::string name;
  std::string data;
};

/** Six float32: 0, 1, 2, 3, 4, 5. */
std::string six_floats();
std::vector<Record> records(const std::string& pickle, const std::string& storage = six_floats());
Bytes zip(const std::vector<Record>& records);
/** The zip of a pickle whose only storage is six_floats(). */
Bytes checkpoint(const std::string& pickle);

// Where a header lies, so that a test can change one field.
std::size_t local_header(const Bytes& zip, std::string_view name);
std::size_t central_entry(const Bytes& zip, std::string_view name);
std::size_t end_record(const Bytes& zip);
template <typename T>
Bytes patched(Bytes zip, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) zip[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xff);
  return zip;
}

/** "" where the file is read, else the code of the refusal. */
std::string verdict(const Bytes& file, const dl_trade::checkpoint::Limits& limits = {});
/** The verdict on a checkpoint whose key `x` holds this value. */
std::string verdict_beside(const std::string& value);

}  // namespace builder
