#include "training/trainer.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "checkpoint/refusal.hpp"
#include "networks/classifier_module.hpp"
#include "networks/model_error.hpp"
#include "networks/random.hpp"
#include "networks/runtime.hpp"
#include "training/adamw.hpp"
#include "training/training_checkpoint.hpp"
#include "training/training_error.hpp"
#include "training/training_forward.hpp"

namespace dl_trade::training {
namespace {

using networks::NamedTensor;
using torch::Tensor;
using Clock = std::chrono::steady_clock;

constexpr int64_t validation_batch = 256;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<float> values_of(const Tensor& tensor) {
  const auto contiguous = tensor.detach().contiguous();
  const float* values = contiguous.const_data_ptr<float>();
  return {values, values + contiguous.numel()};
}

std::vector<std::vector<float>> values_of(const std::vector<Tensor>& tensors) {
  std::vector<std::vector<float>> values;
  for (const auto& tensor : tensors) values.push_back(values_of(tensor));
  return values;
}

void assign(Tensor& target, const std::vector<float>& values) {
  const torch::NoGradGuard no_grad;
  target.copy_(torch::from_blob(const_cast<float*>(values.data()), target.sizes(), torch::kFloat));
}

networks::ClassifierModule make_module(const networks::NetworkOptions& options) {
  std::optional<networks::ClassifierModule> module;
  // Making the module draws weights, which are overwritten.
  networks::with_seeded_generator(0, [&] { module.emplace(options); });
  return std::move(*module);
}

/// Runs what reads a file; its refusals say which one.
template <typename Read>
auto naming(const std::filesystem::path& path, const Read& read) {
  const std::string name = path.string();
  const auto named = [&](const std::string& message) {
    return message.find(name) == std::string::npos ? name + ": " + message : message;
  };
  try {
    return read();
  } catch (const checkpoint::Refusal& refusal) {
    throw checkpoint::Refusal(refusal.code(), named(refusal.what()));
  } catch (const networks::ModelError& error) {
    throw networks::ModelError(named(error.what()));
  } catch (const TrainingError& error) {
    throw TrainingError(error.failure(), named(error.what()));
  }
}

std::vector<NamedTensor> initial_weights(const TrainingOptions& options) {
  if (!options.initial_weights) return networks::Network::create(options.network, options.seed)->state();
  const auto& path = *options.initial_weights;
  return naming(path, [&] { return networks::read_weights(path, options.network).tensors; });
}

double dropout_of(const networks::NetworkOptions& options) {
  return std::visit([](const auto& sizes) { return sizes.dropout; }, options);
}

/// In the order of the state_dict, which is that of training_checkpoint.
std::vector<Tensor> parameters_of(const networks::ClassifierModule& module,
                                  const networks::NetworkOptions& options) {
  const auto named = module.base().named_parameters();
  std::vector<Tensor> parameters;
  for (const auto& tensor : networks::state_layout(options)) {
    if (!tensor.is_buffer) parameters.push_back(named[tensor.name]);
  }
  return parameters;
}

}  // namespace

class Trainer::Session {
 public:
  Session(const TrainingOptions& options, const Sequences& train, const Sequences& validation)
      : options_(options),
        train_(train),
        validation_(validation),
        module_(make_module(options.network)),
        parameters_(parameters_of(module_, options.network)),
        adamw_(parameters_, options.weight_decay),
        scheduler_(options.scheduler_factor, options.scheduler_patience),
        // Another stream than the one that drew the initial weights.
        generator_(at::detail::createCPUGenerator(options.seed ^ 0x9e3779b9)),
        dropout_(dropout_of(options.network), generator_),
        batches_((train.size() + options.batch_size - 1) / options.batch_size) {
    if (options_.resume && options_.checkpoint && std::filesystem::exists(*options_.checkpoint)) {
      const auto& path = *options_.checkpoint;
      naming(path, [&] { restore(read_training_checkpoint(path, options_)); });
    } else {
      module_.load(initial_weights(options_));
      state_.learning_rate = options_.learning_rate;
      // Now, not after an epoch, is when to hear that it cannot be written.
      save();
    }
  }

  TrainingResult run(const std::atomic<StopRequest>& request, const TrainingListeners& listeners) {
    networks::apply_threads(options_.threads);
    request_ = &request;
    listeners_ = &listeners;
    while (state_.epoch < options_.epochs && !stopped_early()) {
      if (!train_epoch() || !finish_epoch()) {
        if (request.load() == StopRequest::kSave) save();
        return result(TrainingEnd::kInterrupted);
      }
    }
    return result(stopped_early() ? TrainingEnd::kStoppedEarly : TrainingEnd::kCompleted);
  }

 private:
  bool stopped_early() const {
    return state_.epoch > 0 && state_.epochs_without_improvement() >= options_.early_stopping_patience;
  }

  bool asked_to_stop() const { return request_->load() != StopRequest::kNone; }

  /// @returns false where it was asked to stop before the last batch
  bool train_epoch() {
    if (state_.order.empty()) draw_order();
    while (state_.batch < batches_) {
      if (asked_to_stop()) return false;
      const auto start = Clock::now();
      const int64_t first = state_.batch * options_.batch_size;
      const int64_t size = std::min(options_.batch_size, train_.size() - first);
      TrainingProgress progress = train_batch(std::span(state_.order).subspan(first, size));
      const double seconds = seconds_since(start);
      state_.batch += 1;
      state_.seconds += seconds;
      trained_seconds_ += seconds;
      trained_samples_ += size;
      report(progress);
    }
    return true;
  }

  void draw_order() {
    state_.order.resize(static_cast<size_t>(train_.size()));
    if (!options_.shuffle) {
      std::iota(state_.order.begin(), state_.order.end(), 0);
      return;
    }
    const auto drawn = at::randperm(train_.size(), generator_, torch::kLong);
    std::copy_n(drawn.const_data_ptr<int64_t>(), train_.size(), state_.order.begin());
  }

  std::pair<Tensor, Tensor> gather(const Sequences& from, std::span<const int64_t> samples) const {
    const auto size = static_cast<int64_t>(samples.size());
    auto windows = torch::empty({size, from.steps(), from.features()});  // [B, T, F]
    auto labels = torch::empty({size});
    from.gather(samples, windows.mutable_data_ptr<float>(), labels.mutable_data_ptr<float>());
    return {windows, labels};
  }

  Tensor logits(const Tensor& windows, RandomDropout& dropout) const {
    return std::visit([&](const auto& module) { return training_logits(*module.ptr(), windows, dropout); },
                      module_.holder);
  }

  TrainingProgress train_batch(std::span<const int64_t> samples) {
    TrainingProgress progress;
    const auto [windows, labels] = gather(train_, samples);
    adamw_.zero_gradients();
    const auto loss = torch::binary_cross_entropy_with_logits(logits(windows, dropout_), labels);
    progress.batch_loss = require_finite(loss.item<double>(), "loss");
    loss.backward();
    progress.gradient_norm = require_finite(adamw_.clip_gradients(options_.gradient_clip), "gradient");
    adamw_.step(state_.learning_rate);
    state_.loss_sum += progress.batch_loss * static_cast<double>(samples.size());
    state_.norm_sum += progress.gradient_norm;
    return progress;
  }

  double require_finite(double value, const char* what) const {
    if (std::isfinite(value)) return value;
    throw TrainingError(TrainingFailure::kDiverged,
                        std::string("the training has diverged: the ") + what + " was " +
                            std::to_string(value) + " at epoch " + std::to_string(state_.epoch + 1) +
                            ", batch " + std::to_string(state_.batch + 1) + "; use a lower learning rate" +
                            (options_.checkpoint ? "; the checkpoint of the last epoch is untouched" : ""));
  }

  void report(TrainingProgress& progress) const {
    if (!listeners_->on_progress) return;
    const int64_t done = std::min(state_.batch * options_.batch_size, train_.size());
    progress.epoch = state_.epoch + 1;
    progress.epochs = options_.epochs;
    progress.batch = state_.batch;
    progress.batches = batches_;
    progress.loss = state_.loss_sum / static_cast<double>(done);
    progress.learning_rate = state_.learning_rate;
    progress.samples_per_second = static_cast<double>(trained_samples_) / trained_seconds_;
    const double a_sample = trained_seconds_ / static_cast<double>(trained_samples_);
    // Backward costs about twice what forward does.
    const double a_validation = validated_samples_ > 0
                                    ? validated_seconds_ / static_cast<double>(validated_samples_)
                                    : a_sample / 3.0;
    const auto epochs_left = static_cast<double>(options_.epochs - state_.epoch);
    const double samples_left = epochs_left * static_cast<double>(train_.size()) - static_cast<double>(done);
    progress.eta_ms = 1000.0 * (samples_left * a_sample +
                                epochs_left * static_cast<double>(validation_.size()) * a_validation);
    listeners_->on_progress(progress);
  }

  /// @returns false where it was asked to stop meanwhile
  bool finish_epoch() {
    const auto start = Clock::now();
    EpochRecord record;
    if (!validate(record)) return false;
    const double seconds = seconds_since(start);
    validated_seconds_ += seconds;
    validated_samples_ += validation_.size();

    record.epoch = state_.epoch + 1;
    record.train_loss = state_.loss_sum / static_cast<double>(train_.size());
    record.learning_rate = state_.learning_rate;
    record.gradient_norm = state_.norm_sum / static_cast<double>(batches_);
    record.seconds = state_.seconds + seconds;
    record.best = record.validation_loss < state_.best_loss;
    if (record.best) {
      state_.best_loss = record.validation_loss;
      state_.best_epoch = record.epoch;
      state_.best_parameters = values_of(parameters_);
    }
    state_.learning_rate = scheduler_.step(record.validation_loss, state_.learning_rate);
    state_.history.push_back(record);
    state_.epoch += 1;
    state_.batch = 0;
    state_.loss_sum = state_.norm_sum = state_.seconds = 0.0;
    state_.order.clear();
    save();
    if (listeners_->on_epoch) listeners_->on_epoch(record);
    return true;
  }

  /// @returns false where it was asked to stop meanwhile
  bool validate(EpochRecord& record) const {
    const torch::NoGradGuard no_grad;
    auto dropout = RandomDropout::none();
    std::vector<int64_t> samples(static_cast<size_t>(validation_.size()));
    std::iota(samples.begin(), samples.end(), 0);
    double loss_sum = 0.0;
    int64_t right = 0;
    for (int64_t first = 0; first < validation_.size(); first += validation_batch) {
      if (asked_to_stop()) return false;
      const int64_t size = std::min(validation_batch, validation_.size() - first);
      const auto [windows, labels] = gather(validation_, std::span(samples).subspan(first, size));
      const auto computed = logits(windows, dropout);
      loss_sum += torch::binary_cross_entropy_with_logits(computed, labels, {}, {}, at::Reduction::Sum)
                      .item<double>();
      right += (computed > 0).eq(labels > 0.5).sum().item<int64_t>();
    }
    const auto count = static_cast<double>(validation_.size());
    record.validation_loss = require_finite(loss_sum / count, "validation loss");
    record.validation_accuracy = static_cast<double>(right) / count;
    return true;
  }

  void save() {
    if (!options_.checkpoint) return;
    state_.optimizer_steps = adamw_.steps();
    state_.scheduler = scheduler_.state;
    const auto generator = generator_.get_state();
    const auto* bytes = generator.const_data_ptr<uint8_t>();
    state_.generator.assign(bytes, bytes + generator.numel());
    state_.weights = module_.state();
    state_.exp_avg = values_of(adamw_.exp_avg);
    state_.exp_avg_sq = values_of(adamw_.exp_avg_sq);
    write_training_checkpoint(*options_.checkpoint, options_, state_);
  }

  void restore(TrainingState state) {
    state_ = std::move(state);
    require_consistent();
    module_.load(state_.weights);
    for (size_t index = 0; index < parameters_.size(); ++index) {
      assign(adamw_.exp_avg[index], state_.exp_avg[index]);
      assign(adamw_.exp_avg_sq[index], state_.exp_avg_sq[index]);
    }
    adamw_.set_steps(state_.optimizer_steps);
    scheduler_.state = state_.scheduler;
    generator_.set_state(torch::from_blob(state_.generator.data(),
                                          {static_cast<int64_t>(state_.generator.size())}, torch::kUInt8)
                             .clone());
  }

  /// What a checkpoint says of the datasets must fit them: its order indexes the samples.
  void require_consistent() const {
    auto order = state_.order;
    std::sort(order.begin(), order.end());
    bool fits = order.empty() ? state_.batch == 0 : static_cast<int64_t>(order.size()) == train_.size();
    for (size_t index = 0; index < order.size(); ++index)
      fits = fits && order[index] == static_cast<int64_t>(index);
    fits = fits && state_.batch <= batches_ &&
           static_cast<int64_t>(state_.generator.size()) == generator_.get_state().numel();
    if (fits) return;
    throw TrainingError(TrainingFailure::kForeign, "the checkpoint does not fit the datasets; train anew");
  }

  TrainingResult result(TrainingEnd ended) {
    networks::Weights weights{options_.network, module_.state()};
    if (state_.best_epoch > 0) {
      size_t parameter = 0;
      const auto layout = networks::state_layout(options_.network);
      for (size_t index = 0; index < layout.size(); ++index) {
        if (!layout[index].is_buffer) weights.tensors[index].values = state_.best_parameters[parameter++];
      }
    }
    return {std::make_shared<const networks::Network>(weights), state_.history, state_.best_epoch, ended};
  }

  TrainingOptions options_;
  Sequences train_;
  Sequences validation_;
  networks::ClassifierModule module_;
  std::vector<Tensor> parameters_;
  AdamW adamw_;
  PlateauScheduler scheduler_;
  at::Generator generator_;
  RandomDropout dropout_;
  int64_t batches_;
  TrainingState state_;
  // Of this run alone, for speed and ETA.
  double trained_seconds_ = 0.0;
  int64_t trained_samples_ = 0;
  double validated_seconds_ = 0.0;
  int64_t validated_samples_ = 0;
  const std::atomic<StopRequest>* request_ = nullptr;
  const TrainingListeners* listeners_ = nullptr;
};

Trainer::Trainer(const TrainingOptions& options, const Sequences& train, const Sequences& validation) {
  require_valid(options);
  networks::apply_threads(options.threads);
  for (const auto* sequences : {&train, &validation}) {
    if (sequences->features() != networks::input_size(options.network) ||
        sequences->steps() != train.steps() || sequences->steps() > networks::max_steps(options.network)) {
      throw std::invalid_argument(
          "the datasets must have windows of " + std::to_string(networks::input_size(options.network)) +
          " features and one length that the network takes, was " + std::to_string(sequences->steps()) +
          " steps of " + std::to_string(sequences->features()));
    }
  }
  session_ = std::make_unique<Session>(options, train, validation);
}

Trainer::~Trainer() = default;

TrainingResult Trainer::run(const std::atomic<StopRequest>& request, const TrainingListeners& listeners) {
  return session_->run(request, listeners);
}

}  // namespace dl_trade::training
