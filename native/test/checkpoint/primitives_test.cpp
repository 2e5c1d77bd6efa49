#include <doctest/doctest.h>

#include <set>

#include "builder.hpp"
#include "checkpoint/crc32.hpp"
#include "checkpoint/quote.hpp"
#include "checkpoint/utf8.hpp"
#include "checkpoint/value_walk.hpp"

using namespace dl_trade::checkpoint;
using namespace std::string_literals;

TEST_CASE("CRC-32 gives the published check values at every length") {
  CHECK(crc32(builder::to_bytes("123456789")) == 0xcbf43926);
  CHECK(crc32(builder::to_bytes("")) == 0);
  CHECK(crc32(builder::to_bytes("The quick brown fox jumps over the lazy dog")) == 0x414fa339);
}

TEST_CASE("UTF-8 is judged as strictly as Python does") {
  for (const std::string good :
       {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(is_valid_utf8(good));
  for (const std::string bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe2\x82",
                                "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff"}) {
    CHECK(!is_valid_utf8(bad));
  }
}

TEST_CASE("latin-1 takes what lies below U+0100") {
  CHECK(encode_latin1("a\xc3\xbf") == "a\xff");
  CHECK(!encode_latin1("\xc4\x80"));
  CHECK(!encode_latin1("\xff"));
}

TEST_CASE("quoted text is fit for a terminal") {
  CHECK(quote("a\"\\\n\x1b") == "\"a\\\"\\\\\\x0a\\x1b\"");
  CHECK(quote(std::string(100, 'a')) == "\"" + std::string(80, 'a') + "...\"");
}

TEST_CASE("big integers become decimals") {
  CHECK(to_decimal("") == "0");
  CHECK(to_decimal("\1") == "1");
  CHECK(to_decimal("\xff") == "-1");
  CHECK(to_decimal("\0\0\0\0\0\0\0\0\1"s) == "18446744073709551616");
  CHECK(to_decimal("\0\0\0\0\0\0\0\x80\xff"s) == "-9223372036854775808");
}

TEST_CASE("every code has one name and a summary") {
  std::set<std::string_view> names;
  for (const CodeEntry& entry : kCodes) {
    CHECK(names.insert(entry.name).second);
    CHECK(code_name(entry.code) == entry.name);
    CHECK(entry.summary.ends_with('.'));
    CHECK(static_cast<std::size_t>(entry.code) == names.size() - 1);
  }
  CHECK(kCodes.back().code == Code::kWriteFailed);
}
