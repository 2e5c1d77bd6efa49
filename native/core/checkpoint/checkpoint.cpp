#include "checkpoint.hpp"

#include <algorithm>
#include <unordered_set>

#include "archive.hpp"
#include "file_bytes.hpp"
#include "pickle_machine.hpp"
#include "state_dict.hpp"
#include "value_walk.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr std::uint64_t kZip64Start = 0xffffffff;
constexpr std::string_view kHyperparameters = "hyperparameters";

std::uint64_t cap(const Limits& limits) {
  return std::min(limits.file_bytes, kZip64Start);
}

void require_all_referenced(const Archive& archive, const Arena& arena) {
  if (arena.storages.size() == archive.storage_count()) return;
  std::unordered_set<std::uint32_t> referenced;
  for (const StorageView& view : arena.storages) referenced.insert(view.key);
  for (const std::uint32_t key : archive.storage_keys()) {
    if (!referenced.contains(key)) {
      throw Refusal(Code::kRecordUnreferenced,
                    "the record data/" + std::to_string(key) + " belongs to no tensor");
    }
  }
}

}  // namespace

struct Checkpoint::Impl {
  Impl(std::vector<std::byte> file, const Limits& given)
      : bytes(std::move(file)),
        limits(given),
        archive(Archive::open(bytes, limits.pickle_bytes)),
        arena(archive.pickle(), limits.pickle_nodes, limits.pickle_depth),
        root(run_pickle(arena, archive, limits)) {
    require_all_referenced(archive, arena);
    found = find_state_dict(arena, root, limits.state_dict_entries);
  }

  std::vector<std::byte> bytes;
  Limits limits;
  Archive archive;
  Arena arena;
  NodeId root;
  FoundStateDict found;
};

Checkpoint::Checkpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;
Checkpoint& Checkpoint::operator=(Checkpoint&&) noexcept = default;
Checkpoint::~Checkpoint() = default;

Checkpoint Checkpoint::read_file(const std::filesystem::path& path, const Limits& limits) {
  return Checkpoint(std::make_unique<Impl>(read_file_bytes(path, cap(limits)), limits));
}

Checkpoint Checkpoint::read_buffer(std::vector<std::byte> bytes, const Limits& limits) {
  if (bytes.size() > cap(limits)) {
    throw Refusal(Code::kFileTooLarge, "the file has " + std::to_string(bytes.size()) + " bytes, at most " +
                                           std::to_string(cap(limits)) + " are read");
  }
  return Checkpoint(std::make_unique<Impl>(std::move(bytes), limits));
}

const StateDict& Checkpoint::state_dict() const {
  return impl_->found.state_dict;
}

Value Checkpoint::hyperparameters() const {
  const NodeId node = impl_->arena.find(impl_->root, kHyperparameters);
  return node == kNoNode ? Value() : ValueWalk(impl_->arena, impl_->limits).walk(node);
}

Value Checkpoint::metadata() const {
  Value::Dict metadata;
  const Arena& arena = impl_->arena;
  if (impl_->found.node == impl_->root) return metadata;
  ValueWalk walk(arena, impl_->limits);
  for (std::uint32_t at = arena.first_cell(impl_->root); at != kNoNode; at = arena.dict_cell(at).next) {
    const DictCell& cell = arena.dict_cell(at);
    const bool is_text = arena.kind(cell.key) == Kind::kString;
    if (is_text && (arena.text(cell.key) == kHyperparameters ||
                    arena.text(cell.key) == impl_->found.state_dict.found_under)) {
      continue;
    }
    Value key = walk.walk(cell.key);
    metadata.items.emplace_back(std::move(key), walk.walk(cell.value));
  }
  return metadata;
}

std::string_view Checkpoint::format() const {
  return "torch-zip";
}

}  // namespace dl_trade::checkpoint
