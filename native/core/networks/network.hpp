#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "inference/inference.hpp"
#include "networks/options.hpp"
#include "networks/weights.hpp"

namespace dl_trade::networks {

/// One network with its weights, ready to predict; knows no LibTorch type, so that callers compile in
/// seconds. Its const methods may run in several threads at once.
class Network {
 public:
  /// @throws checkpoint::Refusal, ModelError
  static std::shared_ptr<Network> load(const std::filesystem::path& path,
                                       const std::optional<NetworkOptions>& expected);

  /// A network with PyTorch's initial weights; the same seed gives the same weights.
  /// @throws ModelError
  static std::shared_ptr<Network> create(const NetworkOptions& options, uint64_t seed);

  explicit Network(const Weights& weights);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const NetworkOptions& options() const { return options_; }
  int64_t parameter_count() const;

  /// Refuses windows that the network does not take.
  /// @throws std::invalid_argument naming the size or the value that is wrong
  void require_windows(std::span<const float> windows, int64_t batch, int64_t steps) const;

  /// The fast path where it is wanted, this processor has it, and it agreed with the naive one when the
  /// weights were loaded.
  /// @returns null where the naive path computes
  const inference::Inference* fused() const;

  /// What computes: `inference::kernel_name`, or `naive_kernel_name`.
  const char* kernel() const;

  /// Refuses rows of a history that the network does not take.
  /// @throws std::invalid_argument naming the size or the value that is wrong
  void require_rows(std::span<const float> rows, int64_t steps) const;

  /// @param windows [batch, steps, input_size], row-major, finite
  /// @returns logits [batch]
  /// @throws std::invalid_argument as `require_windows`
  std::vector<float> predict(std::span<const float> windows, int64_t batch, int64_t steps) const;

  /// Every window of a history, without building any.
  /// @param rows [count, input_size], row-major, finite
  /// @returns logits [count - steps + 1]; none where there are fewer rows than a window has
  /// @throws std::invalid_argument naming the size or the value that is wrong
  std::vector<float> predict_history(std::span<const float> rows, int64_t steps) const;

  /// As `predict`, by the reference path.
  std::vector<float> predict_naive(std::span<const float> windows, int64_t batch, int64_t steps) const;

  /// Copies of every parameter and buffer, in the order of the state_dict.
  std::vector<NamedTensor> state() const;

  /// Writes `{'model_state_dict': ..., 'hyperparameters': ...}` as torch.save does.
  /// @throws checkpoint::Refusal WRITE_FAILED
  void save(const std::filesystem::path& path) const;

 private:
  struct Module;
  explicit Network(const NetworkOptions& options);

  void make_fused(const Weights& weights);
  void require_steps(int64_t steps) const;
  void naive_into(std::span<const float> windows, int64_t batch, int64_t steps, float* logits) const;

  NetworkOptions options_;
  std::unique_ptr<Module> module_;
  std::unique_ptr<inference::Inference> inference_;
};

}  // namespace dl_trade::networks
