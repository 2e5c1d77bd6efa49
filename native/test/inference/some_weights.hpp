#pragma once

#include <cstdint>
#include <vector>

#include "networks/weights.hpp"

namespace dl_trade::inference::test {

/// Weights of every tensor, drawn from a normal distribution.
networks::Weights some_weights(const networks::NetworkOptions& options, uint32_t seed,
                               float deviation = 0.1F);

/// shape: [count], drawn from a normal distribution
std::vector<float> some_values(int64_t count, uint32_t seed, float deviation = 1.0F);

}  // namespace dl_trade::inference::test
