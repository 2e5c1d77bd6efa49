#include "networks/declared_hyperparameters.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/quote.hpp"
#include "networks/model_error.hpp"

namespace dl_trade::networks {
namespace {

using checkpoint::quote;
using checkpoint::Value;

/// One hyperparameter: the names that files give it, and its place in the options.
template <typename Options, typename Number>
struct Field {
  std::string_view name;
  std::vector<std::string_view> aliases;
  Number Options::* member;
  /// Shapes do not give it.
  bool only_declared = false;
};

const std::vector<std::string_view> input_size_aliases{"input_dim", "n_features", "num_features",
                                                       "feature_dim"};
const std::vector<std::string_view> num_layers_aliases{"n_layers", "num_encoder_layers"};

template <typename Options>
std::vector<Field<Options, int64_t>> size_fields();

template <>
std::vector<Field<BiLSTMClassifierOptions, int64_t>> size_fields() {
  using Options = BiLSTMClassifierOptions;
  return {{"input_size", input_size_aliases, &Options::input_size},
          {"hidden_size", {"hidden_dim"}, &Options::hidden_size},
          {"num_layers", num_layers_aliases, &Options::num_layers}};
}

template <>
std::vector<Field<TransformerClassifierOptions, int64_t>> size_fields() {
  using Options = TransformerClassifierOptions;
  return {{"input_size", input_size_aliases, &Options::input_size},
          {"d_model", {"model_dim"}, &Options::d_model},
          {"nhead", {"num_heads", "n_heads", "n_head", "nheads"}, &Options::nhead, true},
          {"num_layers", num_layers_aliases, &Options::num_layers},
          {"dim_feedforward", {"ff_dim", "d_ff", "feedforward_dim"}, &Options::dim_feedforward},
          {"max_len", {}, &Options::max_len}};
}

const Value* find(const Value& declared, std::string_view key) {
  const auto* dict = declared.get_if<Value::Dict>();
  const Value* value = dict == nullptr ? nullptr : dict->find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<double> as_number(const Value& value) {
  if (const auto* integer = value.get_if<int64_t>()) return static_cast<double>(*integer);
  if (const auto* real = value.get_if<double>()) return *real;
  return std::nullopt;
}

std::string number_text(double number) {
  std::ostringstream text;
  text.precision(12);
  text << number;
  return text.str();
}

std::string describe(const Value& value) {
  if (const auto number = as_number(value)) return number_text(*number);
  if (const auto* text = value.get_if<std::string>()) return quote(*text);
  if (const auto* flag = value.get_if<bool>()) return *flag ? "True" : "False";
  return "no number";
}

/// "bilstm", "transformer", or nothing where a name such as "BiLSTMClassifier" or "v2" says neither.
std::string_view architecture_of(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (name.find("lstm") != std::string::npos) return "bilstm";
  if (name.find("transformer") != std::string::npos) return "transformer";
  return {};
}

/// Fills the options and collects what contradicts.
template <typename Options>
class Resolver {
 public:
  Resolver(Options sizes, const Value& declared, const std::optional<NetworkOptions>& expected)
      : options_(sizes), declared_(declared) {
    if (!expected) return;
    expected_ = std::get_if<Options>(&*expected);
    if (expected_ == nullptr) {
      contradictions_.push_back(std::string("architecture is expected to be \"") +
                                architecture_name(*expected) + "\", was \"" +
                                architecture_name(NetworkOptions(sizes)) + "\"");
    }
  }

  Options resolve() {
    compare_architecture();
    for (const auto& field : size_fields<Options>()) resolve_field(field, 0.0);
    resolve_field(Field<Options, double>{"dropout", {"dropout_rate", "dropout_p"}, &Options::dropout, true},
                  1e-6);
    return options_;
  }

  const std::vector<std::string>& contradictions() const { return contradictions_; }

 private:
  template <typename Number>
  void resolve_field(const Field<Options, Number>& field, double tolerance) {
    bool known = !field.only_declared;
    const auto take = [&](std::string_view who, std::string_view key, double number) {
      const auto own = static_cast<double>(options_.*field.member);
      if (known && !(std::abs(number - own) <= tolerance)) {
        contradictions_.push_back(std::string(who) + std::string(key) + " is " + number_text(number) +
                                  ", where it is " + number_text(own) +
                                  (field.only_declared ? " elsewhere" : " by the weights' shapes"));
      } else if (!known && std::is_integral_v<Number> &&
                 !(number >= 1 && number <= 1e9 && number == std::floor(number))) {
        contradictions_.push_back(std::string(who) + std::string(key) +
                                  " must be a whole number from 1, was " + number_text(number));
      } else if (!known && !std::is_integral_v<Number> && !(number >= 0.0 && number < 1.0)) {
        contradictions_.push_back(std::string(who) + std::string(key) + " must be in [0, 1), was " +
                                  number_text(number));
      } else if (!known) {
        options_.*field.member = static_cast<Number>(number);
        known = true;
      }
    };
    take_declared(field.name, take);
    for (const auto alias : field.aliases) take_declared(alias, take);
    if (expected_ != nullptr)
      take("the expected ", field.name, static_cast<double>(expected_->*field.member));
  }

  template <typename Take>
  void take_declared(std::string_view key, const Take& take) {
    const Value* value = find(declared_, key);
    if (value == nullptr) return;
    if (const auto number = as_number(*value)) {
      take("the file's hyperparameter ", key, *number);
    } else {
      contradictions_.push_back("the file's hyperparameter " + std::string(key) + " must be a number, was " +
                                describe(*value));
    }
  }

  void compare_architecture() {
    const std::string_view own = architecture_name(NetworkOptions(options_));
    for (const std::string_view key : {"architecture", "model_type", "model_class"}) {
      const Value* value = find(declared_, key);
      const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
      if (text == nullptr) continue;
      const auto named = architecture_of(*text);
      if (!named.empty() && named != own) {
        contradictions_.push_back("the file's hyperparameter " + std::string(key) + " is " + quote(*text) +
                                  ", where the weights are those of a " + std::string(own));
      }
    }
    const Value* bidirectional = find(declared_, "bidirectional");
    if (own != "bilstm" || bidirectional == nullptr) return;
    const auto* flag = bidirectional->get_if<bool>();
    if (flag == nullptr || !*flag) {
      contradictions_.push_back("the file's hyperparameter bidirectional must be True, was " +
                                describe(*bidirectional));
    }
  }

  Options options_;
  const Value& declared_;
  const Options* expected_ = nullptr;
  std::vector<std::string> contradictions_;
};

}  // namespace

NetworkOptions resolve_options(const NetworkOptions& from_shapes, const Value& declared,
                               const std::optional<NetworkOptions>& expected) {
  return std::visit(
      [&](const auto& sizes) -> NetworkOptions {
        Resolver resolver(sizes, declared, expected);
        const auto options = resolver.resolve();
        if (resolver.contradictions().empty()) return options;
        std::string text = "the weights contradict what is said of them: ";
        for (const auto& contradiction : resolver.contradictions()) text += contradiction + "; ";
        throw ModelError(text.substr(0, text.size() - 2));
      },
      from_shapes);
}

NetworkOptions describe_options(const NetworkOptions& from_shapes, const Value& declared) {
  return std::visit(
      [&](const auto& sizes) -> NetworkOptions { return Resolver(sizes, declared, std::nullopt).resolve(); },
      from_shapes);
}

}  // namespace dl_trade::networks
