#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pool.hpp"
#include "tensor.hpp"

namespace dl_trade::checkpoint {

enum class Kind : std::uint8_t {
  kNone,
  kBool,
  kInt,
  kBigInt,
  kFloat,
  kString,
  kBytes,
  kByteArray,
  kComplex,
  kTuple,
  kList,
  kDict,
  kOrderedDict,
  kCounter,
  kSet,
  kSize,
  kDevice,
  kGlobal,
  kStorage,
  kTensor,
  kNumpyDtype,
  kNumpyScalar,
  kNumpyArray,
};

/** Such as "int" or "OrderedDict", for messages. */
std::string_view kind_name(Kind kind);

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xffffffff;

/** An inert value of 16 bytes; `a`, `b`, `c` mean what its kind says, and children are indices of older
 * nodes. */
struct Node {
  Kind kind = Kind::kNone;
  /** 0 for plain values, for containers one more than the deepest child. */
  std::uint8_t depth = 0;
  /** Part of another value: it must not change any more. */
  bool frozen = false;
  /** BUILD has been applied. */
  bool built = false;
  /** Text: length. Tuple: first child slot. List, dict: first cell. Wrappers (set, bytes, ...): the wrapped
   * node. Bool, global, dtype, storage, tensor: value or table index. Numpy dtype: its kind character. */
  std::uint32_t a = 0;
  union {
    std::int64_t integer;
    double real;
    struct {
      /** Text: offset in the pickle. Tuple: count. List, dict: last cell. Numpy dtype: item size. */
      std::uint32_t b;
      /** List, dict: count. Numpy array: shape tuple. String, bytes: hash of the text, see hash_text. */
      std::uint32_t c;
    };
  };

  Node() : integer(0) {}
  explicit Node(Kind node_kind, std::uint32_t first = 0) : kind(node_kind), a(first), integer(0) {}
};
static_assert(sizeof(Node) == 16);

/** An item of a list; `next` is the following cell or kNoNode. */
struct ListCell {
  NodeId value;
  std::uint32_t next;
};

/** An entry of a dict. */
struct DictCell {
  NodeId owner;
  NodeId key;
  NodeId value;
  std::uint32_t next;
};

struct StorageView {
  std::uint32_t key;
  Dtype dtype;
  std::int64_t numel;
  std::span<const std::byte> bytes;
};

/** A checked tensor; sizes and strides stay the tuples they were, so that a repeated one costs nothing. */
struct TensorView {
  std::uint32_t storage;
  NodeId sizes;
  NodeId strides;
  std::int64_t offset;
};

/** Every value of one pickle, flat; nothing in it is recursive and freeing it is a loop. */
class Arena {
 public:
  Arena(std::span<const std::byte> pickle, std::uint32_t most_nodes, std::uint32_t most_depth);

  /** @throws Refusal PICKLE_LIMIT beyond the node limit */
  NodeId add(const Node& node);
  /** None, a bool or an integer from 0 to 255: a file may hold millions, so each is stored once (and counted
   * each time). */
  NodeId constant(Kind kind, std::uint8_t value);
  /** The valid UTF-8 text at [offset, offset + length) of the pickle. */
  NodeId add_string(std::uint32_t offset, std::uint32_t length);
  /** A tuple of these nodes, which freezes them. */
  NodeId add_tuple(std::span<const NodeId> items);
  void append(NodeId list, NodeId item);
  /** @throws Refusal PICKLE_KEY for a key of another kind than str, int, bool, float, None, or one that is
   * there */
  void set_item(NodeId dict, NodeId key, NodeId value);
  /** Freezes the child and makes the parent deeper than it. @throws Refusal PICKLE_LIMIT beyond the depth
   * limit */
  void adopt(NodeId parent, NodeId child);

  Node& operator[](NodeId id) { return nodes_[id]; }
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  Kind kind(NodeId id) const { return nodes_[id].kind; }
  bool is_dict(NodeId id) const { return kind(id) == Kind::kDict || kind(id) == Kind::kOrderedDict; }
  /** Of a string, or of the string that bytes came from. */
  std::string_view text(NodeId id) const;
  /** The bytes of `string` in latin-1, the same node at every call so that repeating it costs nothing.
   *  @throws Refusal PICKLE_REDUCE for a character above U+00FF */
  NodeId encode_latin1(NodeId string);
  std::uint32_t tuple_size(NodeId id) const { return nodes_[id].b; }
  NodeId tuple_item(NodeId id, std::uint32_t index) const { return children_[nodes_[id].a + index]; }
  /** Of a list, dict or odict. */
  std::uint32_t count(NodeId id) const { return nodes_[id].c; }
  /** The first cell of a list, dict or odict, kNoNode where it is empty. */
  std::uint32_t first_cell(NodeId id) const { return count(id) == 0 ? kNoNode : nodes_[id].a; }
  const ListCell& list_cell(std::uint32_t index) const { return list_cells_[index]; }
  const DictCell& dict_cell(std::uint32_t index) const { return dict_cells_[index]; }
  /** The value under a string key, or kNoNode. */
  NodeId find(NodeId dict, std::string_view key) const;

  std::vector<StorageView> storages;
  Pool<TensorView> tensors;

 private:
  template <typename Cell>
  void link(NodeId container, Pool<Cell>& cells, const Cell& cell);
  void count_value();
  std::uint64_t hash_key(NodeId owner, NodeId key) const;
  bool same_key(NodeId a, NodeId b) const;
  std::uint32_t hash_text(std::string_view text) const;
  void grow_index();

  std::span<const std::byte> pickle_;
  std::uint32_t most_nodes_;
  std::uint32_t most_depth_;
  std::uint64_t seed_;
  Pool<Node> nodes_;
  Pool<NodeId> children_;
  Pool<ListCell> list_cells_;
  Pool<DictCell> dict_cells_;
  std::uint32_t made_ = 0;
  /** Open addressing over the entries of all dicts: cell + 1, or 0. */
  std::vector<std::uint32_t> index_;
  std::size_t indexed_ = 0;
};

}  // namespace dl_trade::checkpoint
