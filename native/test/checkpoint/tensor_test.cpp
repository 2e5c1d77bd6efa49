#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "builder.hpp"

using namespace builder;
using dl_trade::checkpoint::Checkpoint;
using dl_trade::checkpoint::Dtype;
using dl_trade::checkpoint::Tensor;

namespace {

std::string of(const std::string& tensor) {
  return verdict(checkpoint(program(dict({{text("w"), tensor}}))));
}

std::string shaped(std::int64_t offset, const std::vector<std::int64_t>& sizes,
                   const std::vector<std::int64_t>& strides) {
  return of(tensor(storage(), offset, sizes, strides));
}

template <typename T>
std::vector<float> values(Dtype dtype, const std::vector<T>& items) {
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.sizes = {static_cast<std::int64_t>(items.size())};
  tensor.strides = {1};
  tensor.storage = std::as_bytes(std::span(items));
  return to_float32(tensor);
}

constexpr std::int64_t kMost = INT64_MAX;

}  // namespace

TEST_CASE("storage references have torch's five items and a record of exactly their size") {
  const auto held = [](const std::string& of_storage) { return of(tensor(of_storage, 0, {6}, {1})); };
  CHECK(held(storage()) == "");
  CHECK(held(storage("0", 6, "IntStorage", "cuda:0")) == "");
  CHECK(held("NQ") == "STORAGE_INVALID");
  CHECK(held(tuple({text("module"), global("torch", "FloatStorage"), text("0"), text("cpu"), integer(6)}) +
             "Q") == "STORAGE_INVALID");
  CHECK(held(tuple({text("storage"), global("torch", "float32"), text("0"), text("cpu"), integer(6)}) +
             "Q") == "STORAGE_INVALID");
  CHECK(held(tuple({text("storage"), global("torch", "FloatStorage"), integer(0), text("cpu"), integer(6)}) +
             "Q") == "STORAGE_INVALID");
  CHECK(held(storage("00")) == "STORAGE_INVALID");
  CHECK(held(storage("../data.pkl")) == "STORAGE_INVALID");
  for (const std::string location :
       {"meta", "meta:0", "", "CPU", "cuda:", "cuda:1234", "cuda:x", "cu-da", "aaaaaaaaaaaaaaaaa"}) {
    CHECK(held(storage("0", 6, "FloatStorage", location)) == "STORAGE_INVALID");
  }
  CHECK(held(storage("0", -1)) == "STORAGE_INVALID");
  CHECK(held(storage("1")) == "RECORD_MISSING");
  CHECK(held(storage("0", 5)) == "STORAGE_SIZE");
  CHECK(held(storage("0", kMost)) == "STORAGE_SIZE");
  CHECK(held(storage("0", 6, "DoubleStorage")) == "STORAGE_SIZE");
  CHECK(held(storage("0", 1, "ComplexDoubleStorage")) == "STORAGE_SIZE");
  const std::string twice =
      dict({{text("a"), tensor()}, {text("b"), tensor(storage("0", 6, "IntStorage"), 0, {6}, {1})}});
  CHECK(verdict(checkpoint(program(twice))) == "STORAGE_INVALID");
}

TEST_CASE("a tensor's numbers are not negative, at most 8 dimensions and 2^31 elements") {
  CHECK(shaped(0, {1, 1, 1, 1, 1, 1, 1, 6}, {6, 6, 6, 6, 6, 6, 6, 1}) == "");
  CHECK(shaped(0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}) == "TENSOR_SHAPE");
  CHECK(shaped(0, {6}, {1, 1}) == "TENSOR_SHAPE");
  CHECK(shaped(-1, {1}, {1}) == "TENSOR_SHAPE");
  CHECK(shaped(0, {-1}, {1}) == "TENSOR_SHAPE");
  CHECK(shaped(0, {1}, {-1}) == "TENSOR_SHAPE");
  CHECK(shaped(0, {1 << 15, 1 << 16}, {0, 0}) == "");
  CHECK(shaped(0, {(std::int64_t{1} << 31) + 1}, {0}) == "TENSOR_SHAPE");
  CHECK(shaped(0, {1 << 16, 1 << 16}, {0, 0}) == "TENSOR_SHAPE");
  CHECK(shaped(0, {kMost, kMost}, {0, 0}) == "TENSOR_SHAPE");
}

TEST_CASE("a tensor lies inside its storage, however its numbers overflow") {
  CHECK(shaped(5, {1}, {1}) == "");
  CHECK(shaped(6, {0}, {1}) == "");
  CHECK(shaped(5, {}, {}) == "");
  CHECK(shaped(6, {}, {}) == "TENSOR_BOUNDS");
  CHECK(shaped(7, {0}, {1}) == "TENSOR_BOUNDS");
  CHECK(shaped(0, {7}, {1}) == "TENSOR_BOUNDS");
  CHECK(shaped(0, {2, 3}, {4, 1}) == "TENSOR_BOUNDS");
  CHECK(shaped(0, {3}, {kMost}) == "TENSOR_BOUNDS");
  CHECK(shaped(kMost, {2}, {kMost}) == "TENSOR_BOUNDS");
  CHECK(shaped(0, {5}, {std::int64_t{1} << 62}) == "TENSOR_BOUNDS");
}

TEST_CASE("strided views come out in row-major order") {
  const auto first = [](const std::string& held) {
    const Checkpoint read = Checkpoint::read_buffer(checkpoint(program(dict({{text("w"), held}}))));
    CHECK(read.format() == "torch-zip");
    return to_float32(read.state_dict().tensors.at(0));
  };
  CHECK(first(tensor()) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(first(tensor(storage(), 0, {3, 2}, {1, 3})) == std::vector<float>{0, 3, 1, 4, 2, 5});
  CHECK(first(tensor(storage(), 1, {2, 1, 2}, {3, 0, 1})) == std::vector<float>{1, 2, 4, 5});
  CHECK(first(tensor(storage(), 2, {2, 2}, {0, 0})) == std::vector<float>{2, 2, 2, 2});
  CHECK(first(tensor(storage(), 4, {}, {})) == std::vector<float>{4});
  CHECK(first(tensor(storage(), 0, {0, 3}, {3, 1})).empty());
}

TEST_CASE("half, bfloat16 and double become float32") {
  CHECK(values<double>(Dtype::kFloat64, {0.1, -2, 1e300}) ==
        std::vector<float>{0.1f, -2, std::numeric_limits<float>::infinity()});
  CHECK(
      values<std::uint16_t>(Dtype::kFloat16, {0x3c00, 0xc000, 0x0001, 0x8400, 0x7bff, 0xfc00, 0x8000}) ==
      std::vector<float>{1, -2, 0x1p-24f, -0x1p-14f, 65504, -std::numeric_limits<float>::infinity(), -0.0f});
  CHECK(std::isnan(values<std::uint16_t>(Dtype::kFloat16, {0x7e00})[0]));
  CHECK(std::signbit(values<std::uint16_t>(Dtype::kFloat16, {0x8000})[0]));
  CHECK(values<std::uint16_t>(Dtype::kBfloat16, {0x3f80, 0xc000}) == std::vector<float>{1, -2});
  try {
    values<std::int64_t>(Dtype::kInt64, {1});
    FAIL("integers became weights");
  } catch (const dl_trade::checkpoint::Refusal& refusal) {
    CHECK(code_name(refusal.code()) == "TENSOR_DTYPE");
  }
}

TEST_CASE("values that are not finite are counted, once each where strides repeat them") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> data{1, nan, 3, INFINITY};
  Tensor tensor;
  tensor.sizes = {2, 2};
  tensor.strides = {2, 1};
  tensor.storage = std::as_bytes(std::span(data));
  CHECK(count_nonfinite(tensor) == 2);
  tensor.strides = {0, 2};
  CHECK(count_nonfinite(tensor) == 0);
  tensor.sizes = {1 << 15, 1 << 16};
  tensor.strides = {0, 0};
  tensor.storage_offset = 1;
  CHECK(count_nonfinite(tensor) == 1);
  CHECK(tensor.numel() == std::int64_t{1} << 31);
  CHECK(tensor.storage_numel() == 4);
  tensor.dtype = Dtype::kInt32;
  CHECK(count_nonfinite(tensor) == 0);
}

TEST_CASE("a counter reads a storage once for all its tensors, and counts what each reaches") {
  std::vector<float> data(1000, 1.0f);
  data[10] = NAN;
  data[500] = INFINITY;
  dl_trade::checkpoint::NonfiniteCounter counter;
  Tensor tensor;
  tensor.storage = std::as_bytes(std::span(data));
  tensor.strides = {1};
  const auto count = [&](std::int64_t offset, std::int64_t size) {
    tensor.storage_offset = offset;
    tensor.sizes = {size};
    return counter.count(tensor);
  };
  CHECK(count(0, 1000) == 2);
  CHECK(count(10, 1) == 1);
  CHECK(count(11, 489) == 0);
  CHECK(count(11, 490) == 1);
  CHECK(count(0, 0) == 0);
  // The storage is not read again: a value that changes behind the counter's back goes unseen.
  data[0] = NAN;
  CHECK(count(0, 10) == 0);
  tensor.sizes = {std::int64_t{1} << 31};
  tensor.strides = {0};
  tensor.storage_offset = 10;
  CHECK(counter.count(tensor) == 1);
  tensor.dtype = Dtype::kInt32;
  CHECK(counter.count(tensor) == 0);
}

TEST_CASE("every dtype has a name and a size") {
  CHECK(dtype_name(Dtype::kBfloat16) == "bfloat16");
  CHECK(dtype_name(Dtype::kComplex128) == "complex128");
  CHECK(item_size(Dtype::kBool) == 1);
  CHECK(item_size(Dtype::kComplex128) == 16);
}
