#include "pickle_opcodes.hpp"

#include <array>

namespace dl_trade::checkpoint {
namespace {

struct Named {
  std::uint8_t opcode;
  std::string_view name;
};

// The whole of pickle's protocols 0 to 5, so that a refusal can name what it found.
constexpr std::array kNames{
    Named{'(', "MARK"},
    Named{'.', "STOP"},
    Named{'0', "POP"},
    Named{'1', "POP_MARK"},
    Named{'2', "DUP"},
    Named{'F', "FLOAT"},
    Named{'I', "INT"},
    Named{'J', "BININT"},
    Named{'K', "BININT1"},
    Named{'L', "LONG"},
    Named{'M', "BININT2"},
    Named{'N', "NONE"},
    Named{'P', "PERSID"},
    Named{'Q', "BINPERSID"},
    Named{'R', "REDUCE"},
    Named{'S', "STRING"},
    Named{'T', "BINSTRING"},
    Named{'U', "SHORT_BINSTRING"},
    Named{'V', "UNICODE"},
    Named{'X', "BINUNICODE"},
    Named{'a', "APPEND"},
    Named{'b', "BUILD"},
    Named{'c', "GLOBAL"},
    Named{'d', "DICT"},
    Named{'}', "EMPTY_DICT"},
    Named{'e', "APPENDS"},
    Named{'g', "GET"},
    Named{'h', "BINGET"},
    Named{'i', "INST"},
    Named{'j', "LONG_BINGET"},
    Named{'l', "LIST"},
    Named{']', "EMPTY_LIST"},
    Named{'o', "OBJ"},
    Named{'p', "PUT"},
    Named{'q', "BINPUT"},
    Named{'r', "LONG_BINPUT"},
    Named{'s', "SETITEM"},
    Named{'t', "TUPLE"},
    Named{')', "EMPTY_TUPLE"},
    Named{'u', "SETITEMS"},
    Named{'G', "BINFLOAT"},
    Named{0x80, "PROTO"},
    Named{0x81, "NEWOBJ"},
    Named{0x82, "EXT1"},
    Named{0x83, "EXT2"},
    Named{0x84, "EXT4"},
    Named{0x85, "TUPLE1"},
    Named{0x86, "TUPLE2"},
    Named{0x87, "TUPLE3"},
    Named{0x88, "NEWTRUE"},
    Named{0x89, "NEWFALSE"},
    Named{0x8a, "LONG1"},
    Named{0x8b, "LONG4"},
    Named{'B', "BINBYTES"},
    Named{'C', "SHORT_BINBYTES"},
    Named{0x8c, "SHORT_BINUNICODE"},
    Named{0x8d, "BINUNICODE8"},
    Named{0x8e, "BINBYTES8"},
    Named{0x8f, "EMPTY_SET"},
    Named{0x90, "ADDITEMS"},
    Named{0x91, "FROZENSET"},
    Named{0x92, "NEWOBJ_EX"},
    Named{0x93, "STACK_GLOBAL"},
    Named{0x94, "MEMOIZE"},
    Named{0x95, "FRAME"},
    Named{0x96, "BYTEARRAY8"},
    Named{0x97, "NEXT_BUFFER"},
    Named{0x98, "READONLY_BUFFER"},
};

}  // namespace

std::string opcode_name(Opcode opcode) {
  const auto byte = static_cast<std::uint8_t>(opcode);
  for (const Named& named : kNames) {
    if (named.opcode == byte) return std::string(named.name);
  }
  constexpr char kHex[] = "0123456789abcdef";
  return std::string("opcode 0x") + kHex[byte >> 4] + kHex[byte & 15];
}

std::string_view opcode_advice(Opcode opcode) {
  switch (static_cast<std::uint8_t>(opcode)) {
    case 0x80:
      return "a second protocol header stands inside the pickle";
    case 0x81:
    case 0x92:
    case 'o':
    case 'i':
      return "the pickle makes a Python object; save model.state_dict() and plain values instead";
    case 0x8c:
    case 0x93:
    case 0x94:
    case 0x95:
      return "the pickle uses protocol 4; re-save with the default protocol";
    default:
      return "the pickle holds an instruction that torch.save does not write for weights and plain values";
  }
}

}  // namespace dl_trade::checkpoint
