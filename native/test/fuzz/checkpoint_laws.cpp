#include "checkpoint_laws.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

#include "checkpoint/checkpoint.hpp"
#include "checkpoint/writer.hpp"
#include "live_memory.hpp"

using namespace dl_trade::checkpoint;

namespace checkpoint_laws {
namespace {

constexpr std::size_t kMostMemory = std::size_t{64} << 20;
constexpr double kMostSeconds = 1;
constexpr std::int64_t kMostElements = 1 << 20;
// The writer's own limit.
constexpr int kMostDepth = 32;

void require(bool holds, const char* law, const std::string& found = "") {
  if (holds) return;
  std::fprintf(stderr, "broken law: %s %s\n", law, found.c_str());
  std::abort();
}

/** Everything that a caller may ask of a file; `refusal` is set where the file as a whole is refused. */
struct Reading {
  std::optional<Checkpoint> checkpoint;
  std::string refusal;
  std::optional<Value> hyperparameters;
  std::optional<Value> metadata;
};

std::string text_of(const Refusal& refusal) {
  require(std::string_view(refusal.what()).size() >= 15, "a refusal says what was found");
  return std::string(code_name(refusal.code())) + ": " + refusal.what();
}

template <typename Unfold>
std::optional<Value> unfolded(Unfold unfold) {
  try {
    return unfold();
  } catch (const Refusal& refusal) {
    require(refusal.code() == Code::kMetadataLimit, "plain values are refused for their budget alone",
            text_of(refusal));
    return std::nullopt;
  }
}

Reading read(const std::vector<std::byte>& bytes) {
  Reading reading;
  try {
    reading.checkpoint.emplace(Checkpoint::read_buffer(bytes));
  } catch (const Refusal& refusal) {
    reading.refusal = text_of(refusal);
    return reading;
  }
  const Checkpoint& checkpoint = *reading.checkpoint;
  reading.hyperparameters = unfolded([&] { return checkpoint.hyperparameters(); });
  reading.metadata = unfolded([&] { return checkpoint.metadata(); });
  try {
    strip_prefixes(checkpoint.state_dict(), [](const StateDict&) { return false; });
  } catch (const Refusal& refusal) {
    require(refusal.code() == Code::kStateDictPrefix, "prefixes are refused for themselves alone",
            text_of(refusal));
  }
  return reading;
}

bool same(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.sizes == b.sizes && a.strides == b.strides &&
         a.storage_offset == b.storage_offset && a.storage.size() == b.storage.size() &&
         (a.storage.empty() || std::memcmp(a.storage.data(), b.storage.data(), a.storage.size()) == 0);
}

bool same(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) return false;
  if (const auto* list = a.get_if<Value::List>()) {
    return std::ranges::equal(*list, *b.get_if<Value::List>(),
                              [](const Value& x, const Value& y) { return same(x, y); });
  }
  if (const auto* dict = a.get_if<Value::Dict>()) {
    const auto& other = *b.get_if<Value::Dict>();
    return dict->ordered == other.ordered &&
           std::ranges::equal(dict->items, other.items, [](const auto& x, const auto& y) {
             return same(x.first, y.first) && same(x.second, y.second);
           });
  }
  if (const auto* tensor = a.get_if<Tensor>()) return same(*tensor, *b.get_if<Tensor>());
  if (const auto* real = a.get_if<double>())
    return std::bit_cast<std::uint64_t>(*real) == std::bit_cast<std::uint64_t>(*b.get_if<double>());
  if (const auto* flag = a.get_if<bool>()) return *flag == *b.get_if<bool>();
  if (const auto* integer = a.get_if<std::int64_t>()) return *integer == *b.get_if<std::int64_t>();
  if (const auto* text = a.get_if<std::string>()) return *text == *b.get_if<std::string>();
  if (const auto* big = a.get_if<BigInt>()) return *big == *b.get_if<BigInt>();
  return true;
}

bool same(const StateDict& a, const StateDict& b) {
  return std::ranges::equal(a.tensors, b.tensors,
                            [](const Tensor& x, const Tensor& y) { return x.name == y.name && same(x, y); });
}

bool same(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool is_writable(const Value& value, int depth) {
  if (depth > kMostDepth || value.get_if<BigInt>() != nullptr) return false;
  const auto fits = [&](const Value& item) { return is_writable(item, depth + 1); };
  if (const auto* list = value.get_if<Value::List>()) return std::ranges::all_of(*list, fits);
  if (const auto* dict = value.get_if<Value::Dict>()) {
    return std::ranges::all_of(dict->items,
                               [&](const auto& item) { return fits(item.first) && fits(item.second); });
  }
  return true;
}

void require_round_trip(const StateDict& state_dict, const Value& beside) {
  Value::Dict weights{.items = {}, .ordered = true};
  for (const Tensor& tensor : state_dict.tensors)
    weights.items.emplace_back(Value(tensor.name), Value(tensor));
  Value::Dict root;
  root.set("model_state_dict", std::move(weights));
  root.set("hyperparameters", beside);
  try {
    const Checkpoint again = Checkpoint::read_buffer(serialize(root));
    require(same(again.state_dict(), state_dict), "weights are read back as they were written");
    require(same(again.hyperparameters(), beside), "plain values are read back as they were written");
  } catch (const Refusal& refusal) {
    // What shares nodes in the file no longer does once unfolded, so a budget may be passed that was not
    // before.
    require(refusal.code() == Code::kMetadataLimit, "what can be written is read back", text_of(refusal));
  }
}

/** Asked anew, in wider numbers: behind a storage lies the file's next record, so no sanitizer sees a tensor
 * that reaches into it. */
bool lies_inside(const Tensor& tensor) {
  if (tensor.numel() == 0) return tensor.storage_offset <= tensor.storage_numel();
  __int128 last = tensor.storage_offset;
  for (std::size_t d = 0; d < tensor.sizes.size(); ++d)
    last += static_cast<__int128>(tensor.sizes[d] - 1) * tensor.strides[d];
  return tensor.storage_offset >= 0 && last < tensor.storage_numel();
}

void require_tensor_laws(const StateDict& state_dict) {
  NonfiniteCounter counter;
  for (const Tensor& tensor : state_dict.tensors) {
    require(lies_inside(tensor), "a tensor lies inside its storage", tensor.name);
    const std::int64_t counted = counter.count(tensor);
    const bool is_real = tensor.dtype <= Dtype::kBfloat16;
    require(is_real || counted == 0, "only real tensors hold values that are not finite");
    if (!is_real || tensor.numel() >= kMostElements) continue;
    const std::vector<float> values = to_float32(tensor);
    require(values.size() == static_cast<std::size_t>(tensor.numel()),
            "a tensor has as many values as its shape");
    const auto nonfinite = std::ranges::count_if(values, [](float value) { return !(value - value == 0); });
    require(!tensor.is_contiguous() || nonfinite == counted, "values that are not finite are counted alike");
    require(!tensor.is_contiguous() || count_nonfinite(tensor) == counted, "both counts agree");
  }
}

}  // namespace

void require_laws(const std::vector<std::byte>& bytes) {
  const LiveMemory memory;
  const std::clock_t start = std::clock();
  const Reading reading = read(bytes);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  require(seconds < kMostSeconds, "reading takes less than a second", std::to_string(seconds));
  require(memory.peak() < kMostMemory + bytes.size(), "reading holds at most 64 MB beyond its input",
          std::to_string(memory.peak()));
  const Reading second = read(bytes);
  require(reading.refusal == second.refusal, "a second reading comes to the same verdict", second.refusal);
  if (!reading.checkpoint) return;

  const StateDict& state_dict = reading.checkpoint->state_dict();
  require(same(state_dict, second.checkpoint->state_dict()), "a second reading gives the same weights");
  require(same(reading.hyperparameters, second.hyperparameters) && same(reading.metadata, second.metadata),
          "a second reading gives the same values");
  require_tensor_laws(state_dict);
  if (state_dict.tensors.empty()) return;
  for (const std::optional<Value>& beside : {reading.hyperparameters, reading.metadata}) {
    if (beside && is_writable(*beside, 1)) require_round_trip(state_dict, *beside);
  }
}

}  // namespace checkpoint_laws
