#pragma once

#include <napi.h>

#include <exception>

namespace dl_trade::binding {

/// The JS error for whatever was thrown: a TypeError for a wrong argument, else an Error with `code`, one of
/// dl-trade's (CHECKPOINT_REFUSED with `checkpointCode`, MODEL_INVALID, TRAINING_DIVERGED, TRAINING_MISMATCH,
/// OUTPUT_FAILED, NATIVE_FAILED).
Napi::Error to_js_error(Napi::Env env, std::exception_ptr failure);

/// Runs the body of one binding method; nothing but a JS error leaves it.
template <typename Body>
auto guard(Napi::Env env, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw to_js_error(env, std::current_exception());
  }
}

}  // namespace dl_trade::binding
