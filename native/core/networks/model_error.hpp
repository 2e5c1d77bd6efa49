#pragma once

#include <stdexcept>
#include <string>

namespace dl_trade::networks {

/// A model that disagrees with what it should be: names, shapes, values or declared sizes.
class ModelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace dl_trade::networks
