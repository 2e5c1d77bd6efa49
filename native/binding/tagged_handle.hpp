#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace dl_trade::binding {

/// Gives a native object to JS as an opaque tagged value: what another addon made is told apart, never
/// reinterpreted.
/// @tparam Kind has `Held`, `tag`, and in words `what` it is and the `remedy` where it was disposed of
template <typename Kind>
class TaggedHandle {
 public:
  using Held = typename Kind::Held;

  /// @param bytes that the small JS value keeps alive, for the garbage collector
  static Napi::Value make(Napi::Env env, std::shared_ptr<Held> held, int64_t bytes) {
    auto handle = std::make_unique<Handle>(Handle{std::move(held), bytes});
    const auto external =
        Napi::External<Handle>::New(env, handle.get(), [](Napi::BasicEnv basic_env, Handle* owned) {
          release(basic_env, *owned);
          delete owned;
        });
    handle.release();
    external.TypeTag(&Kind::tag);
    Napi::MemoryManagement::AdjustExternalMemory(env, bytes);
    return external;
  }

  /// @throws std::invalid_argument for what is no such handle, std::runtime_error for what was disposed of
  static const std::shared_ptr<Held>& require(const Napi::Value& value) {
    const Handle& handle = require_handle(value);
    if (handle.held == nullptr) {
      throw std::runtime_error(std::string("the ") + Kind::what + " was disposed of; " + Kind::remedy);
    }
    return handle.held;
  }

  /// Frees the object as soon as no computation uses it any more; twice is fine.
  /// @throws std::invalid_argument for what is no such handle
  static void dispose(const Napi::Value& value) { release(value.Env(), require_handle(value)); }

 private:
  struct Handle {
    std::shared_ptr<Held> held;
    int64_t bytes;
  };

  static void release(Napi::BasicEnv env, Handle& handle) {
    if (handle.held == nullptr) return;
    handle.held.reset();
    Napi::MemoryManagement::AdjustExternalMemory(env, -handle.bytes);
  }

  static Handle& require_handle(const Napi::Value& value) {
    if (!value.IsExternal() || !value.As<Napi::External<Handle>>().CheckTypeTag(&Kind::tag)) {
      throw std::invalid_argument(std::string("the first argument must be a ") + Kind::what);
    }
    return *value.As<Napi::External<Handle>>().Data();
  }
};

}  // namespace dl_trade::binding
