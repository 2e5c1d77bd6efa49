// The fuzzing entry, for libFuzzer (option DL_TRADE_LIBFUZZER) and for checkpoint_mutants.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "checkpoint/checkpoint.hpp"

/** Reads the bytes as a checkpoint and touches everything it gives out; a Refusal is a fine answer. */
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dl_trade::checkpoint;
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  try {
    const Checkpoint checkpoint = Checkpoint::read_buffer({bytes, bytes + size});
    for (const Tensor& tensor : checkpoint.state_dict().tensors) {
      count_nonfinite(tensor);
      const bool is_real = tensor.dtype <= Dtype::kBfloat16;
      if (is_real && tensor.numel() < 1 << 20 &&
          to_float32(tensor).size() != static_cast<std::size_t>(tensor.numel()))
        std::abort();
    }
    strip_prefixes(checkpoint.state_dict(), [](const StateDict&) { return false; });
    checkpoint.hyperparameters();
    checkpoint.metadata();
  } catch (const Refusal&) {
  }
  return 0;
}
