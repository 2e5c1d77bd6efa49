#include "stream_methods.hpp"

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "guard.hpp"
#include "network_handle.hpp"
#include "networks/network_stream.hpp"
#include "tagged_handle.hpp"

namespace dl_trade::binding {
namespace {

struct OpenStream {
  OpenStream(std::shared_ptr<const networks::Network> network, int64_t steps)
      : stream(std::move(network), steps), row(static_cast<size_t>(stream.input_size())) {}

  networks::NetworkStream stream;
  /// A copy of the row that is being taken in.
  std::vector<float> row;
};

struct StreamKind {
  using Held = OpenStream;
  static constexpr napi_type_tag tag{0x2b7d94e1f05a4c68, 0xb1e6037dc8f2495a};
  static constexpr const char* what = "stream";
  static constexpr const char* remedy = "open it again";
};

using StreamHandle = TaggedHandle<StreamKind>;

constexpr int64_t max_count = std::numeric_limits<int32_t>::max();

OpenStream& take_row(const Napi::CallbackInfo& info) {
  OpenStream& open = *StreamHandle::require(info[0]);
  copy_floats(info[1], "row", open.row);
  return open;
}

}  // namespace

Napi::Value open_stream(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    const auto network = NetworkHandle::require(info[0]);
    const int64_t steps = require_integer(info[1], "steps", 1, max_count);
    auto open = std::make_shared<OpenStream>(network, steps);
    const int64_t bytes = open->stream.bytes();
    return StreamHandle::make(info.Env(), std::move(open), bytes);
  });
}

Napi::Value push_row(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    float* out = require_one_float(info[2], "logit");
    OpenStream& open = take_row(info);
    open.stream.observe(open.row);
    const auto logit = open.stream.logit();
    if (logit) *out = *logit;
    return Napi::Boolean::New(info.Env(), logit.has_value());
  });
}

Napi::Value observe_row(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    OpenStream& open = take_row(info);
    open.stream.observe(open.row);
    return info.Env().Undefined();
  });
}

Napi::Value reset_stream(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    StreamHandle::require(info[0])->stream.reset();
    return info.Env().Undefined();
  });
}

Napi::Value close_stream(const Napi::CallbackInfo& info) {
  return guard(info.Env(), [&] {
    StreamHandle::dispose(info[0]);
    return info.Env().Undefined();
  });
}

}  // namespace dl_trade::binding
