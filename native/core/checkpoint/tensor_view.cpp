#include "tensor_view.hpp"

#include "overflow.hpp"
#include "pickle_globals.hpp"
#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 31;
constexpr std::uint32_t kMostDimensions = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

/** [a-z][a-z0-9_]{0,15}(:\d{1,3})? */
bool is_location(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view device = text.substr(0, colon);
  if (device.empty() || device.size() > 16 || !is_lower(device[0])) return false;
  for (const char c : device) {
    if (!is_lower(c) && !is_digit(c) && c != '_') return false;
  }
  if (colon == std::string_view::npos) return true;
  const std::string_view index = text.substr(colon + 1);
  if (index.empty() || index.size() > 3) return false;
  for (const char c : index) {
    if (!is_digit(c)) return false;
  }
  return true;
}

[[noreturn]] void refuse(Code code, const std::string& what) {
  throw Refusal(code, what);
}

std::int64_t require_size(const Arena& arena, NodeId id, const char* what) {
  const Node& node = arena[id];
  if (node.kind != Kind::kInt || node.integer < 0) {
    refuse(Code::kTensorShape, std::string("a tensor's ") + what + " is not an integer from 0 to 2^63 - 1");
  }
  return node.integer;
}

}  // namespace

NodeId TensorViews::storage(NodeId persistent_id) {
  if (arena_.kind(persistent_id) != Kind::kTuple || arena_.tuple_size(persistent_id) != 5) {
    refuse(Code::kStorageInvalid, "a storage reference is not a tuple of 5 items");
  }
  const auto item = [&](std::uint32_t i) { return arena_.tuple_item(persistent_id, i); };
  const auto text = [&](std::uint32_t i) {
    if (arena_.kind(item(i)) != Kind::kString) {
      refuse(Code::kStorageInvalid, "item " + std::to_string(i) + " of a storage reference is not a string");
    }
    return arena_.text(item(i));
  };
  if (text(0) != "storage") refuse(Code::kStorageInvalid, "a persistent id is not of kind \"storage\"");
  const Node& type = arena_[item(1)];
  if (type.kind != Kind::kGlobal || static_cast<GlobalId>(type.a) != GlobalId::kStorage) {
    refuse(Code::kStorageInvalid, "a storage reference names no storage class");
  }
  const auto dtype = static_cast<Dtype>(type.b);
  const auto key = parse_storage_key(text(2));
  if (!key) refuse(Code::kStorageInvalid, "a storage key was " + quote(text(2)) + ", not a plain number");
  const std::string_view location = text(3);
  if (location == "meta" || location.starts_with("meta:")) {
    refuse(Code::kStorageInvalid,
           "the storage " + std::to_string(*key) + " is on the meta device: it has no data");
  }
  if (!is_location(location)) refuse(Code::kStorageInvalid, "a storage location was " + quote(location));
  const Node& numel = arena_[item(4)];
  if (numel.kind != Kind::kInt || numel.integer < 0) {
    refuse(Code::kStorageInvalid,
           "the storage " + std::to_string(*key) + " has no element count of 0 or more");
  }
  const auto bytes = archive_.storage(*key);
  if (!bytes) refuse(Code::kRecordMissing, "the archive has no record data/" + std::to_string(*key));
  // Divided, not multiplied: the count is the file's word and may be 2^63 - 1.
  const std::size_t item_bytes = item_size(dtype);
  if (bytes->size() % item_bytes != 0 ||
      static_cast<std::uint64_t>(numel.integer) != bytes->size() / item_bytes) {
    refuse(Code::kStorageSize, "the storage " + std::to_string(*key) + " claims " +
                                   std::to_string(numel.integer) + " elements of " +
                                   std::string(dtype_name(dtype)) + ", its record has " +
                                   std::to_string(bytes->size()) + " bytes");
  }
  const auto [found, fresh] = by_key_.try_emplace(*key, static_cast<std::uint32_t>(arena_.storages.size()));
  if (fresh) {
    arena_.storages.push_back({*key, dtype, numel.integer, *bytes});
  } else if (arena_.storages[found->second].dtype != dtype ||
             arena_.storages[found->second].numel != numel.integer) {
    refuse(Code::kStorageInvalid,
           "the storage " + std::to_string(*key) + " is named twice with different types");
  }
  return arena_.add(Node(Kind::kStorage, found->second));
}

NodeId TensorViews::tensor(NodeId storage, NodeId offset, NodeId sizes, NodeId strides) {
  const std::uint32_t dimensions = arena_.tuple_size(sizes);
  if (dimensions > kMostDimensions || arena_.tuple_size(strides) != dimensions) {
    refuse(Code::kTensorShape, "a tensor has " + std::to_string(dimensions) + " sizes and " +
                                   std::to_string(arena_.tuple_size(strides)) +
                                   " strides, allowed are 0 to 8, as many of both");
  }
  const std::int64_t start = require_size(arena_, offset, "offset");
  std::int64_t numel = 1;
  // The cap is not the bounds check: with stride 0, 2^40 elements lie inside a storage of 4 bytes.
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    const std::int64_t size = require_size(arena_, arena_.tuple_item(sizes, i), "size");
    if (size > kMostElements || (size != 0 && numel > kMostElements / size)) {
      refuse(Code::kTensorShape, "a tensor has more than 2^31 elements");
    }
    numel *= size;
  }
  const StorageView& view = arena_.storages[arena_[storage].a];
  std::int64_t last = start;
  bool inside = true;
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    const std::int64_t stride = require_size(arena_, arena_.tuple_item(strides, i), "stride");
    std::int64_t reach = 0;
    if (numel == 0) continue;
    const std::int64_t steps = arena_[arena_.tuple_item(sizes, i)].integer - 1;
    inside = inside && multiply(steps, stride, reach) && add(last, reach, last);
  }
  inside = inside && (numel == 0 ? start <= view.numel : last < view.numel);
  if (!inside) {
    refuse(Code::kTensorBounds, "a tensor reaches beyond the " + std::to_string(view.numel) +
                                    " elements of the storage " + std::to_string(view.key));
  }
  Node node(Kind::kTensor, arena_.tensors.push({arena_[storage].a, sizes, strides, start}));
  return arena_.add(node);
}

Tensor to_tensor(const Arena& arena, NodeId id) {
  const TensorView& view = arena.tensors[arena[id].a];
  const StorageView& storage = arena.storages[view.storage];
  Tensor tensor;
  tensor.dtype = storage.dtype;
  tensor.storage_offset = view.offset;
  tensor.storage = storage.bytes;
  for (std::uint32_t i = 0; i < arena.tuple_size(view.sizes); ++i) {
    tensor.sizes.push_back(arena[arena.tuple_item(view.sizes, i)].integer);
    tensor.strides.push_back(arena[arena.tuple_item(view.strides, i)].integer);
  }
  return tensor;
}

}  // namespace dl_trade::checkpoint
