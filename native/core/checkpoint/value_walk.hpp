#pragma once

#include "checkpoint.hpp"
#include "pickle_arena.hpp"
#include "value.hpp"

namespace dl_trade::checkpoint {

/** Unfolds nodes into plain values. Shared nodes are copied here, so that 4 kB could unfold into 2^64 values:
 * hence budgets of its own.
 *  @throws Refusal METADATA_LIMIT */
class ValueWalk {
 public:
  ValueWalk(const Arena& arena, const Limits& limits)
      : arena_(arena), nodes_left_(limits.value_nodes), bytes_left_(limits.value_bytes) {}

  Value walk(NodeId id);

 private:
  void spend(std::uint64_t bytes);
  std::string latin1_text(NodeId bytes);
  std::string raw_bytes(NodeId bytes);
  Value list(NodeId id);
  Value dict(NodeId id);
  Value tuple(NodeId id);
  Value big_integer(const Node& node, NodeId id);
  Value numpy_item(const Node& dtype, std::string_view bytes);
  Value numpy_array(NodeId id);
  Value numpy_block(const Node& dtype, std::string_view bytes, std::uint32_t dimension);

  const Arena& arena_;
  std::uint64_t nodes_left_;
  std::uint64_t bytes_left_;
  std::vector<std::int64_t> shape_;
  bool fortran_ = false;
};

/** The decimal digits of a little-endian two's complement integer. */
std::string to_decimal(std::string_view little_endian);

}  // namespace dl_trade::checkpoint
