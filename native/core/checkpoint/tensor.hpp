#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dl_trade::checkpoint {

enum class Dtype : std::uint8_t {
  kFloat32,
  kFloat64,
  kFloat16,
  kBfloat16,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kUint8,
  kBool,
  kComplex64,
  kComplex128,
};

/** As PyTorch prints it without "torch.", such as "float32". */
std::string_view dtype_name(Dtype dtype);

/** Bytes of one element. */
std::size_t item_size(Dtype dtype);

/** A strided view on a storage, as `torch._utils._rebuild_tensor_v2` describes it; checked to lie inside.
 *  Valid while the Checkpoint it came from lives. */
struct Tensor {
  /** Key in its state_dict; empty for a tensor elsewhere. */
  std::string name;
  Dtype dtype = Dtype::kFloat32;
  std::vector<std::int64_t> sizes;
  /** In elements, never negative; 0 repeats. */
  std::vector<std::int64_t> strides;
  /** In elements. */
  std::int64_t storage_offset = 0;
  /** Little-endian, not aligned. Tied tensors share it. */
  std::span<const std::byte> storage;

  std::int64_t numel() const;
  /** Elements of the whole storage; smaller than numel() only where strides repeat elements (expand()). */
  std::int64_t storage_numel() const;
  bool is_contiguous() const;
};

/** The elements in row-major order, cast to float32 (round to nearest even).
 *  Allocates numel() floats, so compare the shape with the model's first.
 *  @throws Refusal TENSOR_DTYPE unless float32, float64, float16 or bfloat16 */
std::vector<float> to_float32(const Tensor& tensor);

/** How many elements are NaN or infinite once cast to float32; 0 for integers and booleans.
 *  Where strides repeat elements it counts over the storage range reached, so that the time is bounded by the
 * file. */
std::int64_t count_nonfinite(const Tensor& tensor);

/** Counts the same for many tensors of a file: each storage is read once, however many tensors share it, so
 * that the time is bounded by the file. A view with holes counts what lies in them too. */
class NonfiniteCounter {
 public:
  std::int64_t count(const Tensor& tensor);

 private:
  /** Indices of NaN and infinite elements, ascending, by where their storage begins. */
  std::map<const std::byte*, std::vector<std::int64_t>> positions_;
};

}  // namespace dl_trade::checkpoint
