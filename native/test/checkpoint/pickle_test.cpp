#include <doctest/doctest.h>

#include "builder.hpp"

using namespace builder;
using namespace std::string_literals;

namespace {

std::string stream(const std::string& body) {
  return verdict(checkpoint("\x80\x02" + body));
}

std::string repeated(std::string_view item, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += item;
  return out;
}

}  // namespace

TEST_CASE("a checkpoint with weights and plain values is read") {
  CHECK(verdict_beside("N") == "");
}

TEST_CASE("protocols 2 and 3 are read, no others") {
  std::string pickle = beside_weights("N");
  for (int protocol = 0; protocol < 256; ++protocol) {
    pickle[1] = static_cast<char>(protocol);
    CHECK(verdict(checkpoint(pickle)) == (protocol == 2 || protocol == 3 ? "" : "PICKLE_PROTOCOL"));
  }
  CHECK(verdict(checkpoint("")) == "PICKLE_PROTOCOL");
  CHECK(verdict(checkpoint("N" + pickle)) == "PICKLE_PROTOCOL");
}

TEST_CASE("every opcode that torch.save does not need is refused") {
  const std::string listed = ".(N\x88\x89JKM\x8aGX)t\x85\x86\x87]ae}suqrhjcRbQ";
  for (int opcode = 0; opcode < 256; ++opcode) {
    if (listed.find(static_cast<char>(opcode)) != std::string::npos) continue;
    CAPTURE(opcode);
    CHECK(verdict_beside("N"s + static_cast<char>(opcode) + std::string(16, '\0')) == "PICKLE_OPCODE");
  }
}

TEST_CASE("an operand that reaches beyond the pickle is refused") {
  for (const std::string& body :
       {"J\0\0\0"s, "K"s, "M\0"s, "\x8a"s, "\x8a\x08\0"s, "G\0"s, "X\1"s, "X\xff\xff\xff\xff"s, "Nq"s,
        "Nr\0"s, "h"s, "j"s, "c"s, "ctorch\nSize"s, "N"s, ""s}) {
    CAPTURE(body);
    CHECK(stream(body) == "PICKLE_TRUNCATED");
  }
}

TEST_CASE("no instruction reaches below the stack or the innermost mark") {
  for (const std::string body :
       {"R",  ")R",  "b",    "Q",   "a",    "]a",     "s",    "}Ns",   "\x85",  "N\x86",  "NN\x87",
        "Nt", "]Ne", "}NNu", "(Ne", "(NNu", "N(\x85", "](Na", "}N(Ns", "]((Ne", "N(N\x86"}) {
    CAPTURE(body);
    CHECK(stream(body + ".") == "PICKLE_STACK");
  }
  CHECK(stream("q\0."s) == "PICKLE_STACK");
  CHECK(stream("N(q\0."s) == "PICKLE_STACK");
  CHECK(verdict_beside("}(Nu") == "PICKLE_STACK");
}

TEST_CASE("memo slots are filled in order and read once filled") {
  CHECK(verdict_beside("Nq\0h\0\x86"s) == "");
  CHECK(verdict_beside("Nr\0\0\0\0j\0\0\0\0\x86"s) == "");
  CHECK(verdict_beside("Nq\1") == "PICKLE_MEMO");
  CHECK(verdict_beside("Nq\0q\0"s) == "PICKLE_MEMO");
  CHECK(verdict_beside("Nr\xff\xff\xff\xff") == "PICKLE_MEMO");
  CHECK(verdict_beside("h\0"s) == "PICKLE_MEMO");
  CHECK(verdict_beside("j\0\0\0\1"s) == "PICKLE_MEMO");
}

TEST_CASE("a global that is not listed is refused though it is never called") {
  CHECK(verdict_beside(global("posix", "system")) == "PICKLE_GLOBAL");
  CHECK(verdict_beside(global("collections", "OrderedDict.fromkeys")) == "PICKLE_GLOBAL");
  CHECK(verdict_beside(global("__main__", "Model")) == "PICKLE_GLOBAL");
  CHECK(verdict_beside(global("torch", "uint16")) == "PICKLE_GLOBAL");
  CHECK(verdict_beside(global("torch", "Sizf")) == "PICKLE_GLOBAL");
  CHECK(verdict_beside(global("t\xc3\xb6rch", "Size")) == "PICKLE_GLOBAL");
  CHECK(verdict_beside("c" + std::string(257, 'a')) == "PICKLE_GLOBAL");
}

TEST_CASE("items go into lists, entries into dicts, nothing else") {
  for (const std::string target : {"N", "K\1", "}", ")"}) {
    CHECK(verdict_beside(target + "Na") == "PICKLE_CONTAINER");
    CHECK(verdict_beside(target + "(Ne") == "PICKLE_CONTAINER");
  }
  for (const std::string target : {"N", "]", ")"}) {
    CHECK(verdict_beside(target + text("k") + "Ns") == "PICKLE_CONTAINER");
    CHECK(verdict_beside(target + "(" + text("k") + "Nu") == "PICKLE_CONTAINER");
  }
}

TEST_CASE("dict keys are plain and never equal, as Python compares them") {
  for (const std::string& key : {std::string(")"), std::string("]"), bytes("x"), tensor()})
    CHECK(verdict_beside(dict({{key, "N"}})) == "PICKLE_KEY");
  CHECK(verdict_beside(dict({{text("a"), "N"},
                             {text("b"), "N"},
                             {"N", "N"},
                             {integer(2), "N"},
                             {real(2.5), "N"},
                             {"\x88", "N"}})) == "");
  const std::pair<std::string, std::string> equal[] = {
      {text("a"), text("a")},  {integer(1), "\x88"}, {integer(0), real(-0.0)},
      {integer(7), real(7.0)}, {"N", "N"},           {real(1.5), real(1.5)},
      {integer(1), "\x8a\1\1"}};
  for (const auto& [one, other] : equal)
    CHECK(verdict_beside(dict({{one, "N"}, {other, "N"}})) == "PICKLE_KEY");
  CHECK(verdict_beside(
            dict({{real(1e300), "N"}, {integer(INT64_MAX), "N"}, {real(9223372036854775808.0), "N"}})) == "");
}

TEST_CASE("a large dict finds its one repeated key") {
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 3000; ++i) entries.push_back({text("key" + std::to_string(i)), integer(i)});
  CHECK(verdict_beside(dict(entries)) == "");
  entries.push_back({text("key1234"), "N"});
  CHECK(verdict_beside(dict(entries)) == "PICKLE_KEY");
}

TEST_CASE("a container does not change once it is part of another, so nothing holds itself") {
  CHECK(verdict_beside("]q\0h\0a"s) == "PICKLE_FROZEN");
  CHECK(verdict_beside("]q\0(h\0e"s) == "PICKLE_FROZEN");
  CHECK(verdict_beside("}q\0X\1\0\0\0kh\0s"s) == "PICKLE_FROZEN");
  CHECK(verdict_beside("}q\0(X\1\0\0\0kh\0u"s) == "PICKLE_FROZEN");
  CHECK(verdict_beside("]q\0\x85h\0Na\x86"s) == "PICKLE_FROZEN");
  CHECK(verdict_beside("}q\0\x85h\0X\1\0\0\0kNs\x86"s) == "PICKLE_FROZEN");
}

TEST_CASE("depth, values, instructions, marks, stack and strings are limited") {
  using dl_trade::checkpoint::Limits;
  const auto limited = [](const std::string& value, const Limits& limits) {
    return verdict(checkpoint(beside_weights(value)), limits);
  };
  CHECK(verdict_beside(repeated("]", 63) + repeated("a", 62)) == "");
  CHECK(verdict_beside(repeated("]", 65) + repeated("a", 64)) == "PICKLE_LIMIT");
  CHECK(verdict_beside(")" + repeated("\x85", 100'000)) == "PICKLE_LIMIT");
  CHECK(stream(repeated("(", 4097) + ".") == "PICKLE_LIMIT");
  CHECK(limited(list({"N", "N", "N"}), {.pickle_nodes = 20}) == "PICKLE_LIMIT");
  CHECK(limited(list({"N", "N", "N"}), {.pickle_opcodes = 20}) == "PICKLE_LIMIT");
  CHECK(limited(list({"N", "N", "N"}), {.pickle_stack = 5}) == "PICKLE_LIMIT");
  CHECK(limited(text("abcdefghijklmnopqrst"), {.string_bytes = 19}) == "PICKLE_LIMIT");
  CHECK(limited(text("abcdefghijklmnopqrs"), {.string_bytes = 19}) == "");
}

TEST_CASE("strings are valid UTF-8") {
  CHECK(verdict_beside(text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")) == "");
  CHECK(verdict_beside(text("\xed\xa0\x80")) == "PICKLE_STRING");
}

TEST_CASE("STOP leaves exactly one value and is the last byte") {
  const std::string sound = beside_weights("N");
  CHECK(verdict(checkpoint(sound + "N")) == "PICKLE_END");
  CHECK(stream(".") == "PICKLE_END");
  CHECK(stream("N" + sound.substr(2)) == "PICKLE_END");
  CHECK(stream("(" + sound.substr(2)) == "PICKLE_END");
}
