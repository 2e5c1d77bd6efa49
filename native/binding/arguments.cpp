#include "arguments.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace dl_trade::binding {
namespace {

// Sizes are checked against each other and the memory they need by the core; here only that they are counts.
constexpr int64_t max_size = (int64_t{1} << 31) - 1;

std::string kind(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return "a boolean";
    case napi_number:
      return value.ToString().Utf8Value();
    case napi_string:
      return "a string";
    case napi_symbol:
      return "a symbol";
    case napi_function:
      return "a function";
    case napi_bigint:
      return "a bigint";
    case napi_external:
      return "an external value";
    case napi_object:
      return value.IsArray() ? "an array" : value.IsTypedArray() ? "another typed array" : "an object";
  }
  return "of another kind";
}

[[noreturn]] void refuse(const std::string& name, const std::string& wanted, const Napi::Value& value) {
  throw std::invalid_argument(name + " must be " + wanted + ", was " + kind(value));
}

int64_t size_of(const Napi::Object& object, const char* name) {
  return require_integer(object.Get(name), name, 1, max_size);
}

double dropout_of(const Napi::Object& object) {
  const Napi::Value value = object.Get("dropout");
  if (!value.IsNumber()) refuse("dropout", "a number in [0, 1)", value);
  const double dropout = value.As<Napi::Number>().DoubleValue();
  if (!(dropout >= 0.0 && dropout < 1.0)) refuse("dropout", "a number in [0, 1)", value);
  return dropout;
}

/// The values of a typed array, for this call alone.
template <typename Element>
std::span<Element> require_view(const Napi::Value& value, const char* name, napi_typedarray_type wanted,
                                const char* kind) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != wanted)
    refuse(name, kind, value);
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  napi_value buffer;
  if (napi_get_typedarray_info(value.Env(), value, &type, &length, &data, &buffer, nullptr) != napi_ok) {
    throw std::invalid_argument(std::string(name) + " could not be read");
  }
  // A shared buffer could change between the checks and the computation.
  if (!Napi::Value(value.Env(), buffer).IsArrayBuffer()) {
    throw std::invalid_argument(std::string(name) + " must not lie in a SharedArrayBuffer; copy it first");
  }
  return {static_cast<Element*>(data), length};
}

/// A copy, which no other thread can change meanwhile.
template <typename Element>
std::vector<Element> require_elements(const Napi::Value& value, const char* name, napi_typedarray_type wanted,
                                      const char* kind) {
  const auto elements = require_view<Element>(value, name, wanted, kind);
  // A detached buffer has length 0, and no data.
  return {elements.begin(), elements.end()};
}

std::span<float> require_float_view(const Napi::Value& value, const char* name, size_t wanted) {
  const auto floats = require_view<float>(value, name, napi_float32_array, "a Float32Array");
  if (floats.size() == wanted) return floats;
  throw std::invalid_argument(std::string(name) + " must hold " + std::to_string(wanted) + " values, held " +
                              std::to_string(floats.size()));
}

}  // namespace

std::filesystem::path require_path(const Napi::Value& value, const char* name) {
  if (!value.IsString()) refuse(name, "a string", value);
  const std::string path = value.As<Napi::String>().Utf8Value();
  if (path.empty()) throw std::invalid_argument(std::string(name) + " must not be empty");
  if (path.find('\0') != std::string::npos) {
    throw std::invalid_argument(std::string(name) + " must not contain a NUL character");
  }
  return path;
}

int64_t require_integer(const Napi::Value& value, const char* name, int64_t minimum, int64_t maximum) {
  const std::string wanted =
      "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
  if (!value.IsNumber()) refuse(name, wanted, value);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= static_cast<double>(minimum) && number <= static_cast<double>(maximum) &&
        number == std::floor(number))) {
    refuse(name, wanted, value);
  }
  return static_cast<int64_t>(number);
}

double require_number(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) refuse(name, "a number", value);
  return value.As<Napi::Number>().DoubleValue();
}

bool require_boolean(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) refuse(name, "a boolean", value);
  return value.As<Napi::Boolean>().Value();
}

std::string require_string(const Napi::Value& value, const char* name) {
  if (!value.IsString()) refuse(name, "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object require_object(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) refuse(name, "an object", value);
  return value.As<Napi::Object>();
}

Napi::Function require_function(const Napi::Value& value, const char* name) {
  if (!value.IsFunction()) refuse(name, "a function", value);
  return value.As<Napi::Function>();
}

std::optional<std::filesystem::path> optional_path(const Napi::Value& value, const char* name) {
  if (value.IsUndefined()) return std::nullopt;
  return require_path(value, name);
}

std::vector<float> require_floats(const Napi::Value& value, const char* name) {
  return require_elements<float>(value, name, napi_float32_array, "a Float32Array");
}

void copy_floats(const Napi::Value& value, const char* name, std::span<float> out) {
  const auto floats = require_float_view(value, name, out.size());
  std::copy(floats.begin(), floats.end(), out.begin());
}

float* require_one_float(const Napi::Value& value, const char* name) {
  return require_float_view(value, name, 1).data();
}

std::vector<int32_t> require_int32s(const Napi::Value& value, const char* name) {
  return require_elements<int32_t>(value, name, napi_int32_array, "an Int32Array");
}

std::vector<uint8_t> require_bytes(const Napi::Value& value, const char* name) {
  return require_elements<uint8_t>(value, name, napi_uint8_array, "a Uint8Array");
}

networks::NetworkOptions require_options(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) refuse(name, "an object of hyperparameters", value);
  const Napi::Object object = value.As<Napi::Object>();
  const Napi::Value architecture = object.Get("architecture");
  const std::string text = architecture.IsString() ? architecture.As<Napi::String>().Utf8Value() : "";
  if (text == "bilstm") {
    networks::BiLSTMClassifierOptions options;
    options.input_size = size_of(object, "input_size");
    options.hidden_size = size_of(object, "hidden_size");
    options.num_layers = size_of(object, "num_layers");
    options.dropout = dropout_of(object);
    return options;
  }
  if (text == "transformer") {
    networks::TransformerClassifierOptions options;
    options.input_size = size_of(object, "input_size");
    options.d_model = size_of(object, "d_model");
    options.nhead = size_of(object, "nhead");
    options.num_layers = size_of(object, "num_layers");
    options.dim_feedforward = size_of(object, "dim_feedforward");
    options.max_len = size_of(object, "max_len");
    options.dropout = dropout_of(object);
    return options;
  }
  refuse(std::string(name) + ".architecture", "\"bilstm\" or \"transformer\"", architecture);
}

std::optional<networks::NetworkOptions> optional_options(const Napi::Value& value, const char* name) {
  if (value.IsUndefined()) return std::nullopt;
  return require_options(value, name);
}

}  // namespace dl_trade::binding
