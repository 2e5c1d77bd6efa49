#include <doctest/doctest.h>

#include "builder.hpp"

using namespace builder;

namespace {

const std::string kScalar = global("numpy._core.multiarray", "scalar");
const std::string kReconstruct = global("numpy.core.multiarray", "_reconstruct");
const std::string kArray = global("numpy", "ndarray");
const std::string kRebuild = global("torch._utils", "_rebuild_tensor_v2");
const std::string kFromType = global("torch._tensor", "_rebuild_from_type_v2");
const std::string kTensorType = global("torch", "Tensor");
const std::string kFalse = "\x89";
const std::string kTrue = "\x88";

Items tensor_arguments() {
  return {storage(), integer(0), integers({2, 3}), integers({3, 1}), kFalse, ordered_dict()};
}

std::string rebuilt(std::size_t argument, const std::string& value) {
  Items arguments = tensor_arguments();
  arguments.push_back("N");
  arguments[argument] = value;
  return verdict_beside(call(kRebuild, arguments));
}

std::string array(const Items& state) {
  return verdict_beside(call(kReconstruct, {kArray, integers({0}), bytes("b")}) + tuple(state) + "b");
}

}  // namespace

TEST_CASE("listed calls with their usual arguments are read") {
  const std::string eight(8, '\0');
  for (const std::string& value :
       {call(global("torch", "Size"), {integers({1, 2})}),
        call(global("torch", "device"), {text("cuda"), integer(1)}),
        call(global("torch", "device"), {text("cpu")}), call(global("builtins", "set"), {list({"N"})}),
        call(global("__builtin__", "bytearray"), {}), call(global("builtins", "bytearray"), {bytes("x")}),
        call(global("builtins", "bytearray"), {text("x"), text("latin-1")}),
        call(global("__builtin__", "complex"), {real(1), real(2)}),
        call(global("collections", "Counter"), {}), call(global("collections", "Counter"), {"}"}),
        call(kScalar, {numpy_dtype("f8"), bytes(eight)}),
        call(global("torch._utils", "_rebuild_parameter"), {tensor(), kTrue, ordered_dict()}),
        call(global("torch._utils", "_rebuild_parameter_with_state"), {tensor(), kTrue, "N", "}"}),
        call(kFromType, {kRebuild, kTensorType, tuple(tensor_arguments()), "}"}),
        call(kReconstruct, {kArray, integers({0}), bytes("b")}), global("torch", "float16")}) {
    CAPTURE(value);
    CHECK(verdict_beside(value) == "");
  }
}

TEST_CASE("what is no listed function is never called") {
  CHECK(verdict_beside(call("N", {})) == "PICKLE_REDUCE");
  CHECK(verdict_beside(call(text("os.system"), {text("x")})) == "PICKLE_REDUCE");
  CHECK(verdict_beside(call(global("torch", "FloatStorage"), {})) == "PICKLE_REDUCE");
  CHECK(verdict_beside(call(global("torch", "float32"), {})) == "PICKLE_REDUCE");
  CHECK(verdict_beside(call(kTensorType, {})) == "PICKLE_REDUCE");
  CHECK(verdict_beside(call(kArray, {})) == "PICKLE_REDUCE");
  CHECK(verdict_beside(global("torch", "Size") + "]R") == "PICKLE_REDUCE");
}

TEST_CASE("listed functions refuse all but their usual arguments") {
  const std::string wrong[] = {
      call(global("collections", "OrderedDict"), {"]"}),
      call(global("torch", "Size"), {list({integer(1)})}),
      call(global("torch", "Size"), {tuple({text("1")})}),
      call(global("torch", "Size"), {integers(std::vector<std::int64_t>(65, 1))}),
      call(global("torch", "device"), {integer(1)}),
      call(global("torch", "device"), {text(std::string(33, 'a'))}),
      call(global("_codecs", "encode"), {text("x"), text("utf-8")}),
      call(global("_codecs", "encode"), {text("\xc4\x80"), text("latin1")}),
      call(global("builtins", "set"), {"}"}),
      call(global("builtins", "bytearray"), {integer(1 << 30)}),
      call(global("builtins", "bytearray"), {text("x"), text("utf-8")}),
      call(global("builtins", "complex"), {integer(1), integer(2)}),
      call(global("collections", "Counter"), {"]"}),
      call(kScalar, {numpy_dtype("f8"), bytes("short")}),
      call(kScalar, {text("f8"), bytes("12345678")}),
      call(global("numpy", "dtype"), {text("O8"), kFalse, kTrue}),
      call(global("numpy", "dtype"), {text("f888"), kFalse, kTrue}),
      call(global("numpy", "dtype"), {text("f"), kFalse, kTrue}),
      call(global("numpy", "dtype"), {text("fx"), kFalse, kTrue}),
      call(global("numpy", "dtype"), {text("i3"), kFalse, kTrue}),
      call(global("numpy", "dtype"), {text("b2"), kFalse, kTrue}),
      call(global("numpy", "dtype"), {text("c4"), kFalse, kTrue}),
      call(kReconstruct, {kTensorType, integers({0}), bytes("b")}),
      call(kReconstruct, {kArray, integers({5}), bytes("b")}),
      call(kReconstruct, {kArray, integers({0, 0}), bytes("b")}),
      call(kReconstruct, {kArray, integers({0}), bytes("O")}),
      call(global("torch._utils", "_rebuild_parameter"), {"N", kTrue, ordered_dict()}),
      call(global("torch._utils", "_rebuild_parameter_with_state"), {tensor(), "N", "N", "}"}),
      call(kFromType, {kArray, kTensorType, tuple(tensor_arguments()), "}"}),
      call(kFromType, {kRebuild, kArray, tuple(tensor_arguments()), "}"}),
      call(kFromType, {kRebuild, kTensorType, tuple(tensor_arguments()), "N"}),
  };
  for (const std::string& value : wrong) {
    CAPTURE(value);
    CHECK(verdict_beside(value) == "PICKLE_REDUCE");
  }
}

TEST_CASE("a tensor's arguments have exactly torch's kinds") {
  CHECK(rebuilt(6, "N") == "");
  CHECK(rebuilt(6, "}") == "");
  CHECK(rebuilt(5, "N") == "");
  CHECK(rebuilt(0, "N") == "PICKLE_REDUCE");
  CHECK(rebuilt(1, "N") == "PICKLE_REDUCE");
  CHECK(rebuilt(2, list({integer(6)})) == "PICKLE_REDUCE");
  CHECK(rebuilt(3, tuple({"N", "N"})) == "PICKLE_REDUCE");
  CHECK(rebuilt(4, integer(0)) == "PICKLE_REDUCE");
  CHECK(rebuilt(5, ordered_dict() + text("hook") + "Ns") == "PICKLE_REDUCE");
  CHECK(rebuilt(6, dict({{text("conj"), kTrue}})) == "PICKLE_REDUCE");
}

TEST_CASE("state is set on ordered dicts, numpy dtypes and numpy arrays alone") {
  const std::string metadata = dict({{text("_metadata"), ordered_dict()}});
  CHECK(verdict_beside(ordered_dict() + metadata + "b") == "");
  CHECK(verdict_beside("}" + metadata + "b") == "PICKLE_BUILD");
  CHECK(verdict_beside(tensor() + metadata + "b") == "PICKLE_BUILD");
  CHECK(verdict_beside(ordered_dict() + "}b") == "PICKLE_BUILD");
  CHECK(verdict_beside(ordered_dict() + dict({{text("_metadata"), "}"}}) + "b") == "PICKLE_BUILD");
  CHECK(verdict_beside(ordered_dict() + metadata + "b" + metadata + "b") == "PICKLE_BUILD");
  CHECK(verdict_beside(std::string("}q\0", 3) + ordered_dict() + std::string("q\1\x85h\1", 5) + metadata +
                       "b\x87") == "PICKLE_FROZEN");
  const std::string dtype = call(global("numpy", "dtype"), {text("f8"), kFalse, kTrue});
  for (const std::string& state :
       {std::string("N"), tuple({integer(3)}),
        tuple({integer(3), text(">"), "N", "N", "N", integer(-1), integer(-1), integer(0)}),
        tuple({integer(3), text("<"), "N", "N", "N", integer(-1), integer(-1), integer(63)})}) {
    CHECK(verdict_beside(dtype + state + "b") == "PICKLE_BUILD");
  }
}

TEST_CASE("a numpy array has as many bytes as its shape needs") {
  const std::string data = bytes(std::string(16, '\0'));
  CHECK(array({integer(1), integers({2}), numpy_dtype("f8"), kFalse, data}) == "");
  CHECK(array({integer(1), integers({2}), numpy_dtype("f8"), kFalse}) == "PICKLE_BUILD");
  CHECK(array({integer(2), integers({2}), numpy_dtype("f8"), kFalse, data}) == "PICKLE_BUILD");
  CHECK(array({integer(1), integers({3}), numpy_dtype("f8"), kFalse, data}) == "PICKLE_BUILD");
  CHECK(array({integer(1), integers({-2}), numpy_dtype("f8"), kFalse, data}) == "PICKLE_BUILD");
  CHECK(array({integer(1), integers({INT64_MAX, 16}), numpy_dtype("f8"), kFalse, data}) == "PICKLE_BUILD");
  CHECK(array({integer(1), integers({2}), numpy_dtype("f8"), kFalse, list({"N"})}) == "PICKLE_BUILD");
}
