// checkpoint_rewrite MODE FILE OUT: reads FILE and writes OUT, so that Python can compare both.
// MODE: "checkpoint" (weights as float32, hyperparameters), "bare" (weights as float32), "tensors" (dtypes
// and strides kept).
#include <cstdio>
#include <string_view>

#include "checkpoint/checkpoint.hpp"
#include "checkpoint/writer.hpp"

using namespace dl_trade::checkpoint;

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: %s checkpoint|bare|tensors FILE OUT\n", arguments[0]);
    return 2;
  }
  const std::string_view mode = arguments[1];
  try {
    const Checkpoint read = Checkpoint::read_file(arguments[2]);
    if (mode == "tensors") {
      Value::Dict dict{.items = {}, .ordered = true};
      for (const Tensor& tensor : read.state_dict().tensors)
        dict.items.emplace_back(Value(tensor.name), Value(tensor));
      write_file(arguments[3], dict);
      return 0;
    }
    std::vector<std::vector<float>> data;
    std::vector<NamedArray> weights;
    for (const Tensor& tensor : read.state_dict().tensors) data.push_back(to_float32(tensor));
    for (std::size_t i = 0; i < data.size(); ++i) {
      weights.push_back({read.state_dict().tensors[i].name, read.state_dict().tensors[i].sizes, data[i]});
    }
    if (mode == "bare") {
      write_state_dict(arguments[3], weights);
    } else {
      write_checkpoint(arguments[3], weights, read.hyperparameters());
    }
    return 0;
  } catch (const Refusal& refusal) {
    std::fprintf(stderr, "%s: %s\n", std::string(code_name(refusal.code())).c_str(), refusal.what());
    return 1;
  }
}
