#include "networks/network_stream.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace dl_trade::networks {

NetworkStream::NetworkStream(std::shared_ptr<const Network> network, int64_t steps)
    : network_(std::move(network)), input_size_(networks::input_size(network_->options())), steps_(steps) {
  network_->require_rows({}, steps);
  if (const auto* fused = network_->fused()) fused_.emplace(*fused, steps);
}

int64_t NetworkStream::bytes() const {
  return fused_ ? fused_->bytes() : steps_ * input_size_ * static_cast<int64_t>(sizeof(float));
}

std::optional<float> NetworkStream::logit() {
  if (fused_) return fused_->logit();
  if (static_cast<int64_t>(rows_.size()) < steps_ * input_size_) return std::nullopt;
  return network_->predict_naive(rows_, 1, steps_)[0];
}

void NetworkStream::observe(std::span<const float> row) {
  if (static_cast<int64_t>(row.size()) != input_size_) {
    throw std::invalid_argument("a row must hold input_size = " + std::to_string(input_size_) +
                                " values, held " + std::to_string(row.size()));
  }
  network_->require_rows(row, steps_);
  if (fused_) {
    fused_->observe(row.data());
    return;
  }
  if (static_cast<int64_t>(rows_.size()) == steps_ * input_size_) {
    rows_.erase(rows_.begin(), rows_.begin() + input_size_);
  }
  rows_.insert(rows_.end(), row.begin(), row.end());
}

void NetworkStream::reset() {
  if (fused_) fused_->reset();
  rows_.clear();
}

}  // namespace dl_trade::networks
