// What this machine can do at most on one core, and how near the kernels come, product by product. For
// bench/roofline.mjs: JSON on stdout. Medians of many short measurements.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "inference/kernels.hpp"
#include "inference/packed_matrix.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace {

using dl_trade::inference::AlignedFloats;
using dl_trade::inference::Kernels;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename Work>
double median_seconds(const Work& work) {
  std::vector<double> times;
  int64_t repeats = 1;
  // A measurement takes half a millisecond at least.
  for (;; repeats *= 2) {
    const double started = now();
    for (int64_t i = 0; i < repeats; ++i) work();
    if (now() - started > 5e-4) break;
  }
  for (int index = 0; index < 301; ++index) {
    const double started = now();
    for (int64_t i = 0; i < repeats; ++i) work();
    times.push_back((now() - started) / static_cast<double>(repeats));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

#ifdef __x86_64__
volatile float kept;

/// Twelve sums that wait for nothing but themselves.
__attribute__((target("avx2,fma"), noinline)) void multiply_add_only() {
  __m256 sums[12];
  for (auto& sum : sums) sum = _mm256_setzero_ps();
  const __m256 a = _mm256_set1_ps(kept);
  for (int index = 0; index < 1000; ++index) {
    for (auto& sum : sums) sum = _mm256_fmadd_ps(a, a, sum);
  }
  __m256 total = sums[0];
  for (int index = 1; index < 12; ++index) total = _mm256_add_ps(total, sums[index]);
  kept = _mm256_cvtss_f32(total);
}

__attribute__((target("avx2"), noinline)) void read_only(const float* values, int64_t count) {
  __m256 totals[8];
  for (auto& total : totals) total = _mm256_setzero_ps();
  for (int64_t i = 0; i < count; i += 64) {
    for (int lane = 0; lane < 8; ++lane) {
      totals[lane] = _mm256_add_ps(totals[lane], _mm256_load_ps(values + i + lane * 8));
    }
  }
  __m256 total = totals[0];
  for (int lane = 1; lane < 8; ++lane) total = _mm256_add_ps(total, totals[lane]);
  kept = _mm256_cvtss_f32(total);
}
#endif

void print_product(const Kernels& kernels, const char* name, int64_t rows, int64_t depth, int64_t columns) {
  AlignedFloats a(rows * depth);
  AlignedFloats b(depth * columns);
  AlignedFloats initial(columns);
  AlignedFloats out(rows * columns);
  const double seconds = median_seconds([&] {
    kernels.multiply({a.data(), depth, rows, b.data(), depth, columns / dl_trade::inference::lanes,
                      initial.data(), 0, out.data(), columns});
  });
  const double operations = 2.0 * static_cast<double>(rows * depth * columns);
  const double bytes = 4.0 * static_cast<double>(depth * columns);
  std::printf(
      ",\n  {\"what\": \"%s\", \"rows\": %lld, \"depth\": %lld, \"columns\": %lld, \"us\": %.2f, \"gflops\": "
      "%.1f, \"gbs\": %.1f}",
      name, static_cast<long long>(rows), static_cast<long long>(depth), static_cast<long long>(columns),
      seconds * 1e6, operations / seconds / 1e9, bytes / seconds / 1e9);
}

}  // namespace

int main() {
  const Kernels& kernels = *dl_trade::inference::runnable_kernels().front();
  std::printf("[{\"what\": \"kernels\", \"isa\": \"%s\"}", kernels.isa);
#ifdef __x86_64__
  const double fma = median_seconds(multiply_add_only);
  std::printf(",\n  {\"what\": \"peak of 8-wide multiply-add\", \"gflops\": %.1f}",
              12 * 1000 * 16 / fma / 1e9);
  for (const int64_t kib : {16, 256, 2048}) {
    AlignedFloats values(kib * 256);
    const double seconds = median_seconds([&] { read_only(values.data(), values.size()); });
    std::printf(",\n  {\"what\": \"reading %lld KiB again and again\", \"gbs\": %.1f}",
                static_cast<long long>(kib), static_cast<double>(kib) * 1024 / seconds / 1e9);
  }
#endif
  print_product(kernels, "BiLSTM: a step of one window", 1, 128, 512);
  print_product(kernels, "BiLSTM: a step of 48 windows", 48, 128, 512);
  print_product(kernels, "BiLSTM: lowest projection of a window", 50, 86, 512);
  print_product(kernels, "BiLSTM: top projection of a window", 50, 256, 512);
  print_product(kernels, "Transformer: input projection", 50, 86, 128);
  print_product(kernels, "Transformer: queries, keys, values", 50, 128, 384);
  print_product(kernels, "Transformer: attention's output", 48, 128, 128);
  print_product(kernels, "Transformer: feed-forward, in", 48, 128, 512);
  print_product(kernels, "Transformer: feed-forward, out", 48, 512, 128);
  std::printf("]\n");
}
