#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "refusal.hpp"
#include "value.hpp"

namespace dl_trade::checkpoint {

/** A float32 tensor to write; `data` is row-major and has as many values as `sizes` says. */
struct NamedArray {
  std::string name;
  std::vector<std::int64_t> sizes;
  std::span<const float> data;
};

/** The bytes of torch.save(root): the zip layout of torch 2.13, protocol 2. Tensors are written as their
 * whole contiguous storage; those that share one storage span stay tied.
 *  @param root_name the common folder inside the zip, usually the file's stem
 *  @throws Refusal WRITE_INVALID */
std::vector<std::byte> serialize(const Value& root, const std::string& root_name = "archive");

/** Writes torch.save(root) beside `path`, syncs it and renames it over `path`: a crash leaves the old file or
 * the new one.
 *  @throws Refusal WRITE_INVALID, WRITE_FAILED */
void write_file(const std::filesystem::path& path, const Value& root);

/** Writes `{'model_state_dict': OrderedDict, 'hyperparameters': hyperparameters}`, which
 * torch.load(weights_only=True) loads. */
void write_checkpoint(const std::filesystem::path& path, std::span<const NamedArray> state_dict,
                      const Value& hyperparameters);

/** Writes the bare OrderedDict, as torch.save(model.state_dict(), path) does. */
void write_state_dict(const std::filesystem::path& path, std::span<const NamedArray> state_dict);

/** The OrderedDict of tensors that point at `state_dict`'s data; for callers that add more beside it, such as
 * an optimizer's state. */
Value to_value(std::span<const NamedArray> state_dict);

}  // namespace dl_trade::checkpoint
