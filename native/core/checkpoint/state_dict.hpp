#pragma once

#include "checkpoint.hpp"
#include "pickle_arena.hpp"

namespace dl_trade::checkpoint {

struct FoundStateDict {
  NodeId node;
  StateDict state_dict;
};

/** Looks for the weights at the top level and under the keys that training scripts use.
 *  @throws Refusal STATE_DICT_MISSING, STATE_DICT_KEYS */
FoundStateDict find_state_dict(const Arena& arena, NodeId root, std::uint32_t most_entries);

}  // namespace dl_trade::checkpoint
