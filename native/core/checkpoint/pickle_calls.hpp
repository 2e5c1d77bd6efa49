#pragma once

#include "pickle_arena.hpp"
#include "tensor_view.hpp"

namespace dl_trade::checkpoint {

/** What the listed callables would return for these arguments, as inert nodes: nothing is called.
 *  @throws Refusal PICKLE_REDUCE for any other callable or arguments, and what the tensors' rules say */
NodeId reduce(Arena& arena, TensorViews& views, NodeId callable, NodeId arguments);

/** Sets `state` on an OrderedDict (its `_metadata`, dropped), a numpy dtype or a numpy array.
 *  @throws Refusal PICKLE_BUILD, PICKLE_FROZEN */
void build(Arena& arena, NodeId target, NodeId state);

/** The bytes that one element of a numpy dtype such as "f8" takes; 0 where there is no such dtype. */
std::uint32_t numpy_item_size(std::string_view dtype);

}  // namespace dl_trade::checkpoint
