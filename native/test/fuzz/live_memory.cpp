#include "live_memory.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DL_TRADE_COUNTS_ALLOCATIONS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define DL_TRADE_COUNTS_ALLOCATIONS
#endif

#ifdef DL_TRADE_COUNTS_ALLOCATIONS
// Of sanitizer/allocator_interface.h, which GCC's packages leave out.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, std::size_t),
                                                         void (*on_free)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void* at);
#endif

namespace {

// libFuzzer allocates on threads of its own.
thread_local std::ptrdiff_t live = 0;
thread_local std::ptrdiff_t most = 0;

#ifdef DL_TRADE_COUNTS_ALLOCATIONS
void count_allocation(const volatile void*, std::size_t size) {
  live += static_cast<std::ptrdiff_t>(size);
  if (live > most) most = live;
}

void count_release(const volatile void* at) {
  if (at != nullptr) live -= static_cast<std::ptrdiff_t>(__sanitizer_get_allocated_size(at));
}

[[maybe_unused]] const int installed =
    __sanitizer_install_malloc_and_free_hooks(count_allocation, count_release);
#endif

}  // namespace

LiveMemory::LiveMemory() {
  live = 0;
  most = 0;
}

std::size_t LiveMemory::peak() const {
  return static_cast<std::size_t>(most);
}
