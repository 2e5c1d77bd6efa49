#include "pickle_instructions.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>

#include "../checkpoint/builder.hpp"

namespace pickle_instructions {
namespace {

using namespace std::string_literals;

constexpr std::string_view kPlain = "().N\x88\x89t\x85\x86\x87]ae}suRbQ";
constexpr std::array kModules{"collections",
                              "torch",
                              "torch._utils",
                              "torch._tensor",
                              "_codecs",
                              "numpy",
                              "builtins",
                              "__builtin__",
                              "os",
                              "torch.nn.parameter",
                              "numpy.core.multiarray",
                              "numpy._core.multiarray"};
constexpr std::array kNames{"OrderedDict",
                            "Counter",
                            "_rebuild_tensor_v2",
                            "_rebuild_parameter",
                            "Size",
                            "device",
                            "encode",
                            "dtype",
                            "scalar",
                            "_reconstruct",
                            "set",
                            "bytearray",
                            "complex",
                            "FloatStorage",
                            "DoubleStorage",
                            "HalfStorage",
                            "LongStorage",
                            "BoolStorage",
                            "ComplexFloatStorage",
                            "float16",
                            "int64",
                            "Tensor",
                            "Parameter",
                            "ndarray",
                            "system",
                            "_rebuild_from_type_v2",
                            "_rebuild_parameter_with_state"};
constexpr std::array kTexts{"storage",  "cpu",         "cuda:0",          "0",          "1",
                            "latin1",   "_metadata",   "hyperparameters", "state_dict", "model_state_dict",
                            "module.w", "_orig_mod.w", "n_averaged",      "f8",         "b1"};
constexpr std::array<std::int64_t, 18> kIntegers{0,
                                                 1,
                                                 2,
                                                 3,
                                                 6,
                                                 8,
                                                 64,
                                                 -1,
                                                 255,
                                                 256,
                                                 65535,
                                                 65536,
                                                 INT32_MAX,
                                                 INT32_MIN,
                                                 INT64_MAX,
                                                 INT64_MIN,
                                                 std::int64_t{1} << 31,
                                                 std::int64_t{1} << 62};

std::size_t below(Random& random, std::size_t limit) {
  return limit == 0 ? 0 : random() % limit;
}

template <typename Choices>
auto one_of(const Choices& choices, Random& random) {
  return choices[below(random, std::size(choices))];
}

std::uint32_t little(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

std::size_t length_of(std::string_view rest) {
  const auto operand = [&](std::size_t bytes) {
    return little(rest.substr(1, std::min(bytes, rest.size() - 1)));
  };
  switch (static_cast<unsigned char>(rest[0])) {
    case 'K':
    case 'q':
    case 'h':
    case 0x80:
      return 2;
    case 'M':
      return 3;
    case 'J':
    case 'r':
    case 'j':
      return 5;
    case 'G':
      return 9;
    case 0x8a:
      return 2 + std::size_t{operand(1)};
    case 'X':
      return 5 + std::size_t{operand(4)};
    case 'c': {
      const std::size_t first = rest.find('\n');
      const std::size_t second = first == std::string_view::npos ? first : rest.find('\n', first + 1);
      return second == std::string_view::npos ? 1 : second + 1;
    }
    default:
      return 1;
  }
}

bool is_put(const std::string& instruction) {
  return instruction.size() > 1 && (instruction[0] == 'q' || instruction[0] == 'r');
}

bool is_get(const std::string& instruction) {
  return instruction.size() > 1 && (instruction[0] == 'h' || instruction[0] == 'j');
}

bool leaves_a_value(const std::string& instruction) {
  return std::string_view("KMJGXN\x88\x89\x8a)]}hjc").find(instruction[0]) != std::string_view::npos;
}

std::string slot_instruction(bool put, std::uint32_t slot) {
  if (slot < 256) return (put ? "q" : "h") + std::string(1, static_cast<char>(slot));
  std::string out = put ? "r" : "j";
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(slot >> shift & 0xff);
  return out;
}

std::string random_global(Random& random) {
  return builder::global(one_of(kModules, random), one_of(kNames, random));
}

/** Instructions that leave one value on the stack. */
std::string random_value(Random& random, int depth = 0) {
  using namespace builder;
  const auto inner = [&] { return random_value(random, depth + 1); };
  switch (below(random, depth > 3 ? 5 : 20)) {
    case 0:
      return integer(one_of(kIntegers, random));
    case 1:
      return text(one_of(kTexts, random));
    case 2:
      return real(static_cast<double>(random()) / 3);
    case 3:
      return std::string(1, "N\x88\x89)]}"[below(random, 6)]);
    case 4: {
      std::string digits(below(random, 20), '\0');
      for (char& digit : digits) digit = static_cast<char>(random());
      return "\x8a" + std::string(1, static_cast<char>(digits.size())) + digits;
    }
    case 5:
      return list({inner(), inner()});
    case 6:
      return tuple({inner(), inner(), inner()});
    case 7:
      return dict({{text(one_of(kTexts, random)), inner()}, {inner(), inner()}});
    case 8:
      return bytes(std::string(below(random, 17), static_cast<char>(random())));
    case 9:
      return tensor();
    case 10:
      return tensor(storage(), one_of(kIntegers, random),
                    {one_of(kIntegers, random), one_of(kIntegers, random)},
                    {one_of(kIntegers, random), one_of(kIntegers, random)});
    case 11:
      return call(global("numpy.core.multiarray", "scalar"),
                  {numpy_dtype(one_of(std::array{"f8", "i8", "b1", "c16", "f2", "u8"}, random)),
                   bytes(std::string(one_of(std::array{1, 2, 8, 16}, random), static_cast<char>(random())))});
    case 12:
      return call(global("builtins", "set"), {list({inner(), inner()})});
    case 13:
      return call(global("torch", "Size"), {integers({one_of(kIntegers, random), 2})});
    case 14:
      return call(global("torch", "device"), {text("cuda"), integer(one_of(kIntegers, random))});
    case 15:
      return call(global("builtins", "complex"), {real(1), real(2)});
    case 16:
      return call(global("collections", "Counter"), {dict({{text("a"), inner()}})});
    case 17:
      return call(random_global(random), {inner(), inner()});
    case 18: {
      const std::int64_t rows = one_of(std::array{0, 1, 2, 4}, random);
      const std::string array = call(global("numpy.core.multiarray", "_reconstruct"),
                                     {global("numpy", "ndarray"), integers({0}), bytes("b")});
      return array +
             tuple({integer(1), integers({rows, 2}), numpy_dtype("f4"),
                    one_of(std::array{"\x88", "\x89"}, random),
                    bytes(std::string(static_cast<std::size_t>(rows) * 8, '\1'))}) +
             "b";
    }
    default:
      return random_global(random);
  }
}

/** The operand of BININT1, BININT2, BININT or LONG1 of at most 8 bytes; 0 where there is none. */
std::int64_t integer_of(const std::string& instruction) {
  const std::size_t skipped = instruction[0] == '\x8a' ? 2 : 1;
  const std::size_t bytes =
      instruction.size() < skipped ? 0 : std::min<std::size_t>(instruction.size() - skipped, 8);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(instruction[skipped + i])} << (8 * i);
  return instruction[0] == 'J' ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
}

std::int64_t other_integer(std::int64_t value, Random& random) {
  switch (below(random, 4)) {
    case 0:
      return static_cast<std::int64_t>(below(random, 64));
    case 1:
      return one_of(kIntegers, random);
    default:
      // One more or less: bounds that are off by one show there. Unsigned, which may wrap.
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + (random() & 1 ? 1 : -1));
  }
}

void change_operand(std::string& instruction, Random& random, const MutateText& mutate_text) {
  switch (instruction[0]) {
    case 'K':
    case 'M':
    case 'J':
    case '\x8a':
      instruction = builder::integer(other_integer(integer_of(instruction), random));
      break;
    case 'X':
      if (random() & 1) {
        instruction = builder::text(one_of(kTexts, random));
      } else if (instruction.size() >= 5) {
        instruction = builder::text(mutate_text(instruction.substr(5)));
      }
      break;
    case 'c':
      instruction = random_global(random);
      break;
    case 'q':
    case 'h':
      instruction = slot_instruction(instruction[0] == 'q', static_cast<std::uint32_t>(below(random, 64)));
      break;
    default:
      instruction = mutate_text(instruction);
      if (instruction.empty()) instruction = "N";
  }
}

std::string random_instruction(Random& random) {
  switch (below(random, 6)) {
    case 0:
      return random_global(random);
    case 1:
      return slot_instruction((random() & 1) != 0, static_cast<std::uint32_t>(below(random, 64)));
    case 2:
      return builder::integer(one_of(kIntegers, random));
    default:
      return std::string(1, one_of(kPlain, random));
  }
}

}  // namespace

std::vector<std::string> split(std::string_view pickle) {
  std::vector<std::string> instructions;
  while (!pickle.empty()) {
    const std::size_t length = std::min(length_of(pickle), pickle.size());
    instructions.emplace_back(pickle.substr(0, length));
    pickle.remove_prefix(length);
  }
  return instructions;
}

std::string join(const std::vector<std::string>& instructions) {
  std::string pickle;
  for (const std::string& instruction : instructions) pickle += instruction;
  return pickle;
}

void renumber_memo(std::vector<std::string>& instructions) {
  std::map<std::uint32_t, std::uint32_t> moved;
  std::uint32_t next = 0;
  for (std::string& instruction : instructions) {
    if (is_put(instruction)) {
      moved[little(std::string_view(instruction).substr(1))] = next;
      instruction = slot_instruction(true, next++);
    } else if (is_get(instruction)) {
      const auto found = moved.find(little(std::string_view(instruction).substr(1)));
      if (found != moved.end()) instruction = slot_instruction(false, found->second);
    }
  }
}

void mutate(std::vector<std::string>& instructions, Random& random, const MutateText& mutate_text) {
  if (instructions.empty()) instructions.push_back("N");
  const std::size_t at = below(random, instructions.size());
  const auto from = instructions.begin() + static_cast<std::ptrdiff_t>(at);
  const std::size_t count = 1 + below(random, std::min<std::size_t>(8, instructions.size() - at));
  const auto to = from + static_cast<std::ptrdiff_t>(count);
  switch (below(random, 8)) {
    case 0:
      instructions.erase(from, to);
      break;
    case 1: {
      const std::vector<std::string> part(from, to);
      instructions.insert(
          instructions.begin() + static_cast<std::ptrdiff_t>(below(random, instructions.size())),
          part.begin(), part.end());
      break;
    }
    case 2:
      std::swap(instructions[at], instructions[below(random, instructions.size())]);
      break;
    case 3:
      instructions.insert(from, random_instruction(random));
      break;
    case 4:
      instructions[at] = random_instruction(random);
      break;
    case 5:
    case 6: {
      // In place of a value, so that the stack stays in order.
      const auto value = std::find_if(from, instructions.end(), leaves_a_value);
      if (value != instructions.end()) *value = random_value(random);
      instructions = split(join(instructions));
      break;
    }
    default:
      change_operand(instructions[at], random, mutate_text);
  }
}

}  // namespace pickle_instructions
