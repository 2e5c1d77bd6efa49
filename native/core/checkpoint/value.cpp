#include "value.hpp"

namespace dl_trade::checkpoint {

const Value* Value::Dict::find(std::string_view key) const {
  for (const auto& [item_key, value] : items) {
    const auto* text = item_key.get_if<std::string>();
    if (text != nullptr && *text == key) return &value;
  }
  return nullptr;
}

void Value::Dict::set(std::string key, Value value) {
  for (auto& [item_key, item_value] : items) {
    const auto* text = item_key.get_if<std::string>();
    if (text != nullptr && *text == key) {
      item_value = std::move(value);
      return;
    }
  }
  items.emplace_back(Value(std::move(key)), std::move(value));
}

}  // namespace dl_trade::checkpoint
