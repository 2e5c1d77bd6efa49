#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "refusal.hpp"
#include "tensor.hpp"
#include "value.hpp"

namespace dl_trade::checkpoint {

/** What a file may cost; the defaults are far above any checkpoint of a real model. */
struct Limits {
  /** Must stay below 4 GiB: torch writes another layout from there on. */
  std::uint64_t file_bytes = std::uint64_t{2} << 30;
  std::uint64_t pickle_bytes = std::uint64_t{16} << 20;
  std::uint32_t pickle_nodes = 2'000'000;
  std::uint32_t pickle_opcodes = 4'000'000;
  std::uint32_t pickle_stack = 1'000'000;
  std::uint32_t pickle_marks = 4096;
  std::uint32_t pickle_depth = 64;
  std::uint32_t string_bytes = 1u << 20;
  /** Tied names cost the file a few bytes each, but us a whole Tensor. */
  std::uint32_t state_dict_entries = 65'536;
  /** Of one walk over plain values, where shared nodes unfold. */
  std::uint32_t value_nodes = 100'000;
  std::uint64_t value_bytes = std::uint64_t{8} << 20;
};

/** An entry of a state_dict that is no tensor. */
struct OtherEntry {
  std::string name;
  /** Such as "str", "dict", "int". */
  std::string kind;
};

/** Names and tensors in the file's order. */
struct StateDict {
  std::vector<Tensor> tensors;
  /** A loader for a model treats each as unexpected. */
  std::vector<OtherEntry> others;
  /** The top-level key it was found under; empty where the file itself is the state_dict. */
  std::string found_under;

  /** The tensor of that name, or nullptr. */
  const Tensor* find(std::string_view name) const;
};

/** A `.pth` of torch.save, read whole and checked whole; nothing in it is ever called.
 *  Cheap to move, not to copy. Everything it gives out points into it. */
class Checkpoint {
 public:
  /** @throws Refusal for whatever is not exactly such a file */
  static Checkpoint read_file(const std::filesystem::path& path, const Limits& limits = {});
  /** The same for bytes in memory. */
  static Checkpoint read_buffer(std::vector<std::byte> bytes, const Limits& limits = {});

  Checkpoint(Checkpoint&&) noexcept;
  Checkpoint& operator=(Checkpoint&&) noexcept;
  ~Checkpoint();

  /** The weights with the names the file gives them. */
  const StateDict& state_dict() const;
  /** What lies under "hyperparameters" at the top level; null where nothing does.
   *  @throws Refusal METADATA_LIMIT */
  Value hyperparameters() const;
  /** Every other top-level entry but the state_dict and "hyperparameters": epochs, losses, optimizer states.
   *  An empty dict where the file itself is the state_dict.
   *  @throws Refusal METADATA_LIMIT */
  Value metadata() const;
  /** "torch-zip". */
  std::string_view format() const;

 private:
  struct Impl;
  explicit Checkpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/** The same state_dict under the model's names: where `is_the_models` says no to the names, a prefix
 * `module.`, `_orig_mod.` or `model.` that all keys share is stripped, up to four times, and AveragedModel's
 * `n_averaged` is dropped. Where that never makes it say yes, the state_dict comes back with as much stripped
 * as all keys share.
 *  @throws Refusal STATE_DICT_PREFIX where some keys carry such a prefix and others do not */
StateDict strip_prefixes(StateDict state_dict, const std::function<bool(const StateDict&)>& is_the_models);

}  // namespace dl_trade::checkpoint
