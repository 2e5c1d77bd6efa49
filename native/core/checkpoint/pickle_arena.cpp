#include "pickle_arena.hpp"

#include <bit>
#include <cmath>
#include <random>
#include <string>

#include "quote.hpp"
#include "refusal.hpp"
#include "utf8.hpp"

namespace dl_trade::checkpoint {
namespace {

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 32;
  value *= 0xe9846af9b1a615d5ull;
  value ^= value >> 32;
  value *= 0xe9846af9b1a615d5ull;
  return value ^ (value >> 28);
}

bool is_number(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kFloat;
}

/** Whether a float equals an integer of 64 bits, as 1.0 == 1 in Python. */
bool is_integral(double value) {
  return value >= -0x1p63 && value < 0x1p63 && std::trunc(value) == value;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  constexpr std::string_view kNames[] = {"None",        "bool",         "int",          "int",     "float",
                                         "str",         "bytes",        "bytearray",    "complex", "tuple",
                                         "list",        "dict",         "OrderedDict",  "Counter", "set",
                                         "torch.Size",  "torch.device", "global",       "storage", "tensor",
                                         "numpy.dtype", "numpy scalar", "numpy.ndarray"};
  return kNames[static_cast<std::size_t>(kind)];
}

Arena::Arena(std::span<const std::byte> pickle, std::uint32_t most_nodes, std::uint32_t most_depth)
    : pickle_(pickle), most_nodes_(most_nodes), most_depth_(most_depth), index_(64) {
  // Unpredictable, so that no file can be made whose keys all collide.
  std::random_device random;
  seed_ = (std::uint64_t{random()} << 32) | random();
  nodes_.push(Node(Kind::kNone));
  nodes_.push(Node(Kind::kBool, 0));
  nodes_.push(Node(Kind::kBool, 1));
  for (std::int64_t value = 0; value < 256; ++value) {
    Node node(Kind::kInt);
    node.integer = value;
    nodes_.push(node);
  }
}

void Arena::count_value() {
  if (made_ >= most_nodes_) {
    throw Refusal(Code::kPickleLimit,
                  "the pickle makes more than " + std::to_string(most_nodes_) + " values");
  }
  ++made_;
}

NodeId Arena::add(const Node& node) {
  count_value();
  return nodes_.push(node);
}

NodeId Arena::constant(Kind kind, std::uint8_t value) {
  count_value();
  return kind == Kind::kNone ? 0 : kind == Kind::kBool ? NodeId{1} + value : NodeId{3} + value;
}

NodeId Arena::add_string(std::uint32_t offset, std::uint32_t length) {
  Node node(Kind::kString, length);
  node.b = offset;
  // Kept, since a file may use one long string as a key a million times.
  node.c = hash_text({reinterpret_cast<const char*>(pickle_.data()) + offset, length});
  return add(node);
}

NodeId Arena::encode_latin1(NodeId string) {
  if (nodes_[string].built) return nodes_[string].c;
  const auto encoded = checkpoint::encode_latin1(text(string));
  if (!encoded) throw Refusal(Code::kPickleReduce, "bytes are given as text that is not latin-1");
  Node node(Kind::kBytes, string);
  node.b = static_cast<std::uint32_t>(encoded->size());
  node.c = nodes_[string].c;
  const NodeId bytes = add(node);
  nodes_[string].c = bytes;
  nodes_[string].built = true;
  return bytes;
}

NodeId Arena::add_tuple(std::span<const NodeId> items) {
  Node node(Kind::kTuple, static_cast<std::uint32_t>(children_.size()));
  node.b = static_cast<std::uint32_t>(items.size());
  node.c = 0;
  node.depth = 1;
  const NodeId tuple = add(node);
  for (const NodeId item : items) {
    children_.push(item);
    adopt(tuple, item);
  }
  return tuple;
}

void Arena::adopt(NodeId parent, NodeId child) {
  const unsigned depth = nodes_[child].depth + 1u;
  if (depth > most_depth_) {
    throw Refusal(Code::kPickleLimit, "values are nested deeper than " + std::to_string(most_depth_));
  }
  nodes_[child].frozen = true;
  if (nodes_[parent].depth < depth) nodes_[parent].depth = static_cast<std::uint8_t>(depth);
}

template <typename Cell>
void Arena::link(NodeId container, Pool<Cell>& cells, const Cell& cell) {
  const std::uint32_t at = cells.push(cell);
  Node& node = nodes_[container];
  if (node.c == 0) {
    node.a = at;
  } else {
    cells[node.b].next = at;
  }
  node.b = at;
  ++node.c;
}

void Arena::append(NodeId list, NodeId item) {
  adopt(list, item);
  link(list, list_cells_, {item, kNoNode});
}

void Arena::set_item(NodeId dict, NodeId key, NodeId value) {
  const Kind key_kind = kind(key);
  if (key_kind != Kind::kString && key_kind != Kind::kNone && !is_number(key_kind)) {
    throw Refusal(Code::kPickleKey, "a dict key is of kind " + std::string(kind_name(key_kind)) +
                                        ", allowed are str, int, bool, float and None");
  }
  if ((indexed_ + 1) * 2 > index_.size()) grow_index();
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash_key(dict, key) & mask;
  for (; index_[slot] != 0; slot = (slot + 1) & mask) {
    const DictCell& other = dict_cells_[index_[slot] - 1];
    if (other.owner == dict && same_key(other.key, key)) {
      throw Refusal(
          Code::kPickleKey,
          "a dict has the key " +
              (key_kind == Kind::kString ? quote(text(key)) : "of kind " + std::string(kind_name(key_kind))) +
              " twice");
    }
  }
  adopt(dict, key);
  adopt(dict, value);
  index_[slot] = static_cast<std::uint32_t>(dict_cells_.size()) + 1;
  ++indexed_;
  link(dict, dict_cells_, {dict, key, value, kNoNode});
}

void Arena::grow_index() {
  std::vector<std::uint32_t> old(index_.size() * 2);
  old.swap(index_);
  const std::size_t mask = index_.size() - 1;
  for (const std::uint32_t entry : old) {
    if (entry == 0) continue;
    const DictCell& cell = dict_cells_[entry - 1];
    std::size_t slot = hash_key(cell.owner, cell.key) & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = entry;
  }
}

// Equal keys must hash alike, and in Python True == 1 == 1.0.
std::uint64_t Arena::hash_key(NodeId owner, NodeId key) const {
  const Node& node = nodes_[key];
  std::uint64_t hash = mix(seed_ ^ owner);
  switch (node.kind) {
    case Kind::kString:
      return mix(hash ^ (node.built ? nodes_[node.c].c : node.c));
    case Kind::kFloat:
      if (is_integral(node.real))
        return mix(hash ^ static_cast<std::uint64_t>(static_cast<std::int64_t>(node.real)));
      return mix(hash ^ std::bit_cast<std::uint64_t>(node.real));
    case Kind::kBool:
      return mix(hash ^ node.a);
    case Kind::kInt:
      return mix(hash ^ static_cast<std::uint64_t>(node.integer));
    default:
      return mix(hash ^ 0x5bd1e995);
  }
}

bool Arena::same_key(NodeId a, NodeId b) const {
  if (a == b) return true;
  const Node& left = nodes_[a];
  const Node& right = nodes_[b];
  if (!is_number(left.kind) || !is_number(right.kind)) {
    if (left.kind != right.kind) return false;
    return left.kind == Kind::kNone || text(a) == text(b);
  }
  const auto as_integer = [](const Node& node, std::int64_t& integer) {
    if (node.kind == Kind::kFloat) {
      if (!is_integral(node.real)) return false;
      integer = static_cast<std::int64_t>(node.real);
    } else {
      integer = node.kind == Kind::kBool ? node.a : node.integer;
    }
    return true;
  };
  std::int64_t left_integer = 0;
  std::int64_t right_integer = 0;
  const bool left_is = as_integer(left, left_integer);
  const bool right_is = as_integer(right, right_integer);
  if (left_is || right_is) return left_is && right_is && left_integer == right_integer;
  return left.real == right.real;
}

std::uint32_t Arena::hash_text(std::string_view text) const {
  std::uint64_t hash = mix(seed_ + text.size());
  for (std::size_t at = 0; at < text.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = at; i < text.size() && i < at + 8; ++i) {
      word = (word << 8) | static_cast<unsigned char>(text[i]);
    }
    hash = mix((hash ^ word) + seed_);
  }
  return static_cast<std::uint32_t>(hash);
}

std::string_view Arena::text(NodeId id) const {
  const Node& node = kind(id) == Kind::kBytes ? nodes_[nodes_[id].a] : nodes_[id];
  return {reinterpret_cast<const char*>(pickle_.data()) + node.b, node.a};
}

NodeId Arena::find(NodeId dict, std::string_view key) const {
  for (std::uint32_t at = first_cell(dict); at != kNoNode; at = dict_cells_[at].next) {
    if (kind(dict_cells_[at].key) == Kind::kString && text(dict_cells_[at].key) == key)
      return dict_cells_[at].value;
  }
  return kNoNode;
}

}  // namespace dl_trade::checkpoint
