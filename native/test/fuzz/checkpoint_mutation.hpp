#pragma once

#include <cstddef>
#include <string>

#include "pickle_instructions.hpp"

/** Mutants of whole checkpoints that stay sound where they are not changed: CRCs, sizes and layout are made
 * anew, since each of these checks would stop nearly every random change before the pickle is read. */
namespace checkpoint_mutation {

using pickle_instructions::MutateText;
using pickle_instructions::Random;

/** A mutant of `file`. One in eight is changed as plain bytes or in a header's field, container and all, as
 * is every file that is no torch zip. */
std::string mutant(const std::string& file, Random& random, const MutateText& mutate_bytes);

/** `file` with a part of the pickle of `other` in its own, and where it has none, its records. */
std::string crossed(const std::string& file, const std::string& other, Random& random);

}  // namespace checkpoint_mutation
