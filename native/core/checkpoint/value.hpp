#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tensor.hpp"

namespace dl_trade::checkpoint {

/** An integer beyond 64 bits, in decimal. */
struct BigInt {
  std::string decimal;
  bool operator==(const BigInt&) const = default;
};

/** A plain value of a checkpoint. Tuples, sets and torch.Size come as lists, numpy scalars as numbers, numpy
 * arrays as nested lists, complex numbers as [re, im], bytes as latin-1 text, devices and dtypes as text
 * ("cuda:1", "torch.float16"). */
class Value {
 public:
  using List = std::vector<Value>;
  /** Keys are null, bool, integer, double or string; in the file's order. */
  struct Dict {
    std::vector<std::pair<Value, Value>> items;
    /** Written as collections.OrderedDict; reading sets it for those. */
    bool ordered = false;

    /** The value under a string key, or nullptr. */
    const Value* find(std::string_view key) const;
    void set(std::string key, Value value);
  };
  using Data =
      std::variant<std::monostate, bool, std::int64_t, BigInt, double, std::string, List, Dict, Tensor>;

  Value() = default;
  Value(bool value) : data(value) {}
  Value(int value) : data(std::int64_t{value}) {}
  Value(std::int64_t value) : data(value) {}
  Value(double value) : data(value) {}
  Value(const char* value) : data(std::string(value)) {}
  Value(std::string value) : data(std::move(value)) {}
  Value(BigInt value) : data(std::move(value)) {}
  Value(List value) : data(std::move(value)) {}
  Value(Dict value) : data(std::move(value)) {}
  Value(Tensor value) : data(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  /** Pointer to the held T (bool, std::int64_t, BigInt, double, std::string, List, Dict, Tensor), or nullptr.
   */
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&data);
  }

  Data data;
};

}  // namespace dl_trade::checkpoint
