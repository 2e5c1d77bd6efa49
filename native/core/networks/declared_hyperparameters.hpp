#pragma once

#include <optional>

#include "checkpoint/value.hpp"
#include "networks/options.hpp"

namespace dl_trade::networks {

/// Holds the sizes read off the shapes against what the file's own hyperparameters and the caller say, and
/// takes from those what shapes cannot give: nhead (else 8) and dropout (else 0.2).
/// @param from_shapes sizes that the tensors have
/// @param declared the file's "hyperparameters": keys under their usual names are compared, others ignored,
/// null counts
///   as not given
/// @param expected what the caller knows, from a manifest
/// @throws ModelError with every contradiction
NetworkOptions resolve_options(const NetworkOptions& from_shapes, const checkpoint::Value& declared,
                               const std::optional<NetworkOptions>& expected);

/// The same for a report: contradictions are passed over.
NetworkOptions describe_options(const NetworkOptions& from_shapes, const checkpoint::Value& declared);

}  // namespace dl_trade::networks
