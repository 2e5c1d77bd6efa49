#pragma once

#include "checkpoint/value.hpp"
#include "networks/options.hpp"

namespace dl_trade::networks {

/// What a checkpoint says of its network: `architecture` and the arguments of the Python constructor.
checkpoint::Value hyperparameters_value(const NetworkOptions& options);

}  // namespace dl_trade::networks
