#include "inference/named_weights.hpp"

#include <algorithm>
#include <stdexcept>

namespace dl_trade::inference {

const std::vector<float>& values_of(const networks::Weights& weights, const std::string& name) {
  const auto found = std::find_if(weights.tensors.begin(), weights.tensors.end(),
                                  [&](const auto& tensor) { return tensor.name == name; });
  if (found == weights.tensors.end()) throw std::logic_error("no weights are named " + name);
  return found->values;
}

}  // namespace dl_trade::inference
