// The kernels, over whatever `Lanes` the including file chose. Nothing here may be linked by another file:
// everything is in an unnamed namespace, and no function of the standard library is called that could be
// compiled for more than this processor family.

#include "inference/kernels.hpp"

namespace {

using dl_trade::inference::CausalAttention;
using dl_trade::inference::LastAttention;
using dl_trade::inference::LayerNorm;
using dl_trade::inference::LstmCell;
using dl_trade::inference::Product;

constexpr int64_t L = dl_trade::inference::lanes;

constexpr int64_t whole_lanes(int64_t count) {
  return (count + L - 1) / L * L;
}

/// e^x within 2 units in the last place; x below -87.3 counts as that.
/// source: Cephes, expf
inline Lanes exponential(Lanes x) {
  // The bounds first, so that a NaN stays one.
  x = minimum(Lanes::all(88.376259F), maximum(Lanes::all(-87.336544F), x));
  // Adding it rounds to a whole number, which then stands in the low bits.
  const Lanes shift = Lanes::all(12582912.0F);
  const Lanes shifted = fma(x, Lanes::all(1.44269504F), shift);
  const Lanes n = shifted - shift;
  Lanes r = fma(n, Lanes::all(-0.693359375F), x);
  r = fma(n, Lanes::all(2.12194440e-4F), r);
  Lanes p = Lanes::all(1.9875691500e-4F);
  p = fma(p, r, Lanes::all(1.3981999507e-3F));
  p = fma(p, r, Lanes::all(8.3334519073e-3F));
  p = fma(p, r, Lanes::all(4.1665795894e-2F));
  p = fma(p, r, Lanes::all(1.6666665459e-1F));
  p = fma(p, r, Lanes::all(5.0000001201e-1F));
  const Lanes y = fma(p, r * r, r) + Lanes::all(1.0F);
  return times_power_of_two(y, shifted);
}

inline Lanes sigmoid(Lanes x) {
  const Lanes one = Lanes::all(1.0F);
  return one / (one + exponential(Lanes::all(0.0F) - x));
}

inline Lanes hyperbolic_tangent(Lanes x) {
  const Lanes one = Lanes::all(1.0F);
  return one - Lanes::all(2.0F) / (one + exponential(x + x));
}

// Left to itself GCC takes the sums through memory before they are written.
#ifdef __GNUC__
#define DL_TRADE_UNROLLED _Pragma("GCC unroll 16")
#else
#define DL_TRADE_UNROLLED
#endif

/// R rows by C panels, all sums in registers.
template <int R, int C>
void multiply_tile(const Product& p, int64_t row, int64_t panel) {
  Lanes sums[R][C];
  DL_TRADE_UNROLLED for (int r = 0; r < R; ++r) {
    DL_TRADE_UNROLLED for (int c = 0; c < C; ++c) {
      sums[r][c] = Lanes::load(p.initial + (row + r) * p.initial_stride + (panel + c) * L);
    }
  }
  const float* a = p.a + row * p.a_stride;
  const float* b = p.packed + panel * p.depth * L;
  for (int64_t k = 0; k < p.depth; ++k) {
    Lanes columns[C];
    DL_TRADE_UNROLLED for (int c = 0; c < C; ++c) columns[c] = Lanes::load(b + (c * p.depth + k) * L);
    DL_TRADE_UNROLLED for (int r = 0; r < R; ++r) {
      const Lanes value = Lanes::all(a[r * p.a_stride + k]);
      DL_TRADE_UNROLLED for (int c = 0; c < C; ++c) sums[r][c] = fma(value, columns[c], sums[r][c]);
    }
  }
  if (p.relu) {
    DL_TRADE_UNROLLED for (int r = 0; r < R; ++r) {
      DL_TRADE_UNROLLED for (int c = 0; c < C; ++c) sums[r][c] = maximum(Lanes::all(0.0F), sums[r][c]);
    }
  }
  DL_TRADE_UNROLLED for (int r = 0; r < R; ++r) {
    DL_TRADE_UNROLLED for (int c = 0; c < C; ++c) {
      sums[r][c].store(p.out + (row + r) * p.out_stride + (panel + c) * L);
    }
  }
}

constexpr int panels_beside(int rows) {
  return rows * 4 <= most_sums ? 4 : rows * 2 <= most_sums ? 2 : 1;
}

/// All panels of R rows, as many side by side as there are registers: few rows would wait for their own sums.
template <int R>
void multiply_rows(const Product& p, int64_t row) {
  constexpr int C = panels_beside(R);
  int64_t panel = 0;
  for (; panel + C <= p.panels; panel += C) multiply_tile<R, C>(p, row, panel);
  for (; panel < p.panels; ++panel) multiply_tile<R, 1>(p, row, panel);
}

template <int R>
void multiply_rest(const Product& p, int64_t row) {
  if constexpr (R > 0) {
    if (p.rows - row == R) {
      multiply_rows<R>(p, row);
    } else {
      multiply_rest<R - 1>(p, row);
    }
  }
}

void multiply(const Product& p) {
  constexpr int C = panels_beside(most_rows);
  const int64_t whole = p.rows / most_rows * most_rows;
  // A panel stays in the first cache while all rows pass it.
  int64_t panel = 0;
  for (; panel + C <= p.panels; panel += C) {
    for (int64_t row = 0; row < whole; row += most_rows) multiply_tile<most_rows, C>(p, row, panel);
  }
  for (; panel < p.panels; ++panel) {
    for (int64_t row = 0; row < whole; row += most_rows) multiply_tile<most_rows, 1>(p, row, panel);
  }
  multiply_rest<most_rows - 1>(p, whole);
}

void lstm_cell(const LstmCell& s) {
  for (int64_t row = 0; row < s.rows; ++row) {
    const float* gates = s.gates + row * s.gates_stride;
    for (int64_t unit = 0; unit < s.units; unit += L, gates += 4 * L) {
      const Lanes input = sigmoid(Lanes::load(gates));
      const Lanes candidate = hyperbolic_tangent(Lanes::load(gates + 2 * L));
      Lanes cell = input * candidate;
      if (s.cell != nullptr) {
        cell = fma(sigmoid(Lanes::load(gates + L)), Lanes::load(s.cell + row * s.units + unit), cell);
      }
      cell.store(s.next_cell + row * s.units + unit);
      const Lanes output = sigmoid(Lanes::load(gates + 3 * L));
      (output * hyperbolic_tangent(cell)).store(s.hidden + row * s.hidden_stride + unit);
    }
  }
}

void layer_norm(const LayerNorm& n) {
  constexpr float epsilon = 1e-5F;
  const auto width = static_cast<float>(n.width);
  for (int64_t row = 0; row < n.rows; ++row) {
    const float* sums = n.sums + row * n.sums_stride;
    float* out = n.out + row * n.out_stride;
    Lanes total = Lanes::all(0.0F);
    for (int64_t i = 0; i < n.width; i += L) {
      const Lanes value = Lanes::load(sums + i) + Lanes::load(n.bias + i);
      value.store(out + i);
      total = total + value;
    }
    // The padding of sums and bias is 0.
    const Lanes mean = Lanes::all(sum_of(total) / width);
    Lanes squares = Lanes::all(0.0F);
    for (int64_t i = 0; i < n.width; i += L) {
      Lanes apart = Lanes::load(out + i) - mean;
      if (i + L > n.width) apart = first_lanes_of(apart, Lanes::all(0.0F), n.width - i);
      apart.store(out + i);
      squares = fma(apart, apart, squares);
    }
    const Lanes scale = Lanes::all(1.0F / square_root(sum_of(squares) / width + epsilon));
    for (int64_t i = 0; i < n.width; i += L) {
      const Lanes value = Lanes::load(out + i) * scale;
      fma(value, Lanes::load(n.weight + i), Lanes::load(n.shift + i)).store(out + i);
    }
  }
}

/// Of `count` scores their exponentials, the largest 1; the lanes behind become 0, whatever they held.
/// @returns the sum
inline float soften(float* scores, int64_t count) {
  const Lanes first = Lanes::all(scores[0]);
  const int64_t whole = count / L * L;
  Lanes largest = first;
  for (int64_t i = 0; i < whole; i += L) largest = maximum(largest, Lanes::load(scores + i));
  Lanes rest = first;
  if (whole < count) {
    rest = first_lanes_of(Lanes::load(scores + whole), first, count - whole);
    largest = maximum(largest, rest);
  }
  const Lanes top = Lanes::all(largest_of(largest));
  Lanes total = Lanes::all(0.0F);
  for (int64_t i = 0; i < whole; i += L) {
    const Lanes weight = exponential(Lanes::load(scores + i) - top);
    weight.store(scores + i);
    total = total + weight;
  }
  if (whole < count) {
    const Lanes weight = first_lanes_of(exponential(rest - top), Lanes::all(0.0F), count - whole);
    weight.store(scores + whole);
    total = total + weight;
  }
  return sum_of(total);
}

/// Attention of Q steps from `first` on, of one head.
template <int Q>
void attend(const CausalAttention& a, int64_t head, int64_t first, const float* keys, float* weights) {
  const int64_t head_stride = whole_lanes(a.head_width);
  const int64_t steps_stride = whole_lanes(a.steps);
  const float* query = a.projected + first * a.projected_stride + head * head_stride;
  for (int64_t j = 0; j < first + Q; j += L) {
    Lanes scores[Q];
    for (int q = 0; q < Q; ++q) scores[q] = Lanes::all(0.0F);
    for (int64_t d = 0; d < a.head_width; ++d) {
      const Lanes key = Lanes::load(keys + d * steps_stride + j);
      for (int q = 0; q < Q; ++q)
        scores[q] = fma(Lanes::all(query[q * a.projected_stride + d]), key, scores[q]);
    }
    for (int q = 0; q < Q; ++q) scores[q].store(weights + q * steps_stride + j);
  }
  float totals[Q];
  for (int q = 0; q < Q; ++q) {
    float* own = weights + q * steps_stride;
    totals[q] = soften(own, first + q + 1);
    // Those behind it in time, up to where the steps beside it look.
    for (int64_t j = whole_lanes(first + q + 1); j < first + Q; ++j) own[j] = 0.0F;
  }
  const float* values = a.projected + (2 * a.heads + head) * head_stride;
  for (int64_t d = 0; d < head_stride; d += L) {
    Lanes mixed[Q];
    for (int q = 0; q < Q; ++q) mixed[q] = Lanes::all(0.0F);
    for (int64_t j = 0; j < first + Q; ++j) {
      const Lanes value = Lanes::load(values + j * a.projected_stride + d);
      for (int q = 0; q < Q; ++q) mixed[q] = fma(Lanes::all(weights[q * steps_stride + j]), value, mixed[q]);
    }
    for (int q = 0; q < Q; ++q) {
      (mixed[q] / Lanes::all(totals[q])).store(a.out + (first + q) * a.out_stride + head * head_stride + d);
    }
  }
}

void causal_attention(const CausalAttention& a) {
  const int64_t head_stride = whole_lanes(a.head_width);
  const int64_t steps_stride = whole_lanes(a.steps);
  float* keys = a.scratch;  // [head_width][padded(steps)]
  float* weights = keys + a.head_width * steps_stride;
  for (int64_t head = 0; head < a.heads; ++head) {
    const float* own = a.projected + (a.heads + head) * head_stride;
    for (int64_t d = 0; d < a.head_width; ++d) {
      float* row = keys + d * steps_stride;
      for (int64_t j = 0; j < a.steps; ++j) row[j] = own[j * a.projected_stride + d];
      for (int64_t j = a.steps; j < steps_stride; ++j) row[j] = 0.0F;
    }
    int64_t first = 0;
    for (; first + 4 <= a.steps; first += 4) attend<4>(a, head, first, keys, weights);
    for (; first < a.steps; ++first) attend<1>(a, head, first, keys, weights);
  }
}

inline float dot(const float* a, const float* b, int64_t count) {
  Lanes sum = Lanes::all(0.0F);
  for (int64_t i = 0; i < count; i += L) sum = fma(Lanes::load(a + i), Lanes::load(b + i), sum);
  return sum_of(sum);
}

void last_attention(const LastAttention& a) {
  const int64_t width = whole_lanes(a.width);
  const int64_t head_stride = whole_lanes(a.head_width);
  const int64_t steps_stride = whole_lanes(a.steps);
  float* looked_for = a.scratch;  // [heads][padded(width)]
  float* weights = looked_for + a.heads * width;
  const float* keys = a.key_weights;
  for (int64_t head = 0; head < a.heads; ++head) {
    const float* query = a.query + head * head_stride;
    for (int64_t i = 0; i < width; i += L) {
      Lanes sum = Lanes::all(0.0F);
      for (int64_t d = 0; d < a.head_width; ++d) {
        sum = fma(Lanes::all(query[d]), Lanes::load(keys + (head * a.head_width + d) * width + i), sum);
      }
      sum.store(looked_for + head * width + i);
    }
  }
  for (int64_t j = 0; j < a.steps; ++j) {
    for (int64_t head = 0; head < a.heads; ++head) {
      weights[head * steps_stride + j] =
          dot(looked_for + head * width, a.features + j * a.features_stride, width);
    }
  }
  for (int64_t head = 0; head < a.heads; ++head) {
    float* own = weights + head * steps_stride;
    const Lanes total = Lanes::all(soften(own, a.steps));
    for (int64_t i = 0; i < width; i += L) {
      Lanes mixed = Lanes::all(0.0F);
      for (int64_t j = 0; j < a.steps; ++j) {
        mixed = fma(Lanes::all(own[j]), Lanes::load(a.features + j * a.features_stride + i), mixed);
      }
      (mixed / total).store(a.out + head * width + i);
    }
  }
}

void add(const float* a, const float* b, float* out, int64_t count) {
  for (int64_t i = 0; i < count; i += L) (Lanes::load(a + i) + Lanes::load(b + i)).store(out + i);
}

template <Lanes (*function)(Lanes)>
void map(const float* x, float* out, int64_t count) {
  for (int64_t i = 0; i < count; i += L) function(Lanes::load(x + i)).store(out + i);
}

constexpr dl_trade::inference::Kernels kernels_named(const char* isa) {
  return {isa,
          multiply,
          lstm_cell,
          layer_norm,
          causal_attention,
          last_attention,
          add,
          dot,
          map<sigmoid>,
          map<hyperbolic_tangent>};
}

}  // namespace
