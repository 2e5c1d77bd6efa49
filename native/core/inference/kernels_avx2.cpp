#include "inference/lanes_avx2.hpp"

#include "inference/kernels_body.hpp"

namespace dl_trade::inference {

extern const Kernels kernels_avx2;
const Kernels kernels_avx2 = kernels_named("AVX2");

}  // namespace dl_trade::inference
