#pragma once

#include <cstdint>

namespace dl_trade::inference {

/// Some windows over projected rows: window w begins at row `w * rows_between`. Neighbours in a history begin
/// one row apart and share all others; windows that were given one by one begin `steps` apart.
struct Windows {
  const float* projected;
  int64_t rows_between;
  int64_t count;
  int64_t steps;
};

}  // namespace dl_trade::inference
