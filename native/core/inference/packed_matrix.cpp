#include "inference/packed_matrix.hpp"

#include <algorithm>

#include "inference/kernels.hpp"

namespace dl_trade::inference {

AlignedFloats::AlignedFloats(int64_t count)
    : values_(static_cast<float*>(
          ::operator new[](static_cast<size_t>(count) * sizeof(float), std::align_val_t{64}))),
      size_(count) {
  std::fill_n(values_.get(), count, 0.0F);
}

PackedMatrix::PackedMatrix(int64_t depth, int64_t columns, const std::function<float(int64_t, int64_t)>& at)
    : values_(depth * padded(columns)), depth_(depth), panels_(padded(columns) / lanes) {
  for (int64_t column = 0; column < columns; ++column) {
    float* panel = values_.data() + column / lanes * depth * lanes + column % lanes;
    for (int64_t row = 0; row < depth; ++row) panel[row * lanes] = at(row, column);
  }
}

int64_t PackedMatrix::width() const {
  return panels_ * lanes;
}

}  // namespace dl_trade::inference
