#include <doctest/doctest.h>

#include "builder.hpp"

using namespace builder;
using namespace std::string_literals;

TEST_CASE("other formats are recognised by their first bytes") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "FILE_EMPTY"},
      {"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"s, "FORMAT_LEGACY"},
      {std::string(257, 'a') + "ustar\0"s, "FORMAT_TAR"},
      {"\x80\x00"s, "FORMAT_BARE_PICKLE"},
      {"\x80\x05N."s, "FORMAT_BARE_PICKLE"},
      {"\x80\x06N."s, "FORMAT_UNKNOWN"},
      {"\x10\0\0\0\0\0\0\0{}"s, "FORMAT_SAFETENSORS"},
      {"\xff\xff\xff\xff\xff\xff\xff\xff{}"s, "FORMAT_UNKNOWN"},
      {"7z\xbc\xaf\x27\x1c"s, "FORMAT_FOREIGN"},
      {"\x1f\x8b"s, "FORMAT_FOREIGN"},
      {"\xfd"
       "7zXZ\0"s,
       "FORMAT_FOREIGN"},
      {"PYTORCH1"s, "FORMAT_FOREIGN"},
      {"PK\5\6"s, "FORMAT_ZIP"},
      {"PK\7\10PK\3\4"s, "FORMAT_ZIP"},
      {"version https://git-lfs.github.com/spec/v1"s, "FORMAT_FAILED_DOWNLOAD"},
      {" \n<!DOCTYPE html>"s, "FORMAT_FAILED_DOWNLOAD"},
      {"<HTML>"s, "FORMAT_FAILED_DOWNLOAD"},
      {"   "s, "FORMAT_UNKNOWN"},
      {"hello"s, "FORMAT_UNKNOWN"},
      {"PK\3"s, "FORMAT_UNKNOWN"},
      {"PK\3\4"s, "ZIP_END"},
  };
  for (const auto& [bytes, code] : cases) {
    CAPTURE(bytes);
    CHECK(verdict(to_bytes(bytes)) == code);
  }
}
