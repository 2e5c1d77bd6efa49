#pragma once

#include <cstdint>
#include <vector>

namespace dl_trade::inference {

/// Values that the kernels work on at a time, whatever the processor has: widths are padded to multiples of
/// it.
inline constexpr int64_t lanes = 16;

/// The least multiple of `lanes` that holds `count`.
constexpr int64_t padded(int64_t count) {
  return (count + lanes - 1) / lanes * lanes;
}

/// out[r] = initial[r] + a[r] * B, each value one chain of fused multiply-adds over `depth` in order: so it
/// has the same bits however many rows there are, and whatever computes it.
struct Product {
  const float* a;
  int64_t a_stride;
  int64_t rows;
  /// B as `PackedMatrix` has it: panels of 16 columns, [panels][depth][16].
  const float* packed;
  int64_t depth;
  int64_t panels;
  /// The row that sums begin with; stride 0: the same for all rows.
  const float* initial;
  int64_t initial_stride;
  float* out;
  int64_t out_stride;
  /// Negative sums become 0.
  bool relu = false;
};

/// One step of an LSTM behind its products.
struct LstmCell {
  /// [rows][units / 16][4][16]: input, forget, cell and output gate of 16 units side by side.
  const float* gates;
  int64_t gates_stride;
  int64_t rows;
  /// A multiple of 16.
  int64_t units;
  /// [rows][units]; null where the step is the first: zeros.
  const float* cell;
  float* next_cell;
  float* hidden;
  int64_t hidden_stride;
};

/// out = layer_norm(sums + bias), over the first `width` values of a row; the padding becomes 0.
struct LayerNorm {
  const float* sums;
  int64_t sums_stride;
  const float* bias;
  int64_t rows;
  int64_t width;
  const float* weight;
  const float* shift;
  float* out;
  int64_t out_stride;
};

/// Self-attention of every step of one window to itself and those before it.
struct CausalAttention {
  /// [steps][3][heads][padded(head_width)]: queries, scaled already, keys, values.
  const float* projected;
  int64_t projected_stride;
  int64_t steps;
  int64_t heads;
  int64_t head_width;
  /// [steps][heads][padded(head_width)]
  float* out;
  int64_t out_stride;
  /// padded(steps) * (head_width + 4) values.
  float* scratch;
};

/// Self-attention of the last step alone. Keys and values are never made: the query is taken through the
/// keys' weights to the features, and the weighted features through the values' weights.
struct LastAttention {
  /// [steps][width], the padding 0.
  const float* features;
  int64_t features_stride;
  int64_t steps;
  int64_t width;
  int64_t heads;
  int64_t head_width;
  /// [heads][padded(head_width)], scaled already.
  const float* query;
  /// [heads][head_width][padded(width)]
  const float* key_weights;
  /// Mixed features, [heads][padded(width)].
  float* out;
  /// padded(width) * heads + padded(steps) * heads values.
  float* scratch;
};

/// What one processor family computes with. All give the same bits.
struct Kernels {
  /// Such as "AVX2".
  const char* isa;
  void (*multiply)(const Product&);
  void (*lstm_cell)(const LstmCell&);
  void (*layer_norm)(const LayerNorm&);
  void (*causal_attention)(const CausalAttention&);
  void (*last_attention)(const LastAttention&);
  /// out[i] = a[i] + b[i]; a multiple of 16.
  void (*add)(const float* a, const float* b, float* out, int64_t count);
  /// Sum of a[i] * b[i]; a multiple of 16.
  float (*dot)(const float* a, const float* b, int64_t count);
  /// For tests: out[i] = sigmoid(x[i]) and tanh(x[i]); a multiple of 16.
  void (*sigmoid)(const float* x, float* out, int64_t count);
  void (*tanh)(const float* x, float* out, int64_t count);
};

/// The fastest kernels that this processor runs; null where none would be faster than LibTorch.
const Kernels* best_kernels();

/// All that this processor runs, the portable ones among them: for tests and measurements.
std::vector<const Kernels*> runnable_kernels();

}  // namespace dl_trade::inference
