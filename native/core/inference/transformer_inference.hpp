#pragma once

#include <cstdint>
#include <vector>

#include "inference/kernels.hpp"
#include "inference/packed_matrix.hpp"
#include "inference/windows.hpp"
#include "networks/weights.hpp"

namespace dl_trade::inference {

/// The Transformer without what its last step does not need: the top layer attends from the last position
/// alone. Of the first layer's projections the share of a row's content belongs to the row, and that of its
/// position to the step.
class TransformerInference {
 public:
  /// Windows that are computed together.
  static constexpr int64_t windows_at_once = 12;

  /// Memory of one computation, kept between two.
  struct Scratch {
    int64_t windows = 0;
    int64_t steps = 0;
    /// Of how many steps `positions` holds the first layer's projections.
    int64_t known_positions = 0;
    /// [steps, projection of the first layer]
    AlignedFloats positions;
    /// [windows, steps, width]
    AlignedFloats features;
    /// Of one window, [steps, 3 * heads * head].
    AlignedFloats projected;
    /// [windows, steps, heads * head]
    AlignedFloats attended;
    AlignedFloats attention;
    /// Of some rows: sums before a norm, [rows, width], and the feed-forward's hidden values, [rows,
    /// feedforward].
    AlignedFloats sums;
    AlignedFloats hidden;
    /// Of the top layer, [windows, width] and [windows, heads * head]; mixed features of one window, [heads,
    /// width].
    AlignedFloats last;
    AlignedFloats queries;
    AlignedFloats mixed;
  };

  TransformerInference(const networks::TransformerClassifierOptions& options,
                       const networks::Weights& weights, const Kernels& kernels);

  int64_t input_size() const { return input_size_; }

  /// Values of one projected row.
  int64_t projected_width() const;

  /// shape: rows [count, input_size] -> out [count, projected_width]
  void project(const float* rows, int64_t count, float* out) const;

  /// @param logits [windows.count], at most `windows_at_once`
  void predict(const Windows& windows, Scratch& scratch, float* logits) const;

 private:
  struct Norm {
    AlignedFloats weight;
    AlignedFloats shift;
  };
  struct Layer {
    /// Queries (scaled), keys and values; of the top layer queries alone.
    PackedMatrix projection;
    AlignedFloats projection_bias;
    /// Of the top layer: [heads][head_width][width], and the values' weights of each head.
    AlignedFloats key_weights;
    std::vector<PackedMatrix> value_weights;
    AlignedFloats value_bias;
    PackedMatrix out;
    AlignedFloats out_bias;
    PackedMatrix expand;
    AlignedFloats expand_bias;
    PackedMatrix contract;
    AlignedFloats contract_bias;
    Norm attention_norm;
    Norm feedforward_norm;
  };

  Layer make_layer(const networks::Weights& weights, int64_t index, bool is_top) const;
  void reserve(Scratch& scratch, int64_t windows, int64_t steps) const;
  void add_positions(const Windows& windows, Scratch& scratch) const;
  void attend_first(const Windows& windows, Scratch& scratch) const;
  void attend(const Layer& layer, const Windows& windows, Scratch& scratch) const;
  void attend_last(const Layer& layer, const Windows& windows, Scratch& scratch) const;
  void finish_layer(const Layer& layer, const float* attended, float* features, int64_t rows, int64_t stride,
                    Scratch& scratch) const;

  const Kernels& kernels_;
  int64_t input_size_;
  int64_t d_model_;
  /// d_model with its padding.
  int64_t width_;
  int64_t heads_;
  int64_t head_width_;
  /// head_width with its padding.
  int64_t head_;
  int64_t feedforward_;
  PackedMatrix input_;
  AlignedFloats input_bias_;
  AlignedFloats no_bias_;
  /// [max_len, width]
  AlignedFloats positions_;
  std::vector<Layer> layers_;
  AlignedFloats fc_;
  float fc_bias_;
};

}  // namespace dl_trade::inference
