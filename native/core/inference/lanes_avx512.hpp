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

/// The first `count` lanes of `values`, those of `others` behind.
inline Lanes first_lanes_of(Lanes values, Lanes others, int64_t count) {
  const auto chosen = static_cast<__mmask16>((1U << count) - 1);
  return {_mm512_mask_blend_ps(chosen, others.values, values.values)};
}

inline __m256 upper_half(__m512 values) {
  return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(values), 1));
}

/// The sum of all lanes, halves first: the same order everywhere.
inline float sum_of(Lanes lanes) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes.values), upper_half(lanes.values));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// The largest of all lanes, halves first, as `maximum` has it.
inline float largest_of(Lanes lanes) {
  const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(lanes.values), upper_half(lanes.values));
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

inline float square_root(float x) {
  return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
}

// 16 of 32 registers hold sums: with 20 or more AMD's Zen 4 multiplies a sixth more slowly.
constexpr int most_rows = 8;
constexpr int most_sums = 16;

}  // namespace
