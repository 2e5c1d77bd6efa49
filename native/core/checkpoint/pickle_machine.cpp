#include "pickle_machine.hpp"

#include <bit>
#include <string>

#include "pickle_calls.hpp"
#include "pickle_globals.hpp"
#include "pickle_opcodes.hpp"
#include "quote.hpp"
#include "refusal.hpp"
#include "tensor_view.hpp"
#include "utf8.hpp"

namespace dl_trade::checkpoint {
namespace {

class Machine {
 public:
  Machine(Arena& arena, const Archive& archive, const Limits& limits)
      : arena_(arena), views_(arena, archive), limits_(limits), pickle_(archive.pickle()) {}

  NodeId run();

 private:
  void check_protocol();
  /** Whether the instruction was STOP. */
  bool step(Opcode opcode);

  template <typename T>
  T operand() {
    const std::uint64_t at = take(sizeof(T));
    return load_le<T>(pickle_, at);
  }
  std::uint64_t take(std::uint64_t length);
  NodeId top() const;
  NodeId pop();
  void push(NodeId id);
  void push_integer(std::int64_t value);
  void push_container(Kind kind);
  void push_tuple(std::size_t count);
  std::size_t pop_mark();
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  void long1();
  void binfloat();
  void binunicode();
  void global();
  void put(std::uint32_t slot);
  void get(std::uint32_t slot);
  void mark();
  void require_open(NodeId id, bool is_kind, const char* what) const;
  void append();
  void appends();
  void set_item();
  void set_items();
  void reduce_top();
  void build_top();
  void stop() const;

  Arena& arena_;
  TensorViews views_;
  const Limits& limits_;
  Bytes pickle_;
  std::uint64_t at_ = 0;
  std::vector<NodeId> stack_;
  std::vector<std::size_t> marks_;
  std::vector<NodeId> memo_;
};

std::uint64_t Machine::take(std::uint64_t length) {
  if (!fits(at_, length, pickle_.size()))
    throw Refusal(Code::kPickleTruncated, "the pickle ends inside an instruction");
  const std::uint64_t start = at_;
  at_ += length;
  return start;
}

NodeId Machine::top() const {
  if (stack_.size() <= floor())
    throw Refusal(Code::kPickleStack, "the stack is empty above the innermost mark");
  return stack_.back();
}

NodeId Machine::pop() {
  const NodeId id = top();
  stack_.pop_back();
  return id;
}

void Machine::push(NodeId id) {
  if (stack_.size() >= limits_.pickle_stack) {
    throw Refusal(Code::kPickleLimit,
                  "the stack holds more than " + std::to_string(limits_.pickle_stack) + " values");
  }
  stack_.push_back(id);
}

void Machine::push_integer(std::int64_t value) {
  Node node(Kind::kInt);
  node.integer = value;
  push(arena_.add(node));
}

void Machine::push_container(Kind kind) {
  Node node(kind);
  node.depth = 1;
  push(arena_.add(node));
}

void Machine::push_tuple(std::size_t count) {
  if (stack_.size() - floor() < count)
    throw Refusal(Code::kPickleStack, "a tuple reaches below the innermost mark");
  const NodeId tuple = arena_.add_tuple(std::span(stack_).last(count));
  stack_.resize(stack_.size() - count);
  push(tuple);
}

void Machine::mark() {
  if (marks_.size() >= limits_.pickle_marks) {
    throw Refusal(Code::kPickleLimit,
                  "more than " + std::to_string(limits_.pickle_marks) + " marks are open");
  }
  marks_.push_back(stack_.size());
}

std::size_t Machine::pop_mark() {
  if (marks_.empty()) throw Refusal(Code::kPickleStack, "no mark is open");
  const std::size_t start = marks_.back();
  marks_.pop_back();
  return start;
}

void Machine::long1() {
  const auto length = operand<std::uint8_t>();
  const std::uint64_t start = take(length);
  if (length > 8) {
    Node node(Kind::kBigInt, length);
    node.b = static_cast<std::uint32_t>(start);
    push(arena_.add(node));
    return;
  }
  std::uint64_t value = 0;
  for (std::uint8_t i = 0; i < length; ++i) {
    value |= std::to_integer<std::uint64_t>(pickle_[start + i]) << (8 * i);
  }
  const bool negative = length > 0 && (std::to_integer<unsigned>(pickle_[start + length - 1]) & 0x80u) != 0;
  if (negative && length < 8) value |= ~std::uint64_t{0} << (8 * length);
  push_integer(static_cast<std::int64_t>(value));
}

void Machine::binfloat() {
  const std::uint64_t start = take(8);
  std::uint64_t bits = 0;
  for (std::uint64_t i = 0; i < 8; ++i)
    bits = (bits << 8) | std::to_integer<std::uint64_t>(pickle_[start + i]);
  Node node(Kind::kFloat);
  node.real = std::bit_cast<double>(bits);
  push(arena_.add(node));
}

void Machine::binunicode() {
  const auto length = operand<std::uint32_t>();
  const std::uint64_t start = take(length);
  if (length > limits_.string_bytes) {
    throw Refusal(Code::kPickleLimit, "a string has " + std::to_string(length) + " bytes, allowed are " +
                                          std::to_string(limits_.string_bytes));
  }
  const std::string_view text(reinterpret_cast<const char*>(pickle_.data()) + start, length);
  if (!is_valid_utf8(text)) throw Refusal(Code::kPickleString, "the string " + quote(text) + " is not UTF-8");
  push(arena_.add_string(static_cast<std::uint32_t>(start), length));
}

void Machine::global() {
  constexpr std::uint64_t kMostLine = 256;
  const std::uint64_t start = at_;
  for (int line = 0; line < 2; ++line) {
    const std::uint64_t line_start = at_;
    while (true) {
      const auto c = std::to_integer<unsigned>(pickle_[take(1)]);
      if (c == '\n') break;
      if (c > 0x7f) throw Refusal(Code::kPickleGlobal, "a global has a name that is not ASCII");
      if (at_ - line_start > kMostLine)
        throw Refusal(Code::kPickleGlobal, "a global has a name of over 256 bytes");
    }
  }
  const std::string_view lines(reinterpret_cast<const char*>(pickle_.data()) + start, at_ - start - 1);
  const Global& found = require_global(lines);
  Node node(Kind::kGlobal, static_cast<std::uint32_t>(found.id));
  node.b = static_cast<std::uint32_t>(found.dtype);
  push(arena_.add(node));
}

// torch numbers the slots in order, so a slot out of order is no memo bomb of 2^32 slots but a refusal.
void Machine::put(std::uint32_t slot) {
  const NodeId id = top();
  if (slot != memo_.size()) {
    throw Refusal(Code::kPickleMemo, "memo slot " + std::to_string(slot) + " is filled where " +
                                         std::to_string(memo_.size()) + " is next");
  }
  memo_.push_back(id);
}

void Machine::get(std::uint32_t slot) {
  if (slot >= memo_.size()) {
    throw Refusal(Code::kPickleMemo, "memo slot " + std::to_string(slot) + " is read but was never filled");
  }
  push(memo_[slot]);
}

void Machine::require_open(NodeId id, bool is_kind, const char* what) const {
  if (!is_kind) {
    throw Refusal(Code::kPickleContainer, "items for " + std::string(what) +
                                              " are put into a value of kind " +
                                              std::string(kind_name(arena_.kind(id))));
  }
  if (arena_[id].frozen) {
    throw Refusal(Code::kPickleFrozen,
                  std::string(what) + " is changed after it became part of another value");
  }
}

void Machine::append() {
  const NodeId item = pop();
  const NodeId list = top();
  require_open(list, arena_.kind(list) == Kind::kList, "a list");
  if (item == list) throw Refusal(Code::kPickleFrozen, "a list is put into itself");
  arena_.append(list, item);
}

void Machine::appends() {
  const std::size_t start = pop_mark();
  if (start <= floor()) throw Refusal(Code::kPickleStack, "no list lies below the mark");
  const NodeId list = stack_[start - 1];
  require_open(list, arena_.kind(list) == Kind::kList, "a list");
  for (std::size_t i = start; i < stack_.size(); ++i) {
    if (stack_[i] == list) throw Refusal(Code::kPickleFrozen, "a list is put into itself");
    arena_.append(list, stack_[i]);
  }
  stack_.resize(start);
}

void Machine::set_item() {
  const NodeId value = pop();
  const NodeId key = pop();
  const NodeId dict = top();
  require_open(dict, arena_.is_dict(dict), "a dict");
  if (value == dict) throw Refusal(Code::kPickleFrozen, "a dict is put into itself");
  arena_.set_item(dict, key, value);
}

void Machine::set_items() {
  const std::size_t start = pop_mark();
  if (start <= floor()) throw Refusal(Code::kPickleStack, "no dict lies below the mark");
  const NodeId dict = stack_[start - 1];
  require_open(dict, arena_.is_dict(dict), "a dict");
  if ((stack_.size() - start) % 2 != 0)
    throw Refusal(Code::kPickleStack, "a dict is given a key without value");
  for (std::size_t i = start; i < stack_.size(); i += 2) {
    if (stack_[i + 1] == dict) throw Refusal(Code::kPickleFrozen, "a dict is put into itself");
    arena_.set_item(dict, stack_[i], stack_[i + 1]);
  }
  stack_.resize(start);
}

void Machine::reduce_top() {
  const NodeId arguments = pop();
  const NodeId callable = pop();
  push(reduce(arena_, views_, callable, arguments));
}

void Machine::build_top() {
  const NodeId state = pop();
  build(arena_, top(), state);
}

void Machine::stop() const {
  if (!marks_.empty()) throw Refusal(Code::kPickleEnd, "STOP leaves a mark open");
  if (stack_.size() != 1) {
    throw Refusal(Code::kPickleEnd, "STOP leaves " + std::to_string(stack_.size()) + " values, not one");
  }
  if (at_ != pickle_.size()) {
    throw Refusal(Code::kPickleEnd, std::to_string(pickle_.size() - at_) + " bytes follow STOP");
  }
}

bool Machine::step(Opcode opcode) {
  switch (opcode) {
    case Opcode::kStop:
      stop();
      return true;
    case Opcode::kMark:
      mark();
      break;
    case Opcode::kNone:
      push(arena_.constant(Kind::kNone, 0));
      break;
    case Opcode::kNewTrue:
      push(arena_.constant(Kind::kBool, 1));
      break;
    case Opcode::kNewFalse:
      push(arena_.constant(Kind::kBool, 0));
      break;
    case Opcode::kBinInt1:
      push(arena_.constant(Kind::kInt, operand<std::uint8_t>()));
      break;
    case Opcode::kBinInt2:
      push_integer(operand<std::uint16_t>());
      break;
    case Opcode::kBinInt:
      push_integer(static_cast<std::int32_t>(operand<std::uint32_t>()));
      break;
    case Opcode::kLong1:
      long1();
      break;
    case Opcode::kBinFloat:
      binfloat();
      break;
    case Opcode::kBinUnicode:
      binunicode();
      break;
    case Opcode::kEmptyTuple:
      push_tuple(0);
      break;
    case Opcode::kTuple1:
      push_tuple(1);
      break;
    case Opcode::kTuple2:
      push_tuple(2);
      break;
    case Opcode::kTuple3:
      push_tuple(3);
      break;
    case Opcode::kTuple: {
      const std::size_t start = pop_mark();
      push_tuple(stack_.size() - start);
      break;
    }
    case Opcode::kEmptyList:
      push_container(Kind::kList);
      break;
    case Opcode::kAppend:
      append();
      break;
    case Opcode::kAppends:
      appends();
      break;
    case Opcode::kEmptyDict:
      push_container(Kind::kDict);
      break;
    case Opcode::kSetItem:
      set_item();
      break;
    case Opcode::kSetItems:
      set_items();
      break;
    case Opcode::kBinPut:
      put(operand<std::uint8_t>());
      break;
    case Opcode::kLongBinPut:
      put(operand<std::uint32_t>());
      break;
    case Opcode::kBinGet:
      get(operand<std::uint8_t>());
      break;
    case Opcode::kLongBinGet:
      get(operand<std::uint32_t>());
      break;
    case Opcode::kGlobal:
      global();
      break;
    case Opcode::kReduce:
      reduce_top();
      break;
    case Opcode::kBuild:
      build_top();
      break;
    case Opcode::kBinPersId:
      push(views_.storage(pop()));
      break;
    default:
      throw Refusal(Code::kPickleOpcode, std::string(opcode_advice(opcode)));
  }
  return false;
}

void Machine::check_protocol() {
  const auto byte = [&](std::size_t i) { return i < pickle_.size() ? std::to_integer<int>(pickle_[i]) : -1; };
  if (byte(0) != 0x80 || (byte(1) != 2 && byte(1) != 3)) {
    const bool newer = byte(0) == 0x80 && byte(1) > 3;
    throw Refusal(Code::kPickleProtocol,
                  newer ? "data.pkl is a pickle of protocol " + std::to_string(byte(1)) +
                              ", allowed are 2 and 3; re-save with the default protocol"
                        : std::string("data.pkl does not start as a pickle of protocol 2 or 3"));
  }
  at_ = 2;
}

NodeId Machine::run() {
  check_protocol();
  for (std::uint32_t count = 1;; ++count) {
    const std::uint64_t start = at_;
    if (start >= pickle_.size()) throw Refusal(Code::kPickleTruncated, "data.pkl ends without STOP");
    const auto opcode = static_cast<Opcode>(pickle_[start]);
    try {
      if (count >= limits_.pickle_opcodes) {
        throw Refusal(Code::kPickleLimit,
                      "the pickle has more than " + std::to_string(limits_.pickle_opcodes) + " instructions");
      }
      ++at_;
      if (step(opcode)) return stack_.front();
    } catch (const Refusal& refusal) {
      throw Refusal(refusal.code(), std::string(refusal.what()) + " (data.pkl, offset " +
                                        std::to_string(start) + ", " + opcode_name(opcode) + ")");
    }
  }
}

}  // namespace

NodeId run_pickle(Arena& arena, const Archive& archive, const Limits& limits) {
  return Machine(arena, archive, limits).run();
}

}  // namespace dl_trade::checkpoint
