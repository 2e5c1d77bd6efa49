#include "training_task.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "arguments.hpp"
#include "guard.hpp"
#include "network_handle.hpp"
#include "training/trainer.hpp"
#include "training_arguments.hpp"

namespace dl_trade::binding {
namespace {

using training::StopRequest;
using Clock = std::chrono::steady_clock;

/// What the task and its handle share. The thread is joined on the JS thread alone.
struct Run {
  std::atomic<StopRequest> request = StopRequest::kNone;
  std::thread thread;

  /// Waits for the batch under way, at most.
  void abandon() {
    request = StopRequest::kAbandon;
    if (thread.joinable()) thread.join();
  }
};
using SharedRun = std::shared_ptr<Run>;

constexpr napi_type_tag training_tag{0x1b7ce1f64c7d4f02, 0xa1f3908d56be2c74};

Napi::Object progress_to_js(Napi::Env env, const training::TrainingProgress& progress) {
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&](const char* name, double value) { object.Set(name, Napi::Number::New(env, value)); };
  set("epoch", static_cast<double>(progress.epoch));
  set("epochs", static_cast<double>(progress.epochs));
  set("batch", static_cast<double>(progress.batch));
  set("batches", static_cast<double>(progress.batches));
  set("loss", progress.loss);
  set("batchLoss", progress.batch_loss);
  set("gradientNorm", progress.gradient_norm);
  set("learningRate", progress.learning_rate);
  set("samplesPerSecond", progress.samples_per_second);
  set("etaMs", progress.eta_ms);
  return object;
}

Napi::Object record_to_js(Napi::Env env, const training::EpochRecord& record) {
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&](const char* name, double value) { object.Set(name, Napi::Number::New(env, value)); };
  set("epoch", static_cast<double>(record.epoch));
  set("trainLoss", record.train_loss);
  set("validationLoss", record.validation_loss);
  set("validationAccuracy", record.validation_accuracy);
  set("learningRate", record.learning_rate);
  set("gradientNorm", record.gradient_norm);
  set("seconds", record.seconds);
  object.Set("best", Napi::Boolean::New(env, record.best));
  return object;
}

const char* end_name(training::TrainingEnd ended) {
  switch (ended) {
    case training::TrainingEnd::kCompleted:
      return "completed";
    case training::TrainingEnd::kStoppedEarly:
      return "stopped-early";
    case training::TrainingEnd::kInterrupted:
      return "interrupted";
  }
  return "interrupted";
}

Napi::Object result_to_js(Napi::Env env, const training::TrainingResult& result) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array history = Napi::Array::New(env, result.history.size());
  for (size_t index = 0; index < result.history.size(); ++index) {
    history.Set(static_cast<uint32_t>(index), record_to_js(env, result.history[index]));
  }
  object.Set("network", make_handle(env, result.network));
  object.Set("history", history);
  object.Set("bestEpoch", Napi::Number::New(env, static_cast<double>(result.best_epoch)));
  object.Set("ended", end_name(result.ended));
  return object;
}

/// One training on its own thread: Node's pool would let Worker.terminate() wait for it. It belongs to its
/// thread-safe function, whose finalizer runs when the training has said its last word or the environment
/// ends.
class TrainingTask {
 public:
  static SharedRun start(Napi::Env env, training::TrainingOptions options, TrainingData data,
                         const Napi::Function& on_event, double interval_ms, bool stopped) {
    auto task =
        std::unique_ptr<TrainingTask>(new TrainingTask(std::move(options), std::move(data), interval_ms));
    const SharedRun run = task->run_;
    if (stopped) run->request = StopRequest::kSave;
    TrainingTask* owned = task.get();
    owned->events_ = Events::New(env, on_event, "dl-trade training", 0, 1, owned, finalize);
    task.release();
    try {
      run->thread = std::thread([owned] { owned->train(); });
    } catch (...) {
      owned->events_.Release();
      throw;
    }
    return run;
  }

 private:
  using Event = std::function<void(Napi::Env, const Napi::Function&)>;

  static void call(Napi::Env env, Napi::Function on_event, TrainingTask*, Event* event) {
    const std::unique_ptr<Event> owned(event);
    // Both are empty where the environment has ended.
    if (env != nullptr && !on_event.IsEmpty()) (*owned)(env, on_event);
  }

  using Events = Napi::TypedThreadSafeFunction<TrainingTask, Event, call>;

  TrainingTask(training::TrainingOptions options, TrainingData data, double interval_ms)
      : options_(std::move(options)), data_(std::move(data)), interval_ms_(interval_ms) {}

  static void finalize(Napi::Env, void*, TrainingTask* task) {
    // The thread uses the function that is going: it has to be over first. That takes a batch at most.
    task->run_->abandon();
    delete task;
  }

  void train() {
    try {
      training::Trainer trainer(options_, data_.train, data_.validation);
      auto result = std::make_shared<training::TrainingResult>(trainer.run(run_->request, listeners()));
      post([result](Napi::Env env, const Napi::Function& on_event) {
        on_event.Call({Napi::String::New(env, "done"), result_to_js(env, *result)});
      });
    } catch (...) {
      const auto failure = std::current_exception();
      post([failure](Napi::Env env, const Napi::Function& on_event) {
        on_event.Call({Napi::String::New(env, "failed"), to_js_error(env, failure).Value()});
      });
    }
    if (!closing_) events_.Release();
  }

  training::TrainingListeners listeners() {
    return {[this](const training::TrainingProgress& progress) {
              const auto now = Clock::now();
              const bool last = progress.batch == progress.batches;
              if (!last && std::chrono::duration<double, std::milli>(now - reported_).count() < interval_ms_)
                return;
              reported_ = now;
              post([progress](Napi::Env env, const Napi::Function& on_event) {
                on_event.Call({Napi::String::New(env, "progress"), progress_to_js(env, progress)});
              });
            },
            [this](const training::EpochRecord& record) {
              post([record](Napi::Env env, const Napi::Function& on_event) {
                on_event.Call({Napi::String::New(env, "epoch"), record_to_js(env, record)});
              });
            }};
  }

  void post(Event event) {
    if (closing_) return;
    auto owned = std::make_unique<Event>(std::move(event));
    if (events_.NonBlockingCall(owned.get()) == napi_ok) {
      owned.release();
    } else {
      // The environment is ending. The function may not be touched again, not even to release it.
      closing_ = true;
      run_->request = StopRequest::kAbandon;
    }
  }

  training::TrainingOptions options_;
  TrainingData data_;
  double interval_ms_;
  SharedRun run_ = std::make_shared<Run>();
  Events events_;
  // Of the training thread alone.
  bool closing_ = false;
  Clock::time_point reported_;
};

Napi::Value make_handle(Napi::Env env, SharedRun run) {
  auto owned = std::make_unique<SharedRun>(std::move(run));
  const auto external = Napi::External<SharedRun>::New(
      env, owned.get(), [](Napi::BasicEnv, SharedRun* released) { delete released; });
  owned.release();
  external.TypeTag(&training_tag);
  return external;
}

Run& require_run(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<SharedRun>>().CheckTypeTag(&training_tag)) {
    throw std::invalid_argument("the first argument must be a training");
  }
  return **value.As<Napi::External<SharedRun>>().Data();
}

}  // namespace

Napi::Value start_training(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    auto options = require_training_options(info[0]);
    const Napi::Object settings = require_object(info[0], "settings");
    const double interval_ms = require_number(settings.Get("progressIntervalMs"), "progressIntervalMs");
    const bool stopped = require_boolean(settings.Get("stopped"), "stopped");
    auto data = require_training_data(info[1]);
    const auto on_event = require_function(info[2], "onEvent");
    return make_handle(info.Env(), TrainingTask::start(info.Env(), std::move(options), std::move(data),
                                                       on_event, interval_ms, stopped));
  });
}

Napi::Value stop_training(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    auto expected = StopRequest::kNone;
    require_run(info[0]).request.compare_exchange_strong(expected, StopRequest::kSave);
    return info.Env().Undefined();
  });
}

Napi::Value abandon_training(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    require_run(info[0]).abandon();
    return info.Env().Undefined();
  });
}

}  // namespace dl_trade::binding
