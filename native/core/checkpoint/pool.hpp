#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace dl_trade::checkpoint {

/** A growing array in chunks: growth never copies, so its peak is its size, and freeing it is a loop. */
template <typename T>
class Pool {
 public:
  std::uint32_t push(const T& item) {
    if (size_ % kChunk == 0) chunks_.push_back(std::make_unique<T[]>(kChunk));
    chunks_.back()[size_ % kChunk] = item;
    return static_cast<std::uint32_t>(size_++);
  }
  T& operator[](std::size_t index) { return chunks_[index / kChunk][index % kChunk]; }
  const T& operator[](std::size_t index) const { return chunks_[index / kChunk][index % kChunk]; }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kChunk = 4096;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace dl_trade::checkpoint
