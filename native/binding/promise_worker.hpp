#pragma once

#include <napi.h>

#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "guard.hpp"

namespace dl_trade::binding {

/// Runs `compute` on a thread of Node's pool and settles a promise with what `convert` makes of its result.
/// `compute` must own everything it uses: the JS side may dispose of it, or end, meanwhile.
template <typename Result>
class PromiseWorker : public Napi::AsyncWorker {
 public:
  using Compute = std::function<Result()>;
  using Convert = std::function<Napi::Value(Napi::Env, Result&)>;

  static Napi::Promise start(Napi::Env env, Compute compute, Convert convert) {
    auto* worker = new PromiseWorker(env, std::move(compute), std::move(convert));
    const Napi::Promise promise = worker->deferred_.Promise();
    worker->Queue();
    return promise;
  }

 protected:
  void Execute() override {
    try {
      result_.emplace(compute_());
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  void OnWorkComplete(Napi::Env env, napi_status status) override {
    // The stock one never settles the promise of cancelled work.
    try {
      const Napi::HandleScope scope(env);
      settle(env, status);
    } catch (...) {
      // Only where the environment is ending, and no JS is left to hear of it.
    }
    Destroy();
  }

 private:
  PromiseWorker(Napi::Env env, Compute compute, Convert convert)
      : Napi::AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        compute_(std::move(compute)),
        convert_(std::move(convert)) {}

  void settle(Napi::Env env, napi_status status) {
    if (status != napi_ok && !failure_) {
      failure_ = std::make_exception_ptr(std::runtime_error("the computation was cancelled"));
    }
    if (!failure_) {
      try {
        deferred_.Resolve(convert_(env, *result_));
        return;
      } catch (...) {
        failure_ = std::current_exception();
      }
    }
    deferred_.Reject(to_js_error(env, failure_).Value());
  }

  Napi::Promise::Deferred deferred_;
  Compute compute_;
  Convert convert_;
  std::optional<Result> result_;
  std::exception_ptr failure_;
};

}  // namespace dl_trade::binding
