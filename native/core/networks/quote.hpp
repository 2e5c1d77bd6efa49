#pragma once

#include <string>
#include <string_view>

namespace dl_trade::networks {

/// Text from a file, fit for a one-line message: quoted, without control characters, shortened.
inline std::string quote(std::string_view text) {
  constexpr size_t longest = 120;
  std::string quoted = "\"";
  size_t length = text.size();
  if (length > longest) {
    length = longest;
    // Not in the middle of a UTF-8 sequence.
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  }
  for (const char byte : text.substr(0, length)) {
    const auto value = static_cast<unsigned char>(byte);
    quoted += value < 0x20 || value == 0x7F ? '?' : byte;
  }
  return quoted + (length < text.size() ? "...\"" : "\"");
}

}  // namespace dl_trade::networks
