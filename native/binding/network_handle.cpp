#include "network_handle.hpp"

#include <stdexcept>
#include <utility>

namespace dl_trade::binding {
namespace {

constexpr napi_type_tag network_tag{0x6d1f0c7ae2b94b53, 0x9c35e8d4170fa26b};

struct Handle {
  std::shared_ptr<const networks::Network> network;
  int64_t bytes;
};

void release(Napi::BasicEnv env, Handle& handle) {
  if (handle.network == nullptr) return;
  handle.network.reset();
  Napi::MemoryManagement::AdjustExternalMemory(env, -handle.bytes);
}

Handle& require_handle(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<Handle>>().CheckTypeTag(&network_tag)) {
    throw std::invalid_argument("the first argument must be a network");
  }
  return *value.As<Napi::External<Handle>>().Data();
}

}  // namespace

Napi::Value make_handle(Napi::Env env, std::shared_ptr<const networks::Network> network) {
  // So that the garbage collector knows what the small JS value keeps alive.
  const int64_t bytes = network->parameter_count() * static_cast<int64_t>(sizeof(float));
  auto handle = std::make_unique<Handle>(Handle{std::move(network), bytes});
  const auto external =
      Napi::External<Handle>::New(env, handle.get(), [](Napi::BasicEnv basic_env, Handle* owned) {
        release(basic_env, *owned);
        delete owned;
      });
  handle.release();
  external.TypeTag(&network_tag);
  Napi::MemoryManagement::AdjustExternalMemory(env, bytes);
  return external;
}

std::shared_ptr<const networks::Network> require_network(const Napi::Value& value) {
  const Handle& handle = require_handle(value);
  if (handle.network == nullptr)
    throw std::runtime_error("the network was disposed of; load or create it again");
  return handle.network;
}

void dispose(const Napi::Value& value) {
  release(value.Env(), require_handle(value));
}

}  // namespace dl_trade::binding
