#include <doctest/doctest.h>

#include "builder.hpp"

using namespace builder;
using dl_trade::checkpoint::BigInt;
using dl_trade::checkpoint::Checkpoint;
using dl_trade::checkpoint::Value;

namespace {

Bytes with_hyperparameters(const std::string& value) {
  return checkpoint(program(dict({{text("net"), dict({{text("w"), tensor()}})},
                                  {text("hyperparameters"), value},
                                  {text("epoch"), integer(7)}})));
}

/** One value as text, for comparison. */
std::string shown(const Value& value) {
  if (value.is_null()) return "null";
  if (const auto* flag = value.get_if<bool>()) return *flag ? "true" : "false";
  if (const auto* number = value.get_if<std::int64_t>()) return std::to_string(*number);
  if (const auto* number = value.get_if<BigInt>()) return number->decimal + "n";
  if (const auto* number = value.get_if<double>()) return "f" + std::to_string(*number);
  if (const auto* string = value.get_if<std::string>()) return "'" + *string + "'";
  std::string out;
  if (const auto* list = value.get_if<Value::List>()) {
    for (const Value& item : *list) out += (out.empty() ? "" : ",") + shown(item);
    return "[" + out + "]";
  }
  if (const auto* dict = value.get_if<Value::Dict>()) {
    for (const auto& [key, item] : dict->items)
      out += (out.empty() ? "" : ",") + shown(key) + ":" + shown(item);
    return (dict->ordered ? "O{" : "{") + out + "}";
  }
  return "tensor" + std::to_string(value.get_if<dl_trade::checkpoint::Tensor>()->numel());
}

std::string walked(const std::string& value) {
  return shown(Checkpoint::read_buffer(with_hyperparameters(value)).hyperparameters());
}

std::string scalar(std::string_view dtype, std::string_view raw) {
  return walked(call(global("numpy.core.multiarray", "scalar"), {numpy_dtype(dtype), bytes(raw)}));
}

std::string array(const std::vector<std::int64_t>& shape, std::string_view raw, bool fortran) {
  return walked(
      call(global("numpy.core.multiarray", "_reconstruct"),
           {global("numpy", "ndarray"), integers({0}), bytes("b")}) +
      tuple({integer(1), integers(shape), numpy_dtype("i1"), fortran ? "\x88" : "\x89", bytes(raw)}) + "b");
}

}  // namespace

TEST_CASE("plain values come out as they are") {
  CHECK(walked("N") == "null");
  CHECK(walked("\x88") == "true");
  CHECK(walked(integer(-5)) == "-5");
  CHECK(walked("M\1\2") == "513");
  CHECK(walked(integer(INT64_MIN)) == std::to_string(INT64_MIN));
  CHECK(walked("\x8a\2\xff\xff") == "-1");
  CHECK(walked("\x8a\1\x80") == "-128");
  CHECK(walked(std::string("\x8a\x0a\0\0\0\0\0\0\0\0\1\0", 12)) == "18446744073709551616n");
  CHECK(walked(real(0.5)) == "f0.500000");
  CHECK(walked(text("\xc3\xa9")) == "'\xc3\xa9'");
  CHECK(walked(bytes("\xe9")) == "'\xc3\xa9'");
  CHECK(walked(list({integer(1), tuple({"N", ")"})})) == "[1,[null,[]]]");
  CHECK(walked(dict({{integer(0), text("a")}, {"N", "]"}})) == "{0:'a',null:[]}");
  CHECK(walked(ordered_dict()) == "O{}");
  CHECK(walked(tensor()) == "tensor6");
}

TEST_CASE("torch's and Python's small types become plain values") {
  CHECK(walked(call(global("torch", "Size"), {integers({2, 3})})) == "[2,3]");
  CHECK(walked(call(global("torch", "device"), {text("cuda"), integer(1)})) == "'cuda:1'");
  CHECK(walked(call(global("torch", "device"), {text("cpu")})) == "'cpu'");
  CHECK(walked(global("torch", "bfloat16")) == "'torch.bfloat16'");
  CHECK(walked(global("torch", "Tensor")) == "'torch.Tensor'");
  CHECK(walked(call(global("builtins", "set"), {list({integer(1)})})) == "[1]");
  CHECK(walked(call(global("builtins", "complex"), {real(1), real(2)})) == "[f1.000000,f2.000000]");
  CHECK(walked(call(global("collections", "Counter"), {})) == "{}");
  CHECK(walked(call(global("collections", "Counter"), {dict({{text("a"), integer(2)}})})) == "{'a':2}");
  CHECK(walked(call(global("builtins", "bytearray"), {})) == "''");
  CHECK(walked(call(global("builtins", "bytearray"), {bytes("x")})) == "'x'");
  CHECK(walked(storage()) == "'storage 0'");
  CHECK(walked(numpy_dtype("f8")) == "'numpy f8'");
}

TEST_CASE("numpy scalars become numbers") {
  CHECK(scalar("b1", std::string(1, '\1')) == "true");
  CHECK(scalar("i1", "\xff") == "-1");
  CHECK(scalar("i2", "\xff\xff") == "-1");
  CHECK(scalar("i4", "\xfe\xff\xff\xff") == "-2");
  CHECK(scalar("i8", "\xfd\xff\xff\xff\xff\xff\xff\xff") == "-3");
  CHECK(scalar("u1", "\xff") == "255");
  CHECK(scalar("u2", "\xff\xff") == "65535");
  CHECK(scalar("u4", "\xff\xff\xff\xff") == "4294967295");
  CHECK(scalar("u8", "\xff\xff\xff\xff\xff\xff\xff\xff") == "18446744073709551615n");
  CHECK(scalar("u8", std::string("\1\0\0\0\0\0\0\0", 8)) == "1");
  CHECK(scalar("f2", std::string("\0\x3c", 2)) == "f1.000000");
  CHECK(scalar("f4", std::string("\0\0\x80\x3f", 4)) == "f1.000000");
  CHECK(scalar("f8", std::string("\0\0\0\0\0\0\xf0\x3f", 8)) == "f1.000000");
  CHECK(scalar("c8", std::string("\0\0\x80\x3f\0\0\0\0", 8)) == "[f1.000000,f0.000000]");
  CHECK(scalar("c16", std::string("\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\0", 16)) == "[f1.000000,f0.000000]");
  CHECK(scalar("f16", std::string(16, '\0')) == "'numpy f16'");
}

TEST_CASE("numpy arrays become nested lists in either order") {
  CHECK(array({2, 3}, "\1\2\3\4\5\6", false) == "[[1,2,3],[4,5,6]]");
  CHECK(array({2, 3}, "\1\4\2\5\3\6", true) == "[[1,2,3],[4,5,6]]");
  CHECK(array({}, "\7", false) == "7");
  CHECK(array({0, 3}, "", false) == "[]");
  CHECK(walked(call(global("numpy.core.multiarray", "_reconstruct"),
                    {global("numpy", "ndarray"), integers({0}), bytes("b")})) == "[]");
}

TEST_CASE("what is neither weights nor hyperparameters is metadata") {
  const Checkpoint read = Checkpoint::read_buffer(with_hyperparameters("N"));
  CHECK(shown(read.metadata()) == "{'epoch':7}");
  const Checkpoint bare = Checkpoint::read_buffer(checkpoint(beside_weights("N")));
  CHECK(bare.hyperparameters().is_null());
  CHECK(shown(bare.metadata()) == "{}");
}

TEST_CASE("values that unfold beyond the budget are refused when they are asked for, the weights are not") {
  std::string laughs = std::string("]q\0", 3);
  for (char slot = 0; slot < 50; ++slot)
    laughs += std::string("h") + slot + "\x86q" + static_cast<char>(slot + 1);
  const Checkpoint read = Checkpoint::read_buffer(with_hyperparameters(laughs));
  CHECK(read.state_dict().tensors.size() == 1);
  CHECK_THROWS_AS(read.hyperparameters(), dl_trade::checkpoint::Refusal);
  CHECK(shown(read.metadata()) == "{'epoch':7}");
  CHECK_THROWS_AS(
      Checkpoint::read_buffer(with_hyperparameters(text("long")), {.value_bytes = 3}).hyperparameters(),
      dl_trade::checkpoint::Refusal);
}

TEST_CASE("dict values are found by their string keys") {
  Value::Dict dict;
  dict.set("a", 1);
  dict.set("a", 2);
  dict.items.emplace_back(Value(3), Value(4));
  REQUIRE(dict.find("a") != nullptr);
  CHECK(shown(*dict.find("a")) == "2");
  CHECK(dict.find("b") == nullptr);
}
