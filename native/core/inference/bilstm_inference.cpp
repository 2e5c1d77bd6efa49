#include "inference/bilstm_inference.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "inference/named_weights.hpp"

namespace dl_trade::inference {
namespace {

constexpr int64_t gates = 4;

/// Rows of a projection that are made at once: enough for a product of matrices, few enough to stay in the
/// cache.
constexpr int64_t rows_at_once = 64;

}  // namespace

/// Sums of the lowest layer, made before for every row.
class BiLSTMInference::LowestSums {
 public:
  LowestSums(const Windows& windows, int64_t width, int64_t from)
      : data_(windows.projected + from), width_(width), stride_(windows.rows_between * width) {}

  Sums at(int64_t step) const { return {data_ + step * width_, stride_}; }
  Sums alone(int64_t step) const { return at(step); }

 private:
  const float* data_;
  int64_t width_;
  int64_t stride_;
};

/// Sums of an upper layer, made from the outputs of the one below, some steps at a time.
class BiLSTMInference::UpperSums {
 public:
  UpperSums(const BiLSTMInference& network, const Direction& direction, const float* inputs, float* sums,
            const Windows& windows)
      : network_(network), direction_(direction), inputs_(inputs), sums_(sums), windows_(windows) {}

  Sums at(int64_t step) {
    if (step < first_ || step >= end_) {
      const int64_t some = steps_at_once(windows_.count);
      const int64_t first = step / some * some;
      make(first, std::min(first + some, windows_.steps));
    }
    return made(step);
  }

  /// Of a step beside which no other is asked for.
  Sums alone(int64_t step) {
    make(step, step + 1);
    return made(step);
  }

  static int64_t steps_at_once(int64_t windows) { return std::max<int64_t>(1, rows_at_once / windows); }

 private:
  Sums made(int64_t step) const {
    const int64_t row = gates * network_.units_;
    return {sums_ + (step - first_) * windows_.count * row, row};
  }

  void make(int64_t first, int64_t end) {
    first_ = first;
    end_ = end;
    const int64_t inputs = 2 * network_.units_;
    network_.kernels_.multiply({inputs_ + first_ * windows_.count * inputs, inputs,
                                (end_ - first_) * windows_.count, direction_.input.data(), inputs,
                                direction_.input.panels(), direction_.bias.data(), 0, sums_,
                                direction_.input.width()});
  }

  const BiLSTMInference& network_;
  const Direction& direction_;
  const float* inputs_;
  float* sums_;
  const Windows& windows_;
  int64_t first_ = 0;
  int64_t end_ = 0;
};

BiLSTMInference::BiLSTMInference(const networks::BiLSTMClassifierOptions& options,
                                 const networks::Weights& weights, const Kernels& kernels)
    : kernels_(kernels),
      input_size_(options.input_size),
      hidden_size_(options.hidden_size),
      units_(padded(options.hidden_size)),
      fc_(2 * units_),
      fc_bias_(values_of(weights, "fc.bias")[0]) {
  for (int64_t layer = 0; layer < options.num_layers; ++layer) {
    layers_.push_back({make_direction(weights, layer, false), make_direction(weights, layer, true)});
  }
  const auto& fc = values_of(weights, "fc.weight");
  for (int64_t unit = 0; unit < hidden_size_; ++unit) {
    fc_[unit] = fc[static_cast<size_t>(unit)];
    fc_[units_ + unit] = fc[static_cast<size_t>(hidden_size_ + unit)];
  }
}

BiLSTMInference::Direction BiLSTMInference::make_direction(const networks::Weights& weights, int64_t layer,
                                                           bool backward) const {
  const std::string suffix = "_l" + std::to_string(layer) + (backward ? "_reverse" : "");
  const auto& input = values_of(weights, "lstm.weight_ih" + suffix);
  const auto& recurrent = values_of(weights, "lstm.weight_hh" + suffix);
  const auto& input_bias = values_of(weights, "lstm.bias_ih" + suffix);
  const auto& recurrent_bias = values_of(weights, "lstm.bias_hh" + suffix);

  // The four gates of 16 units lie side by side; -1 for padding.
  const auto gate_row = [this](int64_t column) {
    const int64_t unit = column / (gates * lanes) * lanes + column % lanes;
    const int64_t gate = column / lanes % gates;
    return unit < hidden_size_ ? gate * hidden_size_ + unit : -1;
  };
  // Outputs of the layer below: both directions with their padding.
  const auto output = [this](int64_t row) {
    const int64_t unit = row % units_;
    return unit < hidden_size_ ? row / units_ * hidden_size_ + unit : -1;
  };
  const auto weight = [&](const std::vector<float>& values, int64_t width, int64_t column, int64_t row) {
    return column < 0 || row < 0 ? 0.0F : values[static_cast<size_t>(row * width + column)];
  };

  const int64_t columns = gates * units_;
  Direction direction;
  if (layer == 0) {
    direction.input = PackedMatrix(input_size_, columns, [&](int64_t row, int64_t column) {
      return weight(input, input_size_, row, gate_row(column));
    });
  } else {
    direction.input = PackedMatrix(2 * units_, columns, [&](int64_t row, int64_t column) {
      return weight(input, 2 * hidden_size_, output(row), gate_row(column));
    });
  }
  direction.recurrent = PackedMatrix(hidden_size_, columns, [&](int64_t row, int64_t column) {
    return weight(recurrent, hidden_size_, row, gate_row(column));
  });
  direction.bias = AlignedFloats(columns);
  for (int64_t column = 0; column < columns; ++column) {
    const int64_t row = gate_row(column);
    if (row >= 0)
      direction.bias[column] =
          input_bias[static_cast<size_t>(row)] + recurrent_bias[static_cast<size_t>(row)];
  }
  return direction;
}

void BiLSTMInference::project(const float* rows, int64_t count, float* out) const {
  const auto& [forward, backward] = layers_.front();
  for (const auto* direction : {&forward, &backward}) {
    kernels_.multiply({rows, input_size_, count, direction->input.data(), input_size_,
                       direction->input.panels(), direction->bias.data(), 0,
                       out + (direction == &forward ? 0 : gates * units_), projected_width()});
  }
}

void BiLSTMInference::predict(const Windows& windows, Scratch& scratch, float* logits) const {
  reserve(scratch, windows.count, windows.steps);
  const LowestSums lowest_forward(windows, projected_width(), 0);
  const LowestSums lowest_backward(windows, projected_width(), gates * units_);
  if (layers_.size() == 1) {
    run_top(layers_.front(), lowest_forward, lowest_backward, scratch, windows);
  } else {
    run(layers_.front().forward, false, lowest_forward, scratch.outputs.data(), scratch, windows);
    run(layers_.front().backward, true, lowest_backward, scratch.outputs.data() + units_, scratch, windows);
    const auto upper = [&](const Direction& direction) {
      return UpperSums(*this, direction, scratch.outputs.data(), scratch.sums.data(), windows);
    };
    for (size_t layer = 1; layer + 1 < layers_.size(); ++layer) {
      const auto& [forward, backward] = layers_[layer];
      run(forward, false, upper(forward), scratch.next_outputs.data(), scratch, windows);
      run(backward, true, upper(backward), scratch.next_outputs.data() + units_, scratch, windows);
      std::swap(scratch.outputs, scratch.next_outputs);
    }
    const Layer& top = layers_.back();
    run_top(top, upper(top.forward), upper(top.backward), scratch, windows);
  }
  for (int64_t window = 0; window < windows.count; ++window) {
    logits[window] =
        kernels_.dot(fc_.data(), scratch.features.data() + window * 2 * units_, 2 * units_) + fc_bias_;
  }
}

/// One direction of a layer, over all steps.
/// shape: outputs [steps, windows, 2 * units], of which units are written
template <typename Source>
void BiLSTMInference::run(const Direction& direction, bool backward, Source sums, float* outputs,
                          Scratch& scratch, const Windows& windows) const {
  const int64_t stride = 2 * units_;
  const float* before = nullptr;
  for (int64_t index = 0; index < windows.steps; ++index) {
    const int64_t at = backward ? windows.steps - 1 - index : index;
    float* hidden = outputs + at * windows.count * stride;
    step(direction, sums.at(at), before, hidden, stride, scratch, windows.count);
    before = hidden;
  }
}

/// The top layer: of its forward direction only the last output is kept, of its backward direction only the
/// first step made.
template <typename Source>
void BiLSTMInference::run_top(const Layer& layer, Source forward, Source backward, Scratch& scratch,
                              const Windows& windows) const {
  const int64_t last = windows.steps - 1;
  const int64_t stride = 2 * units_;
  float* features = scratch.features.data();
  float* in_turn[] = {scratch.hidden.data(), scratch.hidden.data() + windows.count * stride};
  const float* before = nullptr;
  for (int64_t at = 0; at < last; ++at) {
    float* hidden = in_turn[at % 2];
    step(layer.forward, forward.at(at), before, hidden, stride, scratch, windows.count);
    before = hidden;
  }
  step(layer.forward, forward.at(last), before, features, stride, scratch, windows.count);
  step(layer.backward, backward.alone(last), nullptr, features + units_, stride, scratch, windows.count);
}

void BiLSTMInference::step(const Direction& direction, const Sums& sums, const float* before, float* hidden,
                           int64_t stride, Scratch& scratch, int64_t windows) const {
  float* cell = scratch.cell.data();
  if (before == nullptr) {
    kernels_.lstm_cell({sums.data, sums.stride, windows, units_, nullptr, cell, hidden, stride});
    return;
  }
  const int64_t width = gates * units_;
  kernels_.multiply({before, stride, windows, direction.recurrent.data(), hidden_size_,
                     direction.recurrent.panels(), sums.data, sums.stride, scratch.gates.data(), width});
  kernels_.lstm_cell({scratch.gates.data(), width, windows, units_, cell, cell, hidden, stride});
}

void BiLSTMInference::reserve(Scratch& scratch, int64_t windows, int64_t steps) const {
  if (scratch.windows >= windows && scratch.steps >= steps) return;
  scratch.windows = windows = std::max(windows, scratch.windows);
  scratch.steps = steps = std::max(steps, scratch.steps);
  if (layers_.size() > 1) {
    scratch.outputs = AlignedFloats(steps * windows * 2 * units_);
    // At least as many rows as are made at once for any smaller number of windows.
    scratch.sums = AlignedFloats(std::max(windows, rows_at_once) * gates * units_);
  }
  if (layers_.size() > 2) scratch.next_outputs = AlignedFloats(steps * windows * 2 * units_);
  scratch.gates = AlignedFloats(windows * gates * units_);
  scratch.cell = AlignedFloats(windows * units_);
  scratch.hidden = AlignedFloats(2 * windows * 2 * units_);
  scratch.features = AlignedFloats(windows * 2 * units_);
}

}  // namespace dl_trade::inference
