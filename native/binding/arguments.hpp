#pragma once

#include <napi.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "networks/options.hpp"

namespace dl_trade::binding {

// Each throws a TypeError that names the argument and what it was.

std::filesystem::path require_path(const Napi::Value& value, const char* name);

/// A whole number in [minimum, maximum]; both at most 2^53 - 1.
int64_t require_integer(const Napi::Value& value, const char* name, int64_t minimum, int64_t maximum);

double require_number(const Napi::Value& value, const char* name);

bool require_boolean(const Napi::Value& value, const char* name);

std::string require_string(const Napi::Value& value, const char* name);

Napi::Object require_object(const Napi::Value& value, const char* name);

Napi::Function require_function(const Napi::Value& value, const char* name);

/// Nothing for undefined.
std::optional<std::filesystem::path> optional_path(const Napi::Value& value, const char* name);

/// A copy of an Int32Array that no other thread can change meanwhile.
std::vector<int32_t> require_int32s(const Napi::Value& value, const char* name);

/// A copy of a Uint8Array that no other thread can change meanwhile.
std::vector<uint8_t> require_bytes(const Napi::Value& value, const char* name);

/// A copy of a Float32Array that no other thread can change meanwhile.
std::vector<float> require_floats(const Napi::Value& value, const char* name);

/// Copies a Float32Array of exactly as many values as `out` has.
void copy_floats(const Napi::Value& value, const char* name, std::span<float> out);

/// Where the one value of a Float32Array lies, for this call alone.
float* require_one_float(const Napi::Value& value, const char* name);

/// The hyperparameters of either network, as src/model/native.ts types them.
networks::NetworkOptions require_options(const Napi::Value& value, const char* name);

/// Nothing for undefined.
std::optional<networks::NetworkOptions> optional_options(const Napi::Value& value, const char* name);

}  // namespace dl_trade::binding
