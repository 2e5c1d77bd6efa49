#pragma once

#include <napi.h>

#include <vector>

#include "checkpoint/value.hpp"
#include "networks/inspection.hpp"
#include "networks/options.hpp"
#include "networks/weights.hpp"

namespace dl_trade::binding {

/// What one JS environment (the main thread, or one worker) holds for the addon.
struct EnvironmentData {
  /// `Object.create` as it was when the addon was loaded: Node-API cannot make an object without a prototype.
  Napi::FunctionReference create_object;
};

/// Without a prototype, so that a name such as "__proto__" is a key like any other.
Napi::Object make_dictionary(Napi::Env env);

Napi::Value to_js(Napi::Env env, const networks::NetworkOptions& options);
/// Integers beyond 2^53 become decimal strings.
Napi::Value to_js(Napi::Env env, const checkpoint::Value& value);
Napi::Value to_js(Napi::Env env, const networks::Inspection& inspection);
Napi::Value to_js(Napi::Env env, const std::vector<float>& values);
/// `{name: {shape, data}}`
Napi::Value to_js(Napi::Env env, const std::vector<networks::NamedTensor>& tensors);

}  // namespace dl_trade::binding
