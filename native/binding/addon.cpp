#include <napi.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "guard.hpp"
#include "js_values.hpp"
#include "network_handle.hpp"
#include "networks/inspection.hpp"
#include "networks/network.hpp"
#include "networks/runtime.hpp"
#include "promise_worker.hpp"
#include "stream_methods.hpp"
#include "training_task.hpp"

namespace dl_trade::binding {
namespace {

using networks::Network;

constexpr int64_t max_safe_integer = (int64_t{1} << 53) - 1;
constexpr int64_t max_count = std::numeric_limits<int32_t>::max();
constexpr int64_t max_threads = 1024;

using NetworkPointer = std::shared_ptr<const Network>;

Napi::Value load_network(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto path = require_path(info[0], "path");
    return make_handle(info.Env(), Network::load(path, optional_options(info[1], "expected")));
  });
}

Napi::Value load_network_async(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto path = require_path(info[0], "path");
    const auto expected = optional_options(info[1], "expected");
    return PromiseWorker<NetworkPointer>::start(
        info.Env(), [path, expected]() -> NetworkPointer { return Network::load(path, expected); },
        [](Napi::Env env, NetworkPointer& network) { return make_handle(env, std::move(network)); });
  });
}

Napi::Value create_network(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto options = require_options(info[0], "hyperparameters");
    const int64_t seed = require_integer(info[1], "seed", 0, max_safe_integer);
    return make_handle(info.Env(), Network::create(options, static_cast<uint64_t>(seed)));
  });
}

Napi::Value inspect_checkpoint(const Napi::CallbackInfo& info) {
  return guard(info.Env(),
               [&] { return to_js(info.Env(), networks::inspect(require_path(info[0], "path"))); });
}

Napi::Value inspect_checkpoint_async(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto path = require_path(info[0], "path");
    return PromiseWorker<networks::Inspection>::start(
        info.Env(), [path] { return networks::inspect(path); },
        [](Napi::Env env, networks::Inspection& inspection) { return to_js(env, inspection); });
  });
}

/// `{hyperparameters, parameterCount}`
Napi::Value describe(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    Napi::Object description = Napi::Object::New(info.Env());
    description.Set("hyperparameters", to_js(info.Env(), network->options()));
    description.Set("parameterCount",
                    Napi::Number::New(info.Env(), static_cast<double>(network->parameter_count())));
    return description;
  });
}

Napi::Value predict(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    const auto windows = require_floats(info[1], "windows");
    const int64_t batch = require_integer(info[2], "batch", 1, max_count);
    const int64_t steps = require_integer(info[3], "steps", 1, max_count);
    return to_js(info.Env(), network->predict(windows, batch, steps));
  });
}

Napi::Value predict_async(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    const auto windows = std::make_shared<const std::vector<float>>(require_floats(info[1], "windows"));
    const int64_t batch = require_integer(info[2], "batch", 1, max_count);
    const int64_t steps = require_integer(info[3], "steps", 1, max_count);
    return PromiseWorker<std::vector<float>>::start(
        info.Env(), [network, windows, batch, steps] { return network->predict(*windows, batch, steps); },
        [](Napi::Env env, std::vector<float>& logits) { return to_js(env, logits); });
  });
}

Napi::Value predict_naive(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    const auto windows = require_floats(info[1], "windows");
    const int64_t batch = require_integer(info[2], "batch", 1, max_count);
    const int64_t steps = require_integer(info[3], "steps", 1, max_count);
    return to_js(info.Env(), network->predict_naive(windows, batch, steps));
  });
}

Napi::Value predict_history(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    const auto rows = require_floats(info[1], "rows");
    const int64_t steps = require_integer(info[2], "steps", 1, max_count);
    return to_js(info.Env(), network->predict_history(rows, steps));
  });
}

Napi::Value predict_history_async(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    const auto rows = std::make_shared<const std::vector<float>>(require_floats(info[1], "rows"));
    const int64_t steps = require_integer(info[2], "steps", 1, max_count);
    return PromiseWorker<std::vector<float>>::start(
        info.Env(), [network, rows, steps] { return network->predict_history(*rows, steps); },
        [](Napi::Env env, std::vector<float>& logits) { return to_js(env, logits); });
  });
}

Napi::Value parameters(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] { return to_js(info.Env(), NetworkHandle::require(info[0])->state()); });
}

Napi::Value save(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    NetworkHandle::require(info[0])->save(require_path(info[1], "path"));
    return info.Env().Undefined();
  });
}

Napi::Value dispose_network(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    NetworkHandle::dispose(info[0]);
    return info.Env().Undefined();
  });
}

Napi::Value versions(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const networks::Runtime runtime = networks::runtime();
    Napi::Object versions = Napi::Object::New(info.Env());
    versions.Set("addon", DL_TRADE_VERSION);
    versions.Set("libtorch", runtime.libtorch);
    versions.Set("napi", Napi::Number::New(info.Env(), NAPI_VERSION));
    versions.Set("isa", runtime.isa);
    versions.Set("kernel", runtime.kernel);
    versions.Set("threads", Napi::Number::New(info.Env(), runtime.threads));
    return versions;
  });
}

Napi::Value set_threads(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    networks::set_threads(static_cast<int>(require_integer(info[0], "threads", 1, max_threads)));
    return info.Env().Undefined();
  });
}

/// `setKernel(name)`: "fused" or "naive".
Napi::Value set_kernel(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const std::string name = require_string(info[0], "kernel");
    if (name != "fused" && name != "naive") {
      throw std::invalid_argument("kernel must be \"fused\" or \"naive\", was \"" + name + "\"");
    }
    networks::set_fused(name == "fused");
    return info.Env().Undefined();
  });
}

/// `kernelOf(network)`: what computes its logits now.
Napi::Value kernel_of(const Napi::CallbackInfo& info) {
  return guard(info.Env(),
               [&] { return Napi::String::New(info.Env(), NetworkHandle::require(info[0])->kernel()); });
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  return guard(env, [&] {
    networks::require_compiled_libtorch();
    auto data = std::make_unique<EnvironmentData>();
    const auto object = env.Global().Get("Object").As<Napi::Object>();
    data->create_object = Napi::Persistent(object.Get("create").As<Napi::Function>());
    env.SetInstanceData(data.release());

    exports.Set("loadNetwork", Napi::Function::New<load_network>(env, "loadNetwork"));
    exports.Set("loadNetworkAsync", Napi::Function::New<load_network_async>(env, "loadNetworkAsync"));
    exports.Set("createNetwork", Napi::Function::New<create_network>(env, "createNetwork"));
    exports.Set("inspectCheckpoint", Napi::Function::New<inspect_checkpoint>(env, "inspectCheckpoint"));
    exports.Set("inspectCheckpointAsync",
                Napi::Function::New<inspect_checkpoint_async>(env, "inspectCheckpointAsync"));
    exports.Set("describe", Napi::Function::New<describe>(env, "describe"));
    exports.Set("predict", Napi::Function::New<predict>(env, "predict"));
    exports.Set("predictAsync", Napi::Function::New<predict_async>(env, "predictAsync"));
    exports.Set("predictNaive", Napi::Function::New<predict_naive>(env, "predictNaive"));
    exports.Set("predictHistory", Napi::Function::New<predict_history>(env, "predictHistory"));
    exports.Set("predictHistoryAsync",
                Napi::Function::New<predict_history_async>(env, "predictHistoryAsync"));
    exports.Set("openStream", Napi::Function::New<open_stream>(env, "openStream"));
    exports.Set("pushRow", Napi::Function::New<push_row>(env, "pushRow"));
    exports.Set("observeRow", Napi::Function::New<observe_row>(env, "observeRow"));
    exports.Set("resetStream", Napi::Function::New<reset_stream>(env, "resetStream"));
    exports.Set("closeStream", Napi::Function::New<close_stream>(env, "closeStream"));
    exports.Set("kernelOf", Napi::Function::New<kernel_of>(env, "kernelOf"));
    exports.Set("setKernel", Napi::Function::New<set_kernel>(env, "setKernel"));
    exports.Set("parameters", Napi::Function::New<parameters>(env, "parameters"));
    exports.Set("save", Napi::Function::New<save>(env, "save"));
    exports.Set("dispose", Napi::Function::New<dispose_network>(env, "dispose"));
    exports.Set("startTraining", Napi::Function::New<start_training>(env, "startTraining"));
    exports.Set("abandonTraining", Napi::Function::New<abandon_training>(env, "abandonTraining"));
    exports.Set("stopTraining", Napi::Function::New<stop_training>(env, "stopTraining"));
    exports.Set("versions", Napi::Function::New<versions>(env, "versions"));
    exports.Set("setThreads", Napi::Function::New<set_threads>(env, "setThreads"));
    return exports;
  });
}

}  // namespace
}  // namespace dl_trade::binding

static Napi::Object initialise_addon(Napi::Env env, Napi::Object exports) {
  return dl_trade::binding::initialise(env, exports);
}

NODE_API_MODULE(dl_trade, initialise_addon)
