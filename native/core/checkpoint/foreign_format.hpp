#pragma once

#include "little_endian.hpp"

namespace dl_trade::checkpoint {

/** Returns where the file starts as a zip does; otherwise says what it is instead.
 *  @throws Refusal FILE_EMPTY, FORMAT_* */
void require_zip_start(Bytes file);

}  // namespace dl_trade::checkpoint
