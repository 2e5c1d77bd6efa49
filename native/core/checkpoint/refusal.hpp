#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dl_trade::checkpoint {

/** The rule that a file broke; stable, and named in SCREAMING_SNAKE by `code_name`. */
enum class Code {
  kFileMissing,
  kFileUnreadable,
  kFileNotRegular,
  kFileEmpty,
  kFileTooLarge,
  kFileChanged,
  kFormatLegacy,
  kFormatTar,
  kFormatTorchscript,
  kFormatExportedProgram,
  kFormatNumpyArchive,
  kFormatZip,
  kFormatBarePickle,
  kFormatSafetensors,
  kFormatForeign,
  kFormatFailedDownload,
  kFormatUnknown,
  kZipEnd,
  kZipZip64,
  kZipDirectory,
  kZipEntry,
  kZipCompressed,
  kZipName,
  kZipLocalHeader,
  kZipLayout,
  kZipCrc,
  kRecordUnexpected,
  kRecordInvalid,
  kRecordBigEndian,
  kRecordMissing,
  kRecordUnreferenced,
  kPickleProtocol,
  kPickleOpcode,
  kPickleTruncated,
  kPickleStack,
  kPickleMemo,
  kPickleGlobal,
  kPickleReduce,
  kPickleBuild,
  kPickleContainer,
  kPickleKey,
  kPickleFrozen,
  kPickleLimit,
  kPickleString,
  kPickleEnd,
  kMetadataLimit,
  kStorageInvalid,
  kStorageSize,
  kTensorShape,
  kTensorBounds,
  kTensorDtype,
  kStateDictMissing,
  kStateDictKeys,
  kStateDictPrefix,
  kWriteInvalid,
  kWriteFailed,
};

struct CodeEntry {
  Code code;
  std::string_view name;
  std::string_view summary;
};

/** Every code with what it says; documentation and tests walk this table. */
inline constexpr std::array kCodes{
    CodeEntry{Code::kFileMissing, "FILE_MISSING", "No file has that path."},
    CodeEntry{Code::kFileUnreadable, "FILE_UNREADABLE", "The file cannot be opened or read."},
    CodeEntry{Code::kFileNotRegular, "FILE_NOT_REGULAR", "The path is a directory, FIFO, device or socket."},
    CodeEntry{Code::kFileEmpty, "FILE_EMPTY", "The file holds no byte."},
    CodeEntry{Code::kFileTooLarge, "FILE_TOO_LARGE", "The file is larger than the cap (2 GiB unless set)."},
    CodeEntry{Code::kFileChanged, "FILE_CHANGED", "The file changed its size while it was read."},
    CodeEntry{Code::kFormatLegacy, "FORMAT_LEGACY",
              "Torch's format before 1.6: re-save it with torch 1.6 or later."},
    CodeEntry{Code::kFormatTar, "FORMAT_TAR", "A tar archive, as torch 0.1.10 wrote; never extracted."},
    CodeEntry{Code::kFormatTorchscript, "FORMAT_TORCHSCRIPT",
              "A TorchScript archive, which holds code: save model.state_dict() instead."},
    CodeEntry{Code::kFormatExportedProgram, "FORMAT_EXPORTED_PROGRAM",
              "A torch.export program (.pt2): save model.state_dict() instead."},
    CodeEntry{Code::kFormatNumpyArchive, "FORMAT_NUMPY_ARCHIVE", "A NumPy .npz archive."},
    CodeEntry{Code::kFormatZip, "FORMAT_ZIP", "A zip without data.pkl: no checkpoint of torch.save."},
    CodeEntry{Code::kFormatBarePickle, "FORMAT_BARE_PICKLE", "A pickle outside torch's zip container."},
    CodeEntry{Code::kFormatSafetensors, "FORMAT_SAFETENSORS", "A safetensors file."},
    CodeEntry{Code::kFormatForeign, "FORMAT_FOREIGN",
              "Another known format (7z, RAR, gzip, GGUF, HDF5, ELF, ...), named in the message."},
    CodeEntry{Code::kFormatFailedDownload, "FORMAT_FAILED_DOWNLOAD",
              "A Git LFS pointer or an HTML page where the weights should be."},
    CodeEntry{Code::kFormatUnknown, "FORMAT_UNKNOWN", "The first bytes are those of no known format."},
    CodeEntry{Code::kZipEnd, "ZIP_END",
              "The end record is not exactly the last 22 bytes or disagrees with itself: truncated, or "
              "something was appended."},
    CodeEntry{Code::kZipZip64, "ZIP_ZIP64",
              "The zip64 end record or its locator disagrees with the end record."},
    CodeEntry{Code::kZipDirectory, "ZIP_DIRECTORY",
              "The central directory does not fill its place or counts 0 or more than 16384 entries."},
    CodeEntry{Code::kZipEntry, "ZIP_ENTRY",
              "An entry is encrypted or patched, spans disks, or has other flags, sizes, extras or comments "
              "than torch.save writes."},
    CodeEntry{Code::kZipCompressed, "ZIP_COMPRESSED", "An entry is compressed: re-save with torch.save."},
    CodeEntry{Code::kZipName, "ZIP_NAME",
              "An entry's name is malformed, lies outside the common root or appears twice."},
    CodeEntry{Code::kZipLocalHeader, "ZIP_LOCAL_HEADER",
              "A local header or data descriptor disagrees with the central directory."},
    CodeEntry{Code::kZipLayout, "ZIP_LAYOUT", "Entries overlap, or bytes lie hidden between them."},
    CodeEntry{Code::kZipCrc, "ZIP_CRC", "A record's bytes do not have the CRC-32 that was stored: damaged."},
    CodeEntry{Code::kRecordUnexpected, "RECORD_UNEXPECTED",
              "The archive holds a record torch.save never writes."},
    CodeEntry{Code::kRecordInvalid, "RECORD_INVALID",
              "The version or byteorder record, or the size of data.pkl, is not what torch.save writes."},
    CodeEntry{Code::kRecordBigEndian, "RECORD_BIG_ENDIAN",
              "The tensors are big-endian: re-save on a little-endian machine."},
    CodeEntry{Code::kRecordMissing, "RECORD_MISSING", "A record that must be there is not."},
    CodeEntry{Code::kRecordUnreferenced, "RECORD_UNREFERENCED", "A data record belongs to no tensor."},
    CodeEntry{Code::kPickleProtocol, "PICKLE_PROTOCOL",
              "The pickle is not of protocol 2 or 3: re-save with the default protocol."},
    CodeEntry{Code::kPickleOpcode, "PICKLE_OPCODE", "The pickle holds an opcode that no state_dict needs."},
    CodeEntry{Code::kPickleTruncated, "PICKLE_TRUNCATED",
              "The pickle ends inside an instruction or without STOP."},
    CodeEntry{Code::kPickleStack, "PICKLE_STACK",
              "An instruction reaches below the stack or the innermost mark."},
    CodeEntry{Code::kPickleMemo, "PICKLE_MEMO", "A memo slot is out of order or was never filled."},
    CodeEntry{Code::kPickleGlobal, "PICKLE_GLOBAL",
              "The pickle names a function or class that is not on the short list, called or not."},
    CodeEntry{Code::kPickleReduce, "PICKLE_REDUCE",
              "A listed function is given other arguments than torch.save writes."},
    CodeEntry{Code::kPickleBuild, "PICKLE_BUILD",
              "State is set on a value that takes none, or of another shape."},
    CodeEntry{Code::kPickleContainer, "PICKLE_CONTAINER",
              "Items are put into a value that is no such container."},
    CodeEntry{Code::kPickleKey, "PICKLE_KEY", "A dict key has a wrong kind or appears twice."},
    CodeEntry{Code::kPickleFrozen, "PICKLE_FROZEN",
              "A container is changed after it became part of another value."},
    CodeEntry{Code::kPickleLimit, "PICKLE_LIMIT",
              "A limit on depth, nodes, instructions, marks or strings is passed."},
    CodeEntry{Code::kPickleString, "PICKLE_STRING", "A string is not valid UTF-8."},
    CodeEntry{Code::kPickleEnd, "PICKLE_END",
              "STOP leaves other than one value, leaves a mark open, or is not the last byte."},
    CodeEntry{Code::kMetadataLimit, "METADATA_LIMIT",
              "Plain values unfold into more than the budget of nodes, bytes or depth."},
    CodeEntry{Code::kStorageInvalid, "STORAGE_INVALID",
              "A storage reference is not the five-tuple of torch.save."},
    CodeEntry{Code::kStorageSize, "STORAGE_SIZE", "A storage claims another size than its record has."},
    CodeEntry{Code::kTensorShape, "TENSOR_SHAPE",
              "A tensor has more than 8 dimensions, a negative number, or more than 2^31 elements."},
    CodeEntry{Code::kTensorBounds, "TENSOR_BOUNDS", "A tensor reaches beyond its storage."},
    CodeEntry{Code::kTensorDtype, "TENSOR_DTYPE",
              "Weights are float32, float64, float16 or bfloat16, nothing else."},
    CodeEntry{Code::kStateDictMissing, "STATE_DICT_MISSING",
              "No state_dict was found at the top or under its usual keys."},
    CodeEntry{Code::kStateDictKeys, "STATE_DICT_KEYS",
              "A key of the state_dict is not a string, or there are more than 65536."},
    CodeEntry{Code::kStateDictPrefix, "STATE_DICT_PREFIX",
              "Some keys carry a wrapper's prefix (module., _orig_mod., model.) and others do not."},
    CodeEntry{Code::kWriteInvalid, "WRITE_INVALID",
              "What was to be written cannot be: names, shapes or values."},
    CodeEntry{Code::kWriteFailed, "WRITE_FAILED", "The file could not be written; the old one is untouched."},
};

/** Such as "ZIP_CRC". */
std::string_view code_name(Code code);

/** Why a file is not read: the rule, and in `what()` what was found where. */
class Refusal : public std::runtime_error {
 public:
  Refusal(Code code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Code code() const noexcept { return code_; }

 private:
  Code code_;
};

}  // namespace dl_trade::checkpoint
