#pragma once

#include <string>
#include <vector>

#include "networks/weights.hpp"

namespace dl_trade::inference {

/// The values of one entry of a state_dict.
/// @throws std::logic_error where there is none
const std::vector<float>& values_of(const networks::Weights& weights, const std::string& name);

}  // namespace dl_trade::inference
