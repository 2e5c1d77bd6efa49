#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "networks/bilstm_classifier.hpp"
#include "networks/transformer_classifier.hpp"
#include "networks/weights.hpp"

namespace dl_trade::networks {

/// Either network as LibTorch has it, and the way of its weights in and out.
class ClassifierModule {
 public:
  /// Draws initial weights from the process-wide generator, as the constructors of LibTorch do: for a caller
  /// of `with_seeded_generator`.
  explicit ClassifierModule(const NetworkOptions& options);

  /// Draws the weights that the constructor of the Python module draws from the same seed of the process-wide
  /// generator.
  void draw_initial_weights();

  /// Copies values in; every entry of the state_dict must be there.
  void load(const std::vector<NamedTensor>& tensors);

  /// Copies of every parameter and buffer, in the order of the state_dict.
  std::vector<NamedTensor> state() const;

  torch::nn::Module& base() const;

  std::variant<BiLSTMClassifier, TransformerClassifier> holder;

 private:
  std::map<std::string, torch::Tensor> tensors() const;

  NetworkOptions options_;
};

}  // namespace dl_trade::networks
