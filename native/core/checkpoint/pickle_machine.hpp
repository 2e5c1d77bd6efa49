#pragma once

#include "archive.hpp"
#include "checkpoint.hpp"
#include "pickle_arena.hpp"

namespace dl_trade::checkpoint {

/** Interprets data.pkl: 31 opcodes, a stack, marks and a memo, all bounded; values are inert nodes in
 * `arena`.
 *  @returns the one value that STOP leaves
 *  @throws Refusal PICKLE_*, STORAGE_*, TENSOR_*, RECORD_MISSING, with the offset and opcode in the message
 */
NodeId run_pickle(Arena& arena, const Archive& archive, const Limits& limits);

}  // namespace dl_trade::checkpoint
