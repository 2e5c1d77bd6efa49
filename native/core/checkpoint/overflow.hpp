#pragma once

#include <concepts>
#include <limits>

namespace dl_trade::checkpoint {

/** product = a * b, for numbers of 0 or more; false, and nothing is stored, where that does not fit. */
template <std::integral T>
bool multiply(T a, T b, T& product) {
  if (b != 0 && a > std::numeric_limits<T>::max() / b) return false;
  product = static_cast<T>(a * b);
  return true;
}

/** sum = a + b, for numbers of 0 or more; false, and nothing is stored, where that does not fit. */
template <std::integral T>
bool add(T a, T b, T& sum) {
  if (a > std::numeric_limits<T>::max() - b) return false;
  sum = static_cast<T>(a + b);
  return true;
}

}  // namespace dl_trade::checkpoint
