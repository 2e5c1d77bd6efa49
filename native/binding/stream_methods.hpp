#pragma once

#include <napi.h>

namespace dl_trade::binding {

/// `openStream(network, steps)` -> a handle for the methods below.
Napi::Value open_stream(const Napi::CallbackInfo& info);

/// `pushRow(stream, row, logit)`: takes a row in; writes its logit into the Float32Array `logit`, so that a
/// call makes no garbage.
/// @returns false until there are as many rows as a window has
Napi::Value push_row(const Napi::CallbackInfo& info);

/// `observeRow(stream, row)`
Napi::Value observe_row(const Napi::CallbackInfo& info);

/// `resetStream(stream)`
Napi::Value reset_stream(const Napi::CallbackInfo& info);

/// `closeStream(stream)`; twice is fine.
Napi::Value close_stream(const Napi::CallbackInfo& info);

}  // namespace dl_trade::binding
