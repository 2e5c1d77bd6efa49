#include "inference/inference.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

namespace dl_trade::inference {
namespace {

/// Windows of a history whose rows are projected together: many, so that few rows are projected twice.
constexpr int64_t windows_per_piece = 960;

/// Windows between two moves of a stream's rows to their front.
constexpr int64_t slack_windows = 4;

}  // namespace

struct Inference::Workspace {
  AlignedFloats projected;
  std::variant<BiLSTMInference::Scratch, TransformerInference::Scratch> scratch;

  float* reserve_projected(int64_t count) {
    if (projected.size() < count) projected = AlignedFloats(count);
    return projected.data();
  }

  /// Some windows, as many at once as the network takes.
  template <typename Network>
  void predict(const Network& network, const Windows& windows, float* logits) {
    auto& own = std::get<typename Network::Scratch>(scratch);
    for (int64_t first = 0; first < windows.count; first += Network::windows_at_once) {
      const int64_t count = std::min(Network::windows_at_once, windows.count - first);
      const float* projected_from =
          windows.projected + first * windows.rows_between * network.projected_width();
      network.predict({projected_from, windows.rows_between, count, windows.steps}, own, logits + first);
    }
  }
};

class Inference::Lease {
 public:
  explicit Lease(const Inference& inference) : inference_(inference), workspace_(inference.take()) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { inference_.give_back(std::move(workspace_)); }

  Workspace& operator*() { return *workspace_; }

 private:
  const Inference& inference_;
  std::unique_ptr<Workspace> workspace_;
};

namespace {

std::variant<BiLSTMInference, TransformerInference> make_network(const networks::Weights& weights,
                                                                 const Kernels& kernels) {
  if (const auto* bilstm = std::get_if<networks::BiLSTMClassifierOptions>(&weights.options)) {
    return BiLSTMInference(*bilstm, weights, kernels);
  }
  return TransformerInference(std::get<networks::TransformerClassifierOptions>(weights.options), weights,
                              kernels);
}

}  // namespace

Inference::Inference(const networks::Weights& weights, const Kernels& kernels)
    : kernels_(kernels), network_(make_network(weights, kernels)) {}

Inference::~Inference() = default;

int64_t Inference::input_size() const {
  return std::visit([](const auto& network) { return network.input_size(); }, network_);
}

void Inference::predict(const float* windows, int64_t batch, int64_t steps, float* logits,
                        int threads) const {
  std::visit(
      [&](const auto& network) {
        constexpr int64_t at_once = std::decay_t<decltype(network)>::windows_at_once;
        share((batch + at_once - 1) / at_once, threads, [&](int64_t piece, Workspace& workspace) {
          const int64_t first = piece * at_once;
          const int64_t count = std::min(at_once, batch - first);
          float* projected = workspace.reserve_projected(count * steps * network.projected_width());
          network.project(windows + first * steps * network.input_size(), count * steps, projected);
          workspace.predict(network, {projected, steps, count, steps}, logits + first);
        });
      },
      network_);
}

void Inference::predict_history(const float* rows, int64_t count, int64_t steps, float* logits,
                                int threads) const {
  const int64_t windows = count - steps + 1;
  // A short history is shared as well.
  const int64_t size = std::clamp<int64_t>((windows + threads - 1) / threads, 1, windows_per_piece);
  std::visit(
      [&](const auto& network) {
        share((windows + size - 1) / size, threads, [&](int64_t piece, Workspace& workspace) {
          const int64_t first = piece * size;
          const int64_t own = std::min(size, windows - first);
          float* projected = workspace.reserve_projected((own + steps - 1) * network.projected_width());
          network.project(rows + first * network.input_size(), own + steps - 1, projected);
          workspace.predict(network, {projected, 1, own, steps}, logits + first);
        });
      },
      network_);
}

/// Does every piece, in as many threads as there are and pieces allow.
template <typename Work>
void Inference::share(int64_t pieces, int threads, const Work& work) const {
  std::atomic<int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failing;
  const auto run = [&] {
    try {
      Lease workspace(*this);
      for (int64_t piece = next++; piece < pieces; piece = next++) work(piece, *workspace);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(failing);
      if (!failure) failure = std::current_exception();
      next = pieces;
    }
  };
  std::vector<std::thread> helpers;
  const int64_t wanted = std::min<int64_t>(threads, pieces) - 1;
  try {
    for (int64_t index = 0; index < wanted; ++index) helpers.emplace_back(run);
  } catch (const std::system_error&) {
    // No more threads than these: the work is done by those there are.
  }
  run();
  for (auto& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

std::unique_ptr<Inference::Workspace> Inference::take() const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!workspaces_.empty()) {
      auto workspace = std::move(workspaces_.back());
      workspaces_.pop_back();
      return workspace;
    }
  }
  auto workspace = std::make_unique<Workspace>();
  if (std::holds_alternative<TransformerInference>(network_)) {
    workspace->scratch.emplace<TransformerInference::Scratch>();
  }
  return workspace;
}

void Inference::give_back(std::unique_ptr<Workspace> workspace) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  workspaces_.push_back(std::move(workspace));
}

Inference::Stream::Stream(const Inference& inference, int64_t steps)
    : inference_(inference), steps_(steps), workspace_(inference.take()) {
  std::visit(
      [&](const auto& network) {
        workspace_->projected = AlignedFloats(steps * slack_windows * network.projected_width());
      },
      inference.network_);
}

Inference::Stream::~Stream() = default;

std::optional<float> Inference::Stream::logit() {
  if (rows_ < steps_) return std::nullopt;
  float logit = 0;
  std::visit(
      [&](const auto& network) {
        const float* window = workspace_->projected.data() + first_ * network.projected_width();
        workspace_->predict(network, {window, steps_, 1, steps_}, &logit);
      },
      inference_.network_);
  return logit;
}

void Inference::Stream::observe(const float* row) {
  std::visit(
      [&](const auto& network) {
        const int64_t width = network.projected_width();
        float* projected = workspace_->projected.data();
        if (rows_ == steps_) {
          first_ += 1;
          rows_ -= 1;
        }
        if (first_ + steps_ > steps_ * slack_windows) {
          std::memmove(projected, projected + first_ * width,
                       static_cast<size_t>(rows_ * width) * sizeof(float));
          first_ = 0;
        }
        network.project(row, 1, projected + (first_ + rows_) * width);
        rows_ += 1;
      },
      inference_.network_);
}

int64_t Inference::Stream::bytes() const {
  return workspace_->projected.size() * static_cast<int64_t>(sizeof(float));
}

void Inference::Stream::reset() {
  first_ = 0;
  rows_ = 0;
}

}  // namespace dl_trade::inference
