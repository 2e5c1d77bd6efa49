#pragma once

#include <napi.h>

#include <memory>

#include "networks/network.hpp"
#include "tagged_handle.hpp"

namespace dl_trade::binding {

struct NetworkKind {
  using Held = const networks::Network;
  static constexpr napi_type_tag tag{0x6d1f0c7ae2b94b53, 0x9c35e8d4170fa26b};
  static constexpr const char* what = "network";
  static constexpr const char* remedy = "load or create it again";
};

using NetworkHandle = TaggedHandle<NetworkKind>;

inline Napi::Value make_handle(Napi::Env env, std::shared_ptr<const networks::Network> network) {
  const int64_t bytes = network->parameter_count() * static_cast<int64_t>(sizeof(float));
  return NetworkHandle::make(env, std::move(network), bytes);
}

}  // namespace dl_trade::binding
