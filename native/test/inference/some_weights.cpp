#include "some_weights.hpp"

#include <random>

#include "networks/state_layout.hpp"

namespace dl_trade::inference::test {

std::vector<float> some_values(int64_t count, uint32_t seed, float deviation) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, deviation);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}

networks::Weights some_weights(const networks::NetworkOptions& options, uint32_t seed, float deviation) {
  networks::Weights weights{options, {}};
  for (const auto& layout : networks::state_layout(options)) {
    weights.tensors.push_back({layout.name, layout.shape, some_values(layout.numel(), ++seed, deviation)});
  }
  return weights;
}

}  // namespace dl_trade::inference::test
