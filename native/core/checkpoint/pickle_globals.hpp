#pragma once

#include <cstdint>
#include <string_view>

#include "tensor.hpp"

namespace dl_trade::checkpoint {

enum class GlobalId : std::uint8_t {
  kOrderedDict,
  kRebuildTensor,
  kRebuildParameter,
  kRebuildParameterWithState,
  kRebuildFromType,
  kSize,
  kDevice,
  kEncode,
  kNumpyDtype,
  kNumpyScalar,
  kNumpyReconstruct,
  kCounter,
  kSet,
  kByteArray,
  kComplex,
  // From here on: names that may be mentioned, but not called.
  kStorage,
  kTorchDtype,
  kTensorType,
  kParameterType,
  kNumpyArrayType,
};

struct Global {
  /** Module and name as GLOBAL has them: two lines without the last newline. */
  std::string_view lines;
  GlobalId id;
  /** Of a storage or torch dtype. */
  Dtype dtype = Dtype::kFloat32;
};

/** The listed global of these two lines; anything else is refused, called or not.
 *  @throws Refusal PICKLE_GLOBAL */
const Global& require_global(std::string_view lines);

/** Such as "torch._utils._rebuild_tensor_v2". */
std::string_view global_name(GlobalId id);

}  // namespace dl_trade::checkpoint
