#pragma once

#include <string>

namespace dl_trade::networks {

/// What computes: to be reported, and recorded beside results that are compared to the bit.
struct Runtime {
  /// Of the LibTorch that is loaded, such as "2.13.0".
  std::string libtorch;
  /// Of the headers this was compiled with.
  std::string libtorch_compiled;
  /// The instruction set that LibTorch's kernels chose, such as "AVX512".
  std::string isa;
  /// What computes logits: the fast path, or LibTorch's modules as they are.
  std::string kernel;
  int threads;
};

inline constexpr const char* naive_kernel_name = "naive";

Runtime runtime();

/// Refuses a LibTorch that is not the one this was compiled with: C++ promises no binary compatibility
/// between two.
/// @throws std::runtime_error with both versions
void require_compiled_libtorch();

/// Sets how many threads one computation may use, for the whole process; 1 at start.
void set_threads(int threads);

int wanted_threads();

/// Turns the fast path on or off, for the whole process; on at start.
void set_fused(bool wanted);

bool wants_fused();

/// Makes the calling thread honour set_threads. OpenMP and MKL keep the count per thread, so each computation
/// begins here.
void apply_threads();

/// Gives the calling thread alone a count of its own, until it is given another one.
void apply_threads(int threads);

}  // namespace dl_trade::networks
