#include "tensor.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

float from_half(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fu;
  const std::uint32_t fraction = bits & 0x3ffu;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

float element(Dtype dtype, const std::byte* at) {
  switch (dtype) {
    case Dtype::kFloat64:
      return static_cast<float>(load<double>(at));
    case Dtype::kFloat16:
      return from_half(load<std::uint16_t>(at));
    case Dtype::kBfloat16:
      return std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(at)} << 16);
    default:
      return load<float>(at);
  }
}

bool is_floating(Dtype dtype) {
  return dtype == Dtype::kFloat32 || dtype == Dtype::kFloat64 || dtype == Dtype::kFloat16 ||
         dtype == Dtype::kBfloat16;
}

/** Calls `visit` with the storage index of every element in row-major order. */
template <typename Visit>
void for_each_index(const Tensor& tensor, Visit visit) {
  const std::int64_t numel = tensor.numel();
  const std::size_t dimensions = tensor.sizes.size();
  if (numel == 0) return;
  if (dimensions == 0) {
    visit(tensor.storage_offset);
    return;
  }
  const std::int64_t inner = tensor.sizes.back();
  const std::int64_t step = tensor.strides.back();
  std::vector<std::int64_t> at(dimensions, 0);
  std::int64_t row = tensor.storage_offset;
  for (std::int64_t done = 0; done < numel; done += inner) {
    for (std::int64_t i = 0; i < inner; ++i) visit(row + i * step);
    for (std::size_t d = dimensions - 1; d-- > 0;) {
      row += tensor.strides[d];
      if (++at[d] < tensor.sizes[d]) break;
      row -= tensor.strides[d] * tensor.sizes[d];
      at[d] = 0;
    }
  }
}

}  // namespace

std::string_view dtype_name(Dtype dtype) {
  constexpr std::string_view kNames[] = {"float32", "float64", "float16",   "bfloat16",
                                         "int64",   "int32",   "int16",     "int8",
                                         "uint8",   "bool",    "complex64", "complex128"};
  return kNames[static_cast<std::size_t>(dtype)];
}

std::size_t item_size(Dtype dtype) {
  constexpr std::size_t kSizes[] = {4, 8, 2, 2, 8, 4, 2, 1, 1, 1, 8, 16};
  return kSizes[static_cast<std::size_t>(dtype)];
}

std::int64_t Tensor::numel() const {
  std::int64_t numel = 1;
  for (const std::int64_t size : sizes) numel *= size;
  return numel;
}

std::int64_t Tensor::storage_numel() const {
  return static_cast<std::int64_t>(storage.size() / item_size(dtype));
}

bool Tensor::is_contiguous() const {
  std::int64_t expected = 1;
  for (std::size_t d = sizes.size(); d-- > 0;) {
    if (sizes[d] != 1 && strides[d] != expected) return false;
    expected *= sizes[d];
  }
  return true;
}

namespace {

/** Of the storage's elements, the last one that the tensor reaches; it must have elements. */
std::int64_t last_index(const Tensor& tensor) {
  std::int64_t last = tensor.storage_offset;
  for (std::size_t d = 0; d < tensor.sizes.size(); ++d) last += (tensor.sizes[d] - 1) * tensor.strides[d];
  return last;
}

}  // namespace

std::vector<float> to_float32(const Tensor& tensor) {
  if (!is_floating(tensor.dtype)) {
    throw Refusal(Code::kTensorDtype, "the tensor \"" + tensor.name + "\" is " +
                                          std::string(dtype_name(tensor.dtype)) +
                                          "; weights are float32, float64, float16 or bfloat16");
  }
  const auto numel = static_cast<std::size_t>(tensor.numel());
  std::vector<float> values(numel);
  const std::size_t item = item_size(tensor.dtype);
  if (numel > 0 && tensor.dtype == Dtype::kFloat32 && tensor.is_contiguous()) {
    std::memcpy(values.data(), tensor.storage.data() + static_cast<std::size_t>(tensor.storage_offset) * item,
                numel * item);
    return values;
  }
  std::size_t filled = 0;
  for_each_index(tensor, [&](std::int64_t index) {
    values[filled++] = element(tensor.dtype, tensor.storage.data() + static_cast<std::size_t>(index) * item);
  });
  return values;
}

std::int64_t count_nonfinite(const Tensor& tensor) {
  if (!is_floating(tensor.dtype) || tensor.numel() == 0) return 0;
  const std::size_t item = item_size(tensor.dtype);
  std::int64_t count = 0;
  const auto visit = [&](std::int64_t index) {
    const float value = element(tensor.dtype, tensor.storage.data() + static_cast<std::size_t>(index) * item);
    count += std::isfinite(value) ? 0 : 1;
  };
  if (tensor.numel() <= tensor.storage_numel()) {
    for_each_index(tensor, visit);
    return count;
  }
  const std::int64_t last = last_index(tensor);
  for (std::int64_t index = tensor.storage_offset; index <= last; ++index) visit(index);
  return count;
}

std::int64_t NonfiniteCounter::count(const Tensor& tensor) {
  if (!is_floating(tensor.dtype) || tensor.numel() == 0) return 0;
  const auto [entry, is_new] = positions_.try_emplace(tensor.storage.data());
  auto& positions = entry->second;
  if (is_new) {
    const std::size_t item = item_size(tensor.dtype);
    for (std::int64_t index = 0; index < tensor.storage_numel(); ++index) {
      const auto* bytes = tensor.storage.data() + static_cast<std::size_t>(index) * item;
      if (!std::isfinite(element(tensor.dtype, bytes))) positions.push_back(index);
    }
  }
  const auto first = std::lower_bound(positions.begin(), positions.end(), tensor.storage_offset);
  return std::upper_bound(first, positions.end(), last_index(tensor)) - first;
}

}  // namespace dl_trade::checkpoint
