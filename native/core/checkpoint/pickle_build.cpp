#include <string>

#include "overflow.hpp"
#include "pickle_calls.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Refusal(Code::kPickleBuild, what);
}

bool is_int(const Arena& arena, NodeId id, std::int64_t value) {
  return arena.kind(id) == Kind::kInt && arena[id].integer == value;
}

// torch hangs the modules' versions on the dict as an attribute; nothing needs them.
void build_ordered_dict(const Arena& arena, NodeId state) {
  if (arena.kind(state) != Kind::kDict || arena.count(state) != 1) {
    refuse("an OrderedDict is given state other than {'_metadata': OrderedDict}");
  }
  const NodeId metadata = arena.find(state, "_metadata");
  if (metadata == kNoNode || arena.kind(metadata) != Kind::kOrderedDict) {
    refuse("an OrderedDict is given state other than {'_metadata': OrderedDict}");
  }
}

/** (3, byte order, None, None, None, -1, -1, 0) */
void build_dtype(const Arena& arena, NodeId state) {
  if (arena.kind(state) != Kind::kTuple || arena.tuple_size(state) != 8)
    refuse("a numpy dtype is given no 8-tuple");
  const auto item = [&](std::uint32_t i) { return arena.tuple_item(state, i); };
  const auto is_none = [&](std::uint32_t i) { return arena.kind(item(i)) == Kind::kNone; };
  const std::string_view order = arena.kind(item(1)) == Kind::kString ? arena.text(item(1)) : "";
  if (order == ">") refuse("a numpy dtype is big-endian");
  if (!is_int(arena, item(0), 3) || (order != "<" && order != "|") || !is_none(2) || !is_none(3) ||
      !is_none(4) || !is_int(arena, item(5), -1) || !is_int(arena, item(6), -1) ||
      !is_int(arena, item(7), 0)) {
    refuse("a numpy dtype is given other state than a plain number's");
  }
}

/** (1, shape, dtype, fortran order, bytes) */
void build_array(Arena& arena, NodeId array, NodeId state) {
  if (arena.kind(state) != Kind::kTuple || arena.tuple_size(state) != 5)
    refuse("a numpy array is given no 5-tuple");
  const auto item = [&](std::uint32_t i) { return arena.tuple_item(state, i); };
  if (!is_int(arena, item(0), 1) || arena.kind(item(1)) != Kind::kTuple || arena.tuple_size(item(1)) > 32 ||
      arena.kind(item(2)) != Kind::kNumpyDtype || arena.kind(item(3)) != Kind::kBool ||
      arena.kind(item(4)) != Kind::kBytes) {
    refuse("a numpy array is given other state than (1, shape, dtype, bool, bytes)");
  }
  std::uint64_t bytes = arena[item(2)].b;
  for (std::uint32_t i = 0; i < arena.tuple_size(item(1)); ++i) {
    const Node& size = arena[arena.tuple_item(item(1), i)];
    if (size.kind != Kind::kInt || size.integer < 0)
      refuse("a numpy array has a size that is no integer of 0 or more");
    if (!multiply(bytes, static_cast<std::uint64_t>(size.integer), bytes)) {
      refuse("a numpy array has more elements than 64 bits count");
    }
  }
  if (bytes != arena[item(4)].b) refuse("a numpy array has another number of bytes than its shape needs");
  arena.adopt(array, item(1));
  Node& node = arena[array];
  node.a = item(2);
  node.b = item(4);
  node.c = state;
}

}  // namespace

std::uint32_t numpy_item_size(std::string_view dtype) {
  if (dtype.size() < 2 || dtype.size() > 3) return 0;
  std::uint32_t size = 0;
  for (const char c : dtype.substr(1)) {
    if (c < '0' || c > '9') return 0;
    size = size * 10 + static_cast<std::uint32_t>(c - '0');
  }
  const auto one_of = [&](auto... sizes) { return ((size == static_cast<std::uint32_t>(sizes)) || ...); };
  switch (dtype[0]) {
    case 'b':
      return one_of(1) ? size : 0;
    case 'i':
    case 'u':
      return one_of(1, 2, 4, 8) ? size : 0;
    case 'f':
      return one_of(2, 4, 8, 12, 16) ? size : 0;
    case 'c':
      return one_of(8, 16, 24, 32) ? size : 0;
    default:
      return 0;
  }
}

void build(Arena& arena, NodeId target, NodeId state) {
  const Kind kind = arena.kind(target);
  if (kind != Kind::kOrderedDict && kind != Kind::kNumpyDtype && kind != Kind::kNumpyArray) {
    refuse("state is set on a value of kind " + std::string(kind_name(kind)));
  }
  if (arena[target].frozen) {
    throw Refusal(Code::kPickleFrozen, "state is set on a value that is already part of another");
  }
  if (arena[target].built) refuse("state is set twice on one value");
  if (kind == Kind::kOrderedDict) build_ordered_dict(arena, state);
  if (kind == Kind::kNumpyDtype) build_dtype(arena, state);
  if (kind == Kind::kNumpyArray) build_array(arena, target, state);
  arena[target].built = true;
}

}  // namespace dl_trade::checkpoint
