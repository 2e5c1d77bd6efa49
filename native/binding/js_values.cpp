#include "js_values.hpp"

#include <cstring>
#include <string>
#include <type_traits>
#include <variant>

namespace dl_trade::binding {
namespace {

using checkpoint::Value;

constexpr int64_t max_safe_integer = (int64_t{1} << 53) - 1;

Napi::Value shape_to_js(Napi::Env env, const std::vector<int64_t>& shape) {
  Napi::Array array = Napi::Array::New(env, shape.size());
  for (size_t index = 0; index < shape.size(); ++index) {
    array.Set(static_cast<uint32_t>(index), Napi::Number::New(env, static_cast<double>(shape[index])));
  }
  return array;
}

Napi::Value integer_to_js(Napi::Env env, int64_t integer) {
  if (integer >= -max_safe_integer && integer <= max_safe_integer) {
    return Napi::Number::New(env, static_cast<double>(integer));
  }
  return Napi::String::New(env, std::to_string(integer));
}

/// Two Python keys may read the same in JS, such as 1 and "1": the later one says what it is.
std::string free_key(Napi::Env env, const Napi::Object& object, const Value& key) {
  std::string text = to_js(env, key).ToString().Utf8Value();
  while (object.HasOwnProperty(text))
    text += key.get_if<std::string>() == nullptr ? " (no string)" : " (string)";
  return text;
}

Napi::Value list_to_js(Napi::Env env, const Value::List& list) {
  Napi::Array array = Napi::Array::New(env, list.size());
  for (size_t index = 0; index < list.size(); ++index) {
    const Napi::HandleScope scope(env);
    array.Set(static_cast<uint32_t>(index), to_js(env, list[index]));
  }
  return array;
}

Napi::Value dict_to_js(Napi::Env env, const Value::Dict& dict) {
  Napi::Object object = make_dictionary(env);
  for (const auto& [key, value] : dict.items) {
    const Napi::HandleScope scope(env);
    object.Set(free_key(env, object, key), to_js(env, value));
  }
  return object;
}

}  // namespace

Napi::Object make_dictionary(Napi::Env env) {
  return env.GetInstanceData<EnvironmentData>()->create_object.Call({env.Null()}).As<Napi::Object>();
}

Napi::Value to_js(Napi::Env env, const networks::NetworkOptions& options) {
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&](const char* name, double value) { object.Set(name, Napi::Number::New(env, value)); };
  object.Set("architecture", networks::architecture_name(options));
  if (const auto* bilstm = std::get_if<networks::BiLSTMClassifierOptions>(&options)) {
    set("input_size", static_cast<double>(bilstm->input_size));
    set("hidden_size", static_cast<double>(bilstm->hidden_size));
    set("num_layers", static_cast<double>(bilstm->num_layers));
    set("dropout", bilstm->dropout);
  } else {
    const auto& transformer = std::get<networks::TransformerClassifierOptions>(options);
    set("input_size", static_cast<double>(transformer.input_size));
    set("d_model", static_cast<double>(transformer.d_model));
    set("nhead", static_cast<double>(transformer.nhead));
    set("num_layers", static_cast<double>(transformer.num_layers));
    set("dim_feedforward", static_cast<double>(transformer.dim_feedforward));
    set("max_len", static_cast<double>(transformer.max_len));
    set("dropout", transformer.dropout);
  }
  return object;
}

Napi::Value to_js(Napi::Env env, const Value& value) {
  return std::visit(
      [&](const auto& held) -> Napi::Value {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::monostate>) return env.Null();
        if constexpr (std::is_same_v<Held, bool>) return Napi::Boolean::New(env, held);
        if constexpr (std::is_same_v<Held, int64_t>) return integer_to_js(env, held);
        if constexpr (std::is_same_v<Held, checkpoint::BigInt>) return Napi::String::New(env, held.decimal);
        if constexpr (std::is_same_v<Held, double>) return Napi::Number::New(env, held);
        if constexpr (std::is_same_v<Held, std::string>) return Napi::String::New(env, held);
        if constexpr (std::is_same_v<Held, Value::List>) return list_to_js(env, held);
        if constexpr (std::is_same_v<Held, Value::Dict>) return dict_to_js(env, held);
        // inspect() has replaced tensors by their description.
        return env.Null();
      },
      value.data);
}

Napi::Value to_js(Napi::Env env, const networks::Inspection& inspection) {
  Napi::Array tensors = Napi::Array::New(env, inspection.tensors.size());
  for (size_t index = 0; index < inspection.tensors.size(); ++index) {
    const Napi::HandleScope scope(env);
    const auto& tensor = inspection.tensors[index];
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("name", Napi::String::New(env, tensor.name));
    entry.Set("dtype", Napi::String::New(env, tensor.dtype));
    entry.Set("shape", shape_to_js(env, tensor.shape));
    entry.Set("nonfinite", Napi::Number::New(env, static_cast<double>(tensor.nonfinite)));
    tensors.Set(static_cast<uint32_t>(index), entry);
  }
  Napi::Object report = Napi::Object::New(env);
  report.Set("ok", Napi::Boolean::New(env, true));
  report.Set("format", Napi::String::New(env, inspection.format));
  report.Set("tensors", tensors);
  report.Set("hyperparameters", to_js(env, inspection.hyperparameters));
  const auto& sizes = inspection.architecture;
  report.Set("architecture",
             sizes ? Napi::String::New(env, networks::architecture_name(*sizes)) : env.Null());
  report.Set("sizes", sizes ? to_js(env, *sizes) : env.Null());
  return report;
}

Napi::Value to_js(Napi::Env env, const std::vector<float>& values) {
  Napi::Float32Array array = Napi::Float32Array::New(env, values.size());
  if (!values.empty()) std::memcpy(array.Data(), values.data(), values.size() * sizeof(float));
  return array;
}

Napi::Value to_js(Napi::Env env, const std::vector<networks::NamedTensor>& tensors) {
  Napi::Object object = make_dictionary(env);
  for (const auto& tensor : tensors) {
    const Napi::HandleScope scope(env);
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("shape", shape_to_js(env, tensor.shape));
    entry.Set("data", to_js(env, tensor.values));
    object.Set(tensor.name, entry);
  }
  return object;
}

}  // namespace dl_trade::binding
