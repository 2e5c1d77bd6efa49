#include "guard.hpp"

#include <new>
#include <stdexcept>
#include <string>

#include "checkpoint/refusal.hpp"
#include "networks/model_error.hpp"
#include "training/training_error.hpp"

namespace dl_trade::binding {
namespace {

Napi::Error coded(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

Napi::Error refused(Napi::Env env, const checkpoint::Refusal& refusal) {
  using checkpoint::Code;
  const bool unwritten = refusal.code() == Code::kWriteFailed;
  const bool invalid = refusal.code() == Code::kWriteInvalid;
  const char* code = unwritten ? "OUTPUT_FAILED" : invalid ? "NATIVE_FAILED" : "CHECKPOINT_REFUSED";
  Napi::Error error = coded(env, code, refusal.what());
  error.Set("checkpointCode", Napi::String::New(env, std::string(checkpoint::code_name(refusal.code()))));
  return error;
}

const char* training_code(training::TrainingFailure failure) {
  switch (failure) {
    case training::TrainingFailure::kDiverged:
      return "TRAINING_DIVERGED";
    case training::TrainingFailure::kMismatch:
      return "TRAINING_MISMATCH";
    case training::TrainingFailure::kForeign:
      return "CHECKPOINT_REFUSED";
  }
  return "NATIVE_FAILED";
}

/// LibTorch's errors carry a C++ stack, which tells a user nothing.
std::string without_backtrace(const std::string& message) {
  return message.substr(0, message.find("\nException raised from "));
}

}  // namespace

Napi::Error to_js_error(Napi::Env env, std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Napi::Error& error) {
    return error;
  } catch (const checkpoint::Refusal& refusal) {
    return refused(env, refusal);
  } catch (const networks::ModelError& error) {
    return coded(env, "MODEL_INVALID", error.what());
  } catch (const training::TrainingError& error) {
    return coded(env, training_code(error.failure()), error.what());
  } catch (const std::invalid_argument& error) {
    return Napi::TypeError::New(env, error.what());
  } catch (const std::bad_alloc&) {
    return coded(env, "NATIVE_FAILED", "out of memory; use a smaller batch or network");
  } catch (const std::exception& error) {
    return coded(env, "NATIVE_FAILED", without_backtrace(error.what()));
  } catch (...) {
    return coded(env, "NATIVE_FAILED", "an unknown C++ exception");
  }
}

}  // namespace dl_trade::binding
