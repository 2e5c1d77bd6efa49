#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dl_trade::checkpoint {

/** Reads one code point and moves `at` behind it; nothing for overlong forms, surrogates and what is above
 * U+10FFFF. */
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);

bool is_valid_utf8(std::string_view text);

/** The bytes that Python's text.encode('latin1') gives; nothing where a character lies above U+00FF. */
std::optional<std::string> encode_latin1(std::string_view text);

}  // namespace dl_trade::checkpoint
