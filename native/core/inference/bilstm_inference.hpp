#pragma once

#include <cstdint>
#include <vector>

#include "inference/kernels.hpp"
#include "inference/packed_matrix.hpp"
#include "inference/windows.hpp"
#include "networks/weights.hpp"

namespace dl_trade::inference {

/// The BiLSTM without what its last step does not need: the top layer's backward direction takes one step.
/// Input projections of the lowest layer belong to a row, not to a window.
class BiLSTMInference {
 public:
  /// Windows that are computed together, so that a recurrent step is a product of matrices.
  static constexpr int64_t windows_at_once = 48;

  /// Memory of one computation, kept between two.
  struct Scratch {
    int64_t windows = 0;
    int64_t steps = 0;
    /// Of a layer and of the one above it, [steps, windows, 2 * units].
    AlignedFloats outputs;
    AlignedFloats next_outputs;
    /// Sums of some steps, [some steps, windows, 4 * units].
    AlignedFloats sums;
    AlignedFloats gates;
    AlignedFloats cell;
    /// Of two steps in turn, [2, windows, units].
    AlignedFloats hidden;
    /// [windows, 2 * units]
    AlignedFloats features;
  };

  BiLSTMInference(const networks::BiLSTMClassifierOptions& options, const networks::Weights& weights,
                  const Kernels& kernels);

  int64_t input_size() const { return input_size_; }

  /// Values of one projected row.
  int64_t projected_width() const { return 8 * units_; }

  /// shape: rows [count, input_size] -> out [count, projected_width]
  void project(const float* rows, int64_t count, float* out) const;

  /// @param logits [windows.count], at most `windows_at_once`
  void predict(const Windows& windows, Scratch& scratch, float* logits) const;

 private:
  struct Direction {
    PackedMatrix input;
    PackedMatrix recurrent;
    AlignedFloats bias;
  };
  struct Layer {
    Direction forward;
    Direction backward;
  };
  /// What a step's gates begin with: one row of 4 * units a window.
  struct Sums {
    const float* data;
    int64_t stride;
  };
  class LowestSums;
  class UpperSums;

  Direction make_direction(const networks::Weights& weights, int64_t layer, bool backward) const;
  void reserve(Scratch& scratch, int64_t windows, int64_t steps) const;
  void step(const Direction& direction, const Sums& sums, const float* before, float* hidden, int64_t stride,
            Scratch& scratch, int64_t windows) const;
  template <typename Source>
  void run(const Direction& direction, bool backward, Source sums, float* outputs, Scratch& scratch,
           const Windows& windows) const;
  template <typename Source>
  void run_top(const Layer& layer, Source forward, Source backward, Scratch& scratch,
               const Windows& windows) const;

  const Kernels& kernels_;
  int64_t input_size_;
  int64_t hidden_size_;
  /// hidden_size with its padding.
  int64_t units_;
  std::vector<Layer> layers_;
  /// [2 * units]
  AlignedFloats fc_;
  float fc_bias_;
};

}  // namespace dl_trade::inference
