#pragma once

#include <cstdint>
#include <functional>

namespace dl_trade::networks {

/// Runs `draw` with LibTorch's process-wide CPU generator seeded, one caller at a time, and puts the
/// generator back as it was, so that models made in other threads or between two draws of someone else change
/// nothing.
void with_seeded_generator(uint64_t seed, const std::function<void()>& draw);

}  // namespace dl_trade::networks
