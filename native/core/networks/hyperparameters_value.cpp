#include "networks/hyperparameters_value.hpp"

#include <string>
#include <utility>
#include <variant>

namespace dl_trade::networks {

checkpoint::Value hyperparameters_value(const NetworkOptions& options) {
  checkpoint::Value::Dict dict;
  dict.set("architecture", std::string(architecture_name(options)));
  if (const auto* bilstm = std::get_if<BiLSTMClassifierOptions>(&options)) {
    dict.set("input_size", bilstm->input_size);
    dict.set("hidden_size", bilstm->hidden_size);
    dict.set("num_layers", bilstm->num_layers);
    dict.set("dropout", bilstm->dropout);
  } else {
    const auto& transformer = std::get<TransformerClassifierOptions>(options);
    dict.set("input_size", transformer.input_size);
    dict.set("d_model", transformer.d_model);
    dict.set("nhead", transformer.nhead);
    dict.set("num_layers", transformer.num_layers);
    dict.set("dim_feedforward", transformer.dim_feedforward);
    dict.set("max_len", transformer.max_len);
    dict.set("dropout", transformer.dropout);
  }
  return checkpoint::Value(std::move(dict));
}

}  // namespace dl_trade::networks
