#pragma once

#include <string>
#include <unordered_map>

#include "archive.hpp"
#include "pickle_arena.hpp"

namespace dl_trade::checkpoint {

/** Turns storage references and `_rebuild_tensor_v2` arguments into views that are proven to lie inside their
 * records. */
class TensorViews {
 public:
  TensorViews(Arena& arena, const Archive& archive) : arena_(arena), archive_(archive) {}

  /** The storage that a persistent id names: ('storage', class, key, location, numel).
   *  @throws Refusal STORAGE_INVALID, STORAGE_SIZE, RECORD_MISSING */
  NodeId storage(NodeId persistent_id);
  /** @throws Refusal TENSOR_SHAPE, TENSOR_BOUNDS */
  NodeId tensor(NodeId storage, NodeId offset, NodeId sizes, NodeId strides);

 private:
  Arena& arena_;
  const Archive& archive_;
  std::unordered_map<std::uint32_t, std::uint32_t> by_key_;
};

/** The view as callers see it. */
Tensor to_tensor(const Arena& arena, NodeId tensor);

}  // namespace dl_trade::checkpoint
