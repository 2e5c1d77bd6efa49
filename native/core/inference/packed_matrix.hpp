#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <new>

namespace dl_trade::inference {

/// Values on a cache line's boundary, zeros at first.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(int64_t count);

  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  int64_t size() const { return size_; }
  float& operator[](int64_t index) { return values_.get()[index]; }
  float operator[](int64_t index) const { return values_.get()[index]; }

 private:
  struct Free {
    void operator()(float* values) const { ::operator delete[](values, std::align_val_t{64}); }
  };
  std::unique_ptr<float[], Free> values_;
  int64_t size_ = 0;
};

/// A matrix [depth, columns] as the kernels read it: panels of 16 columns, each [depth][16], the last one
/// filled up with zeros. Made once, when weights are loaded.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// @param at the value at (row of [0, depth), column of [0, columns))
  PackedMatrix(int64_t depth, int64_t columns, const std::function<float(int64_t, int64_t)>& at);

  const float* data() const { return values_.data(); }
  int64_t depth() const { return depth_; }
  int64_t panels() const { return panels_; }
  /// Columns with the padding.
  int64_t width() const;

 private:
  AlignedFloats values_;
  int64_t depth_ = 0;
  int64_t panels_ = 0;
};

}  // namespace dl_trade::inference
