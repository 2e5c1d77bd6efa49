#include "inference/kernels.hpp"

namespace dl_trade::inference {

extern const Kernels kernels_portable;
#ifdef DL_TRADE_X86_KERNELS
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
#endif

std::vector<const Kernels*> runnable_kernels() {
  std::vector<const Kernels*> runnable;
#ifdef DL_TRADE_X86_KERNELS
  if (__builtin_cpu_supports("avx512f")) runnable.push_back(&kernels_avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) runnable.push_back(&kernels_avx2);
#endif
  runnable.push_back(&kernels_portable);
  return runnable;
}

const Kernels* best_kernels() {
  static const std::vector<const Kernels*> runnable = runnable_kernels();
#ifdef __aarch64__
  return runnable.front();
#else
  // Without instructions for a fused multiply-add, the portable ones call a function for each.
  return runnable.size() > 1 ? runnable.front() : nullptr;
#endif
}

}  // namespace dl_trade::inference
