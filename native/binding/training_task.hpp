#pragma once

#include <napi.h>

namespace dl_trade::binding {

/// `startTraining(settings, data, onEvent)`: trains on a thread of its own and calls `onEvent(kind, payload)`
/// with "progress", "epoch", and once, at last, "done" or "failed". Keeps the process alive until then.
/// @returns a handle for `stopTraining`
Napi::Value start_training(const Napi::CallbackInfo& info);

/// `stopTraining(handle)`: ends the training at the next batch, its checkpoint written; twice, or after its
/// end, is fine.
Napi::Value stop_training(const Napi::CallbackInfo& info);

/// `abandonTraining(handle)`: ends the training without another word and waits until its thread is gone, a
/// batch at most. For the process's "exit": process.exit() runs no finalizer, and a thread that still
/// computes while LibTorch is being taken apart crashes.
Napi::Value abandon_training(const Napi::CallbackInfo& info);

}  // namespace dl_trade::binding
