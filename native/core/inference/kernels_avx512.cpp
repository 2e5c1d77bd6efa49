#include "inference/lanes_avx512.hpp"

#include "inference/kernels_body.hpp"

namespace dl_trade::inference {

extern const Kernels kernels_avx512;
const Kernels kernels_avx512 = kernels_named("AVX512");

}  // namespace dl_trade::inference
