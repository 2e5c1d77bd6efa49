#pragma once

#include <string>
#include <string_view>

namespace dl_trade::checkpoint {

/** Text from a file in quotes, fit for a terminal: at most 80 bytes, everything but printable ASCII escaped.
 */
std::string quote(std::string_view text);

}  // namespace dl_trade::checkpoint
