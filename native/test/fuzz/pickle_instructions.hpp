#pragma once

#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/** Pickles taken apart into instructions, so that a mutant is still one: bytes changed at random end in
 *  PICKLE_TRUNCATED or PICKLE_MEMO nearly always. */
namespace pickle_instructions {

using Random = std::mt19937_64;
/** Changes a text at random, as LLVMFuzzerMutate does. */
using MutateText = std::function<std::string(const std::string&)>;

/** Each instruction with its operand; they concatenate to the pickle. Where the bytes make no sense, an
 * instruction is a single byte, and one cut off is what is left. */
std::vector<std::string> split(std::string_view pickle);
std::string join(const std::vector<std::string>& instructions);

/** Numbers the memo slots as torch does, in the order they are filled, and lets every GET follow its slot. */
void renumber_memo(std::vector<std::string>& instructions);

/** One change: instructions left out, repeated, moved, replaced by others, operands changed, values put in
 * place of others. */
void mutate(std::vector<std::string>& instructions, Random& random, const MutateText& mutate_text);

}  // namespace pickle_instructions
