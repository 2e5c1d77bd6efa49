#include "pickle_writer.hpp"

#include <bit>

#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

// Below the reader's 64, since dicts and argument tuples count there too.
constexpr int kMostDepth = 32;

std::string binunicode(std::string_view text) {
  std::string out = "X";
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(text.size() >> shift & 0xff);
  return out.append(text);
}

std::string storage_class(Dtype dtype) {
  constexpr std::string_view kNames[] = {"Float", "Double", "Half",         "BFloat16",
                                         "Long",  "Int",    "Short",        "Char",
                                         "Byte",  "Bool",   "ComplexFloat", "ComplexDouble"};
  return "ctorch\n" + std::string(kNames[static_cast<std::size_t>(dtype)]) + "Storage\n";
}

}  // namespace

PickleWriter::PickleWriter(const Value& root) : out_("\x80\x02") {
  value(root, 0);
  out_ += '.';
}

void PickleWriter::value(const Value& value, int depth) {
  if (depth > kMostDepth) throw Refusal(Code::kWriteInvalid, "values are nested deeper than 32");
  if (value.is_null()) {
    out_ += 'N';
  } else if (const auto* flag = value.get_if<bool>()) {
    out_ += *flag ? '\x88' : '\x89';
  } else if (const auto* number = value.get_if<std::int64_t>()) {
    integer(*number);
  } else if (const auto* fraction = value.get_if<double>()) {
    real(*fraction);
  } else if (const auto* text = value.get_if<std::string>()) {
    string(*text);
  } else if (const auto* items = value.get_if<Value::List>()) {
    list(*items, depth);
  } else if (const auto* entries = value.get_if<Value::Dict>()) {
    dict(*entries, depth);
  } else if (const auto* view = value.get_if<Tensor>()) {
    tensor(*view);
  } else {
    throw Refusal(Code::kWriteInvalid, "integers beyond 64 bits are not written");
  }
}

void PickleWriter::integer(std::int64_t value) {
  if (value >= 0 && value <= 0xff) {
    out_ += 'K';
    put(static_cast<std::uint8_t>(value));
  } else if (value >= 0 && value <= 0xffff) {
    out_ += 'M';
    put(static_cast<std::uint16_t>(value));
  } else if (value >= INT32_MIN && value <= INT32_MAX) {
    out_ += 'J';
    put(static_cast<std::uint32_t>(value));
  } else {
    out_ += "\x8a\x08";
    put(static_cast<std::uint64_t>(value));
  }
}

void PickleWriter::real(double value) {
  out_ += 'G';
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(bits >> shift & 0xff);
}

void PickleWriter::string(std::string_view text) {
  out_ += binunicode(text);
}

void PickleWriter::memoized(const std::string& written) {
  const auto [found, fresh] = memo_.try_emplace(written, static_cast<std::uint32_t>(memo_.size()));
  const bool is_short = found->second < 256;
  if (fresh) out_ += written;
  out_ += fresh ? (is_short ? 'q' : 'r') : (is_short ? 'h' : 'j');
  if (is_short) {
    put(static_cast<std::uint8_t>(found->second));
  } else {
    put(found->second);
  }
}

void PickleWriter::list(const Value::List& list, int depth) {
  out_ += ']';
  if (list.empty()) return;
  out_ += '(';
  for (const Value& item : list) value(item, depth + 1);
  out_ += 'e';
}

void PickleWriter::empty_ordered_dict() {
  memoized("ccollections\nOrderedDict\n");
  out_ += ")R";
}

void PickleWriter::dict(const Value::Dict& dict, int depth) {
  if (dict.ordered) {
    empty_ordered_dict();
  } else {
    out_ += '}';
  }
  if (dict.items.empty()) return;
  out_ += '(';
  for (const auto& [key, item] : dict.items) {
    value(key, depth + 1);
    value(item, depth + 1);
  }
  out_ += 'u';
}

void PickleWriter::integers(const std::vector<std::int64_t>& values) {
  out_ += '(';
  for (const std::int64_t value : values) integer(value);
  out_ += 't';
}

void PickleWriter::tensor(const Tensor& tensor) {
  const auto [number, fresh] =
      numbers_.try_emplace({tensor.storage.data(), tensor.storage.size(), tensor.dtype}, storages_.size());
  if (fresh) storages_.push_back(tensor.storage);
  memoized("ctorch._utils\n_rebuild_tensor_v2\n");
  out_ += "((";
  memoized(binunicode("storage"));
  memoized(storage_class(tensor.dtype));
  string(std::to_string(number->second));
  memoized(binunicode("cpu"));
  integer(static_cast<std::int64_t>(tensor.storage.size() / item_size(tensor.dtype)));
  out_ += "tQ";
  integer(tensor.storage_offset);
  integers(tensor.sizes);
  integers(tensor.strides);
  out_ += '\x89';
  empty_ordered_dict();
  out_ += "tR";
}

}  // namespace dl_trade::checkpoint
