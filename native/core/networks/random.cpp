#include "networks/random.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <mutex>

namespace dl_trade::networks {
namespace {

class RestoreState {
 public:
  explicit RestoreState(at::Generator& generator) : generator_(generator), state_(generator.get_state()) {}
  RestoreState(const RestoreState&) = delete;
  RestoreState& operator=(const RestoreState&) = delete;
  ~RestoreState() { generator_.set_state(state_); }

 private:
  at::Generator& generator_;
  at::Tensor state_;
};

}  // namespace

void with_seeded_generator(uint64_t seed, const std::function<void()>& draw) {
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const RestoreState restore(generator);
  generator.set_current_seed(seed);
  draw();
}

}  // namespace dl_trade::networks
