#include "inference/lanes_portable.hpp"

#include "inference/kernels_body.hpp"

namespace dl_trade::inference {

extern const Kernels kernels_portable;
const Kernels kernels_portable = kernels_named("portable");

}  // namespace dl_trade::inference
