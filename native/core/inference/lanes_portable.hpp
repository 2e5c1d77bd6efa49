#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// In an unnamed namespace, as everything that is compiled for one processor family: no other may link it.
namespace {

struct Lanes {
  float values[16];

  static Lanes load(const float* at) {
    Lanes lanes;
    std::memcpy(lanes.values, at, sizeof lanes.values);
    return lanes;
  }
  static Lanes all(float value) {
    Lanes lanes;
    for (float& lane : lanes.values) lane = value;
    return lanes;
  }
  void store(float* at) const { std::memcpy(at, values, sizeof values); }
};

template <typename Operation>
inline Lanes each(const Lanes& a, const Lanes& b, Operation operation) {
  Lanes result;
  for (int i = 0; i < 16; ++i) result.values[i] = operation(a.values[i], b.values[i]);
  return result;
}

inline Lanes operator+(const Lanes& a, const Lanes& b) {
  return each(a, b, [](float x, float y) { return x + y; });
}

inline Lanes operator-(const Lanes& a, const Lanes& b) {
  return each(a, b, [](float x, float y) { return x - y; });
}

inline Lanes operator*(const Lanes& a, const Lanes& b) {
  return each(a, b, [](float x, float y) { return x * y; });
}

inline Lanes operator/(const Lanes& a, const Lanes& b) {
  return each(a, b, [](float x, float y) { return x / y; });
}

inline Lanes fma(const Lanes& a, const Lanes& b, const Lanes& c) {
  Lanes result;
  for (int i = 0; i < 16; ++i) result.values[i] = std::fma(a.values[i], b.values[i], c.values[i]);
  return result;
}

// As the instructions of x86-64 have it: the second where either is NaN.
inline Lanes maximum(const Lanes& a, const Lanes& b) {
  return each(a, b, [](float x, float y) { return x > y ? x : y; });
}

inline Lanes minimum(const Lanes& a, const Lanes& b) {
  return each(a, b, [](float x, float y) { return x < y ? x : y; });
}

/// value * 2^n, where n stands in the low bits of `shifted`.
inline Lanes times_power_of_two(const Lanes& value, const Lanes& shifted) {
  return each(value, shifted, [](float x, float n) {
    uint32_t bits;
    uint32_t power;
    std::memcpy(&bits, &x, sizeof bits);
    std::memcpy(&power, &n, sizeof power);
    bits += power << 23;
    std::memcpy(&x, &bits, sizeof x);
    return x;
  });
}

/// The first `count` lanes of `values`, those of `others` behind.
inline Lanes first_lanes_of(Lanes values, const Lanes& others, int64_t count) {
  for (int64_t i = count; i < 16; ++i) values.values[i] = others.values[i];
  return values;
}

/// The sum of all lanes, halves first: the same order everywhere.
inline float sum_of(Lanes lanes) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes.values[i] += lanes.values[i + half];
  }
  return lanes.values[0];
}

/// The largest of all lanes, halves first, as `maximum` has it.
inline float largest_of(Lanes lanes) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      if (!(lanes.values[i] > lanes.values[i + half])) lanes.values[i] = lanes.values[i + half];
    }
  }
  return lanes.values[0];
}

inline float square_root(float x) {
  return std::sqrt(x);
}

constexpr int most_rows = 4;
constexpr int most_sums = 4;

}  // namespace
