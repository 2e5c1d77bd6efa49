#pragma once

#include <immintrin.h>

#include <cstdint>

// In an unnamed namespace, as everything that is compiled for one processor family: no other may link it.
namespace {

struct Lanes {
  __m512 values;

  static Lanes load(const float* at) { return {_mm512_loadu_ps(at)}; }
  static Lanes all(float value) { return {_mm512_set1_ps(value)}; }
  void store(float* at) const { _mm512_storeu_ps(at, values); }
};

inline Lanes operator+(Lanes a, Lanes b) {
  return {_mm512_add_ps(a.values, b.values)};
}

inline Lanes operator-(Lanes a, Lanes b) {
  return {_mm512_sub_ps(a.values, b.values)};
}

inline Lanes operator*(Lanes a, Lanes b) {
  return {_mm512_mul_ps(a.values, b.values)};
}

inline Lanes operator/(Lanes a, Lanes b) {
  return {_mm512_div_ps(a.values, b.values)};
}

inline Lanes fma(Lanes a, Lanes b, Lanes c) {
  return {_mm512_fmadd_ps(a.values, b.values, c.values)};
}

inline Lanes maximum(Lanes a, Lanes b) {
  return {_mm512_max_ps(a.values, b.values)};
}

inline Lanes minimum(Lanes a, Lanes b) {
  return {_mm512_min_ps(a.values, b.values)};
}

/// value * 2^n, where n stands in the low bits of `shifted`.
inline Lanes times_power_of_two(Lanes value, Lanes shifted) {
  return {_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(value.values),
                                               _mm512_slli_epi32(_mm512_castps_si512(shifted.values), 23)))};
}

inline float square_root(float x) {
  return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
}

// 24 of 32 registers hold sums.
constexpr int most_rows = 12;
constexpr int most_sums = 24;

}  // namespace
