#include "pickle_globals.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr bool by_lines(const Global& a, const Global& b) {
  return a.lines < b.lines;
}

template <std::size_t n>
constexpr std::array<Global, n> sorted(std::array<Global, n> globals) {
  std::sort(globals.begin(), globals.end(), by_lines);
  return globals;
}

constexpr auto kGlobals = sorted(std::array{
    Global{"collections\nOrderedDict", GlobalId::kOrderedDict},
    Global{"collections\nCounter", GlobalId::kCounter},
    Global{"torch._utils\n_rebuild_tensor_v2", GlobalId::kRebuildTensor},
    Global{"torch._utils\n_rebuild_parameter", GlobalId::kRebuildParameter},
    Global{"torch._utils\n_rebuild_parameter_with_state", GlobalId::kRebuildParameterWithState},
    Global{"torch._tensor\n_rebuild_from_type_v2", GlobalId::kRebuildFromType},
    Global{"torch\nSize", GlobalId::kSize},
    Global{"torch\ndevice", GlobalId::kDevice},
    Global{"_codecs\nencode", GlobalId::kEncode},
    Global{"numpy\ndtype", GlobalId::kNumpyDtype},
    Global{"numpy.core.multiarray\nscalar", GlobalId::kNumpyScalar},
    Global{"numpy._core.multiarray\nscalar", GlobalId::kNumpyScalar},
    Global{"numpy.core.multiarray\n_reconstruct", GlobalId::kNumpyReconstruct},
    Global{"numpy._core.multiarray\n_reconstruct", GlobalId::kNumpyReconstruct},
    Global{"__builtin__\nset", GlobalId::kSet},
    Global{"builtins\nset", GlobalId::kSet},
    Global{"__builtin__\nbytearray", GlobalId::kByteArray},
    Global{"builtins\nbytearray", GlobalId::kByteArray},
    Global{"__builtin__\ncomplex", GlobalId::kComplex},
    Global{"builtins\ncomplex", GlobalId::kComplex},
    Global{"torch\nFloatStorage", GlobalId::kStorage, Dtype::kFloat32},
    Global{"torch\nDoubleStorage", GlobalId::kStorage, Dtype::kFloat64},
    Global{"torch\nHalfStorage", GlobalId::kStorage, Dtype::kFloat16},
    Global{"torch\nBFloat16Storage", GlobalId::kStorage, Dtype::kBfloat16},
    Global{"torch\nLongStorage", GlobalId::kStorage, Dtype::kInt64},
    Global{"torch\nIntStorage", GlobalId::kStorage, Dtype::kInt32},
    Global{"torch\nShortStorage", GlobalId::kStorage, Dtype::kInt16},
    Global{"torch\nCharStorage", GlobalId::kStorage, Dtype::kInt8},
    Global{"torch\nByteStorage", GlobalId::kStorage, Dtype::kUint8},
    Global{"torch\nBoolStorage", GlobalId::kStorage, Dtype::kBool},
    Global{"torch\nComplexFloatStorage", GlobalId::kStorage, Dtype::kComplex64},
    Global{"torch\nComplexDoubleStorage", GlobalId::kStorage, Dtype::kComplex128},
    Global{"torch\nfloat32", GlobalId::kTorchDtype, Dtype::kFloat32},
    Global{"torch\nfloat64", GlobalId::kTorchDtype, Dtype::kFloat64},
    Global{"torch\nfloat16", GlobalId::kTorchDtype, Dtype::kFloat16},
    Global{"torch\nbfloat16", GlobalId::kTorchDtype, Dtype::kBfloat16},
    Global{"torch\nint64", GlobalId::kTorchDtype, Dtype::kInt64},
    Global{"torch\nint32", GlobalId::kTorchDtype, Dtype::kInt32},
    Global{"torch\nint16", GlobalId::kTorchDtype, Dtype::kInt16},
    Global{"torch\nint8", GlobalId::kTorchDtype, Dtype::kInt8},
    Global{"torch\nuint8", GlobalId::kTorchDtype, Dtype::kUint8},
    Global{"torch\nbool", GlobalId::kTorchDtype, Dtype::kBool},
    Global{"torch\ncomplex64", GlobalId::kTorchDtype, Dtype::kComplex64},
    Global{"torch\ncomplex128", GlobalId::kTorchDtype, Dtype::kComplex128},
    Global{"torch\nTensor", GlobalId::kTensorType},
    Global{"torch.nn.parameter\nParameter", GlobalId::kParameterType},
    Global{"numpy\nndarray", GlobalId::kNumpyArrayType},
});

// What to do about the refusals that honest files meet.
std::string_view advice(std::string_view lines) {
  if (lines.starts_with("__main__") || lines.starts_with("torch.nn.") || lines.starts_with("argparse")) {
    return ": it holds Python objects; save model.state_dict() and plain values instead";
  }
  if (lines.starts_with("torch")) return ": such tensors and objects are no weights that can be read";
  return "";
}

}  // namespace

const Global& require_global(std::string_view lines) {
  const auto found =
      std::lower_bound(kGlobals.begin(), kGlobals.end(), Global{lines, GlobalId::kSet}, by_lines);
  if (found != kGlobals.end() && found->lines == lines) return *found;
  std::string name(lines);
  std::replace(name.begin(), name.end(), '\n', '.');
  throw Refusal(Code::kPickleGlobal, "the pickle names " + quote(name) + ", which is not on the list" +
                                         std::string(advice(lines)));
}

std::string_view global_name(GlobalId id) {
  constexpr std::string_view kNames[] = {"collections.OrderedDict",
                                         "torch._utils._rebuild_tensor_v2",
                                         "torch._utils._rebuild_parameter",
                                         "torch._utils._rebuild_parameter_with_state",
                                         "torch._tensor._rebuild_from_type_v2",
                                         "torch.Size",
                                         "torch.device",
                                         "_codecs.encode",
                                         "numpy.dtype",
                                         "numpy.core.multiarray.scalar",
                                         "numpy.core.multiarray._reconstruct",
                                         "collections.Counter",
                                         "builtins.set",
                                         "builtins.bytearray",
                                         "builtins.complex",
                                         "a storage class",
                                         "a torch dtype",
                                         "torch.Tensor",
                                         "torch.nn.parameter.Parameter",
                                         "numpy.ndarray"};
  return kNames[static_cast<std::size_t>(id)];
}

}  // namespace dl_trade::checkpoint
