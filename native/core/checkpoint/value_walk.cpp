#include "value_walk.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "pickle_globals.hpp"
#include "refusal.hpp"
#include "tensor_view.hpp"
#include "utf8.hpp"

namespace dl_trade::checkpoint {
namespace {

template <typename T>
T load(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

double half_to_double(std::string_view bytes) {
  Tensor half{.name = {},
              .dtype = Dtype::kFloat16,
              .sizes = {},
              .strides = {},
              .storage_offset = 0,
              .storage = std::as_bytes(std::span(bytes.data(), 2))};
  return to_float32(half)[0];
}

}  // namespace

std::string to_decimal(std::string_view little_endian) {
  std::vector<std::uint32_t> limbs(little_endian.size() / 4 + 1);
  const bool negative =
      !little_endian.empty() && (static_cast<unsigned char>(little_endian.back()) & 0x80) != 0;
  for (std::size_t i = 0; i < limbs.size() * 4; ++i) {
    const unsigned char byte = i < little_endian.size() ? static_cast<unsigned char>(little_endian[i])
                               : negative               ? 0xff
                                                        : 0;
    limbs[i / 4] |= static_cast<std::uint32_t>(byte) << (8 * (i % 4));
  }
  if (negative) {
    std::uint64_t carry = 1;
    for (std::uint32_t& limb : limbs) {
      carry += static_cast<std::uint32_t>(~limb);
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  std::string digits;
  while (std::any_of(limbs.begin(), limbs.end(), [](std::uint32_t limb) { return limb != 0; })) {
    std::uint64_t rest = 0;
    for (std::size_t i = limbs.size(); i-- > 0;) {
      rest = (rest << 32) | limbs[i];
      limbs[i] = static_cast<std::uint32_t>(rest / 10);
      rest %= 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  if (digits.empty()) return "0";
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

void ValueWalk::spend(std::uint64_t bytes) {
  if (nodes_left_ == 0 || bytes > bytes_left_) {
    throw Refusal(Code::kMetadataLimit,
                  "the plain values beside the weights unfold into too many or too long ones");
  }
  --nodes_left_;
  bytes_left_ -= bytes;
}

std::string ValueWalk::latin1_text(NodeId bytes) {
  spend(arena_.text(bytes).size());
  return std::string(arena_.text(bytes));
}

std::string ValueWalk::raw_bytes(NodeId bytes) {
  spend(arena_.text(bytes).size());
  return encode_latin1(arena_.text(bytes)).value_or("");
}

Value ValueWalk::list(NodeId id) {
  Value::List items;
  for (std::uint32_t at = arena_.first_cell(id); at != kNoNode; at = arena_.list_cell(at).next) {
    items.push_back(walk(arena_.list_cell(at).value));
  }
  return items;
}

Value ValueWalk::dict(NodeId id) {
  Value::Dict dict{.items = {}, .ordered = arena_.kind(id) == Kind::kOrderedDict};
  for (std::uint32_t at = arena_.first_cell(id); at != kNoNode; at = arena_.dict_cell(at).next) {
    Value key = walk(arena_.dict_cell(at).key);
    dict.items.emplace_back(std::move(key), walk(arena_.dict_cell(at).value));
  }
  return dict;
}

Value ValueWalk::tuple(NodeId id) {
  Value::List items;
  for (std::uint32_t i = 0; i < arena_.tuple_size(id); ++i) items.push_back(walk(arena_.tuple_item(id, i)));
  return items;
}

Value ValueWalk::big_integer(const Node& node, NodeId id) {
  spend(node.a * 3);
  return BigInt{to_decimal(arena_.text(id))};
}

Value ValueWalk::numpy_item(const Node& dtype, std::string_view bytes) {
  const char kind = static_cast<char>(dtype.a);
  const std::string code = kind + std::to_string(dtype.b);
  if (code == "b1") return bytes[0] != 0;
  if (code == "i1") return std::int64_t{load<std::int8_t>(bytes)};
  if (code == "i2") return std::int64_t{load<std::int16_t>(bytes)};
  if (code == "i4") return std::int64_t{load<std::int32_t>(bytes)};
  if (code == "i8") return load<std::int64_t>(bytes);
  if (code == "u1") return std::int64_t{load<std::uint8_t>(bytes)};
  if (code == "u2") return std::int64_t{load<std::uint16_t>(bytes)};
  if (code == "u4") return std::int64_t{load<std::uint32_t>(bytes)};
  if (code == "u8") {
    const auto value = load<std::uint64_t>(bytes);
    if (value >> 63 != 0) return BigInt{std::to_string(value)};
    return static_cast<std::int64_t>(value);
  }
  if (code == "f2") return half_to_double(bytes);
  if (code == "f4") return double{load<float>(bytes)};
  if (code == "f8") return load<double>(bytes);
  if (code == "c8") return Value::List{double{load<float>(bytes)}, double{load<float>(bytes.substr(4))}};
  if (code == "c16") return Value::List{load<double>(bytes), load<double>(bytes.substr(8))};
  return "numpy " + code;
}

Value ValueWalk::numpy_block(const Node& dtype, std::string_view bytes, std::uint32_t dimension) {
  spend(0);
  if (dimension == shape_.size()) return numpy_item(dtype, bytes);
  // Fortran order: the first index runs fastest, so an item's bytes are gathered instead of sliced.
  const auto size = static_cast<std::size_t>(shape_[dimension]);
  Value::List items;
  for (std::size_t i = 0; i < size; ++i) {
    if (!fortran_) {
      const std::size_t block = bytes.size() / size;
      items.push_back(numpy_block(dtype, bytes.substr(i * block, block), dimension + 1));
      continue;
    }
    std::string gathered;
    for (std::size_t at = i * dtype.b; at < bytes.size(); at += size * dtype.b)
      gathered += bytes.substr(at, dtype.b);
    items.push_back(numpy_block(dtype, gathered, dimension + 1));
  }
  return items;
}

Value ValueWalk::numpy_array(NodeId id) {
  const Node& node = arena_[id];
  if (!node.built) return Value::List{};
  const NodeId shape = arena_.tuple_item(node.c, 1);
  shape_.clear();
  for (std::uint32_t i = 0; i < arena_.tuple_size(shape); ++i) {
    shape_.push_back(arena_[arena_.tuple_item(shape, i)].integer);
  }
  fortran_ = arena_[arena_.tuple_item(node.c, 3)].a != 0;
  return numpy_block(arena_[node.a], raw_bytes(node.b), 0);
}

// Recursion is safe: the arena has refused whatever is nested deeper than 64.
Value ValueWalk::walk(NodeId id) {
  spend(0);
  const Node& node = arena_[id];
  switch (node.kind) {
    case Kind::kNone:
      return Value();
    case Kind::kBool:
      return node.a != 0;
    case Kind::kInt:
      return node.integer;
    case Kind::kBigInt:
      return big_integer(node, id);
    case Kind::kFloat:
      return node.real;
    case Kind::kString:
    case Kind::kBytes:
      return latin1_text(id);
    case Kind::kByteArray:
      return node.a == kNoNode ? Value("") : walk(node.a);
    case Kind::kComplex:
      return Value::List{arena_[node.a].real, arena_[node.b].real};
    case Kind::kTuple:
      return tuple(id);
    case Kind::kList:
      return list(id);
    case Kind::kDict:
    case Kind::kOrderedDict:
      return dict(id);
    case Kind::kCounter:
      return node.a == kNoNode ? Value(Value::Dict{}) : walk(node.a);
    case Kind::kSet:
    case Kind::kSize:
      return walk(node.a);
    case Kind::kDevice: {
      std::string device = latin1_text(node.a);
      if (node.b != kNoNode) device += ":" + std::to_string(arena_[node.b].integer);
      return device;
    }
    case Kind::kGlobal: {
      const auto global = static_cast<GlobalId>(node.a);
      if (global != GlobalId::kTorchDtype) return std::string(global_name(global));
      return "torch." + std::string(dtype_name(static_cast<Dtype>(node.b)));
    }
    case Kind::kStorage:
      return "storage " + std::to_string(arena_.storages[node.a].key);
    case Kind::kTensor:
      return to_tensor(arena_, id);
    case Kind::kNumpyDtype:
      return std::string("numpy ") + static_cast<char>(node.a) + std::to_string(node.b);
    case Kind::kNumpyScalar:
      return numpy_item(arena_[node.a], raw_bytes(node.b));
    case Kind::kNumpyArray:
      return numpy_array(id);
  }
  return Value();
}

}  // namespace dl_trade::checkpoint
