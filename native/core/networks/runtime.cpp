#include "networks/runtime.hpp"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <atomic>
#include <mutex>
#include <stdexcept>

#include "inference/inference.hpp"
#include "inference/kernels.hpp"

namespace dl_trade::networks {
namespace {

// One thread: with two, a network this small waits 0.6 ms for the second, and stalls for a second where cores
// are contended.
std::atomic<int> threads_wanted{1};
std::atomic<bool> fused_wanted{true};
thread_local int applied_threads = 0;

std::string loaded_version() {
  const std::string config = at::show_config();
  const std::string key = "TORCH_VERSION=";
  const size_t start = config.find(key);
  if (start == std::string::npos) return "unknown";
  const size_t from = start + key.size();
  return config.substr(from, config.find_first_not_of("0123456789.", from) - from);
}

std::string compiled_version() {
  return std::to_string(TORCH_VERSION_MAJOR) + "." + std::to_string(TORCH_VERSION_MINOR) + "." +
         std::to_string(TORCH_VERSION_PATCH);
}

}  // namespace

Runtime runtime() {
  const bool fused = wants_fused() && inference::best_kernels() != nullptr;
  return {loaded_version(), compiled_version(), at::get_cpu_capability(),
          fused ? inference::kernel_name : naive_kernel_name, threads_wanted.load()};
}

void require_compiled_libtorch() {
  const std::string loaded = loaded_version();
  const std::string compiled = compiled_version();
  if (loaded != compiled) {
    throw std::runtime_error("the addon was compiled with LibTorch " + compiled + ", but LibTorch " + loaded +
                             " was loaded");
  }
}

void set_threads(int threads) {
  if (threads < 1) throw std::invalid_argument("threads must be at least 1, was " + std::to_string(threads));
  threads_wanted.store(threads);
}

int wanted_threads() {
  return threads_wanted.load();
}

void set_fused(bool wanted) {
  fused_wanted.store(wanted);
}

bool wants_fused() {
  return fused_wanted.load();
}

void apply_threads() {
  apply_threads(threads_wanted.load());
}

void apply_threads(int threads) {
  static std::mutex one_at_a_time;
  static bool interop_set = false;
  if (applied_threads == threads) return;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  // LibTorch allows this once a process; whoever loaded it first may have done so.
  if (!interop_set) {
    interop_set = true;
    try {
      at::set_num_interop_threads(1);
    } catch (const std::exception&) {
    }
  }
  // A thread's first question gives it the count that any thread set last: asked now, it cannot undo ours
  // later.
  at::get_num_threads();
  at::set_num_threads(threads);
  applied_threads = threads;
}

}  // namespace dl_trade::networks
