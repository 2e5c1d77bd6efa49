#include "refusal.hpp"

#include "quote.hpp"

namespace dl_trade::checkpoint {

std::string_view code_name(Code code) {
  for (const CodeEntry& entry : kCodes) {
    if (entry.code == code) return entry.name;
  }
  return "UNKNOWN";
}

std::string quote(std::string_view text) {
  constexpr std::size_t kMost = 80;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  if (text.size() > kMost) out += "...";
  return out + "\"";
}

}  // namespace dl_trade::checkpoint
