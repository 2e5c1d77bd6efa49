#pragma once

#include <napi.h>

#include <memory>

#include "networks/network.hpp"

namespace dl_trade::binding {

/// Gives a network to JS as an opaque tagged value: what another addon made is told apart, never
/// reinterpreted.
Napi::Value make_handle(Napi::Env env, std::shared_ptr<const networks::Network> network);

/// @throws std::invalid_argument for what is no handle, std::runtime_error for a disposed network
std::shared_ptr<const networks::Network> require_network(const Napi::Value& value);

/// Frees the network as soon as no computation uses it any more; twice is fine.
/// @throws std::invalid_argument for what is no handle
void dispose(const Napi::Value& value);

}  // namespace dl_trade::binding
