#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dl_trade::checkpoint {

/** The instructions that torch.save writes; PROTO stands at the start only. */
enum class Opcode : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kNone = 'N',
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kLong1 = 0x8a,
  kBinFloat = 'G',
  kBinUnicode = 'X',
  kEmptyTuple = ')',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kEmptyList = ']',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyDict = '}',
  kSetItem = 's',
  kSetItems = 'u',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kGlobal = 'c',
  kReduce = 'R',
  kBuild = 'b',
  kBinPersId = 'Q',
};

/** Such as "REDUCE", or "opcode 0x8e" for one without a name here. */
std::string opcode_name(Opcode opcode);

/** What to say of an opcode that is not read. */
std::string_view opcode_advice(Opcode opcode);

}  // namespace dl_trade::checkpoint
