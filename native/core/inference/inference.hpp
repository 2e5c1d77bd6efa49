#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "inference/bilstm_inference.hpp"
#include "inference/kernels.hpp"
#include "inference/transformer_inference.hpp"
#include "networks/weights.hpp"

namespace dl_trade::inference {

/// Which sums the kernels make, in which order: another one, another number. Part of what a journal records.
inline constexpr const char* kernel_name = "fused-1";

/// One network over weights that were packed once. A window's logit has the same bits whether it comes alone,
/// in a batch, as part of a history or from a stream, with however many threads, on every processor. Its
/// const methods may run in several threads at once.
class Inference {
 public:
  Inference(const networks::Weights& weights, const Kernels& kernels);

  const char* isa() const { return kernels_.isa; }
  int64_t input_size() const;

  /// @param windows [batch, steps, input_size]
  /// @param logits [batch]
  void predict(const float* windows, int64_t batch, int64_t steps, float* logits, int threads) const;

  /// Every window of a history; what neighbours share is made once.
  /// @param rows [count, input_size], count >= steps
  /// @param logits [count - steps + 1]
  void predict_history(const float* rows, int64_t count, int64_t steps, float* logits, int threads) const;

  /// Logits of one window after the other, of which each push makes the newest row's share alone. For one
  /// thread at a time; must not outlive its network.
  class Stream;

 private:
  struct Workspace;
  class Lease;
  template <typename Work>
  void share(int64_t pieces, int threads, const Work& work) const;
  std::unique_ptr<Workspace> take() const;
  void give_back(std::unique_ptr<Workspace> workspace) const;

  const Kernels& kernels_;
  std::variant<BiLSTMInference, TransformerInference> network_;
  mutable std::mutex mutex_;
  /// Those that no computation uses now.
  mutable std::vector<std::unique_ptr<Workspace>> workspaces_;

 public:
  ~Inference();
};

class Inference::Stream {
 public:
  /// @param steps rows of a window, >= 1
  Stream(const Inference& inference, int64_t steps);
  ~Stream();

  /// Takes the next row in.
  /// @param row [input_size]
  void observe(const float* row);

  /// Of the window that ends with the newest row.
  /// @returns nothing until there are as many rows as a window has
  std::optional<float> logit();

  /// Forgets every row.
  void reset();

  /// What its rows take, in bytes.
  int64_t bytes() const;

 private:
  const Inference& inference_;
  int64_t steps_;
  std::unique_ptr<Workspace> workspace_;
  /// Where the window begins, and how many rows it has, at most `steps`.
  int64_t first_ = 0;
  int64_t rows_ = 0;
};

}  // namespace dl_trade::inference
