#include "writer.hpp"

#include <algorithm>
#include <limits>

#include "archive.hpp"
#include "checkpoint.hpp"
#include "file_bytes.hpp"
#include "pickle_machine.hpp"
#include "pickle_writer.hpp"
#include "quote.hpp"
#include "zip_writer.hpp"

namespace dl_trade::checkpoint {
namespace {

// As torch: the file's stem, or "archive" where that is no plain name.
std::string root_name(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  const bool plain = std::all_of(stem.begin(), stem.end(),
                                 [](char c) { return c >= 0x20 && c < 0x7f && c != '\\' && c != '/'; });
  return plain && !stem.empty() && stem.size() < 256 && stem != "." && stem != ".." ? stem : "archive";
}

Tensor view_of(const NamedArray& array) {
  Tensor tensor;
  tensor.name = array.name;
  tensor.sizes = array.sizes;
  tensor.strides.resize(array.sizes.size());
  tensor.storage = std::as_bytes(array.data);
  std::int64_t stride = 1;
  for (std::size_t d = array.sizes.size(); d-- > 0;) {
    const std::int64_t size = array.sizes[d];
    if (size < 0 || (size != 0 && stride > (std::int64_t{1} << 31) / size)) {
      throw Refusal(Code::kWriteInvalid, "the tensor " + quote(array.name) + " has an impossible shape");
    }
    tensor.strides[d] = stride;
    stride *= std::max<std::int64_t>(size, 1);
  }
  if (static_cast<std::uint64_t>(tensor.numel()) != array.data.size()) {
    throw Refusal(Code::kWriteInvalid, "the tensor " + quote(array.name) + " has " +
                                           std::to_string(array.data.size()) + " values for a shape of " +
                                           std::to_string(tensor.numel()));
  }
  return tensor;
}

// Whatever this library writes it can read: names, depths, sizes and repeated keys are judged by the same
// rules.
void require_readable(const std::vector<std::byte>& bytes) {
  try {
    const Limits limits;
    const Archive archive = Archive::open(bytes, limits.pickle_bytes);
    Arena arena(archive.pickle(), limits.pickle_nodes, limits.pickle_depth);
    run_pickle(arena, archive, limits);
  } catch (const Refusal& refusal) {
    throw Refusal(Code::kWriteInvalid,
                  std::string("what was to be written cannot be read back: ") + refusal.what());
  }
}

}  // namespace

std::vector<std::byte> serialize(const Value& root, const std::string& name) {
  const PickleWriter pickle(root);
  ZipWriter zip(name);
  zip.add("data.pkl", pickle.pickle());
  zip.add(".format_version", "1");
  zip.add(".storage_alignment", "64");
  zip.add("byteorder", "little");
  for (std::size_t i = 0; i < pickle.storages().size(); ++i)
    zip.add("data/" + std::to_string(i), pickle.storages()[i]);
  zip.add("version", "3\n");
  std::vector<std::byte> bytes = zip.finish();
  require_readable(bytes);
  return bytes;
}

void write_file(const std::filesystem::path& path, const Value& root) {
  replace_file(path, serialize(root, root_name(path)));
}

Value to_value(std::span<const NamedArray> state_dict) {
  Value::Dict dict{.items = {}, .ordered = true};
  for (const NamedArray& array : state_dict)
    dict.items.emplace_back(Value(array.name), Value(view_of(array)));
  return dict;
}

void write_checkpoint(const std::filesystem::path& path, std::span<const NamedArray> state_dict,
                      const Value& hyperparameters) {
  Value::Dict root;
  root.set("model_state_dict", to_value(state_dict));
  root.set("hyperparameters", hyperparameters);
  write_file(path, root);
}

void write_state_dict(const std::filesystem::path& path, std::span<const NamedArray> state_dict) {
  write_file(path, to_value(state_dict));
}

}  // namespace dl_trade::checkpoint
