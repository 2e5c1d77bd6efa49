#include "foreign_format.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  Code code;
  std::string_view says;
};

constexpr auto kResave = "; open it with torch and torch.save(model.state_dict(), path)"sv;

constexpr std::array kMagics{
    Magic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"sv, Code::kFormatLegacy,
          "torch's format before 1.6; re-save it with torch 1.6 or later"sv},
    Magic{"7z\xbc\xaf\x27\x1c"sv, Code::kFormatForeign, "a 7z archive"sv},
    Magic{"Rar!"sv, Code::kFormatForeign, "a RAR archive"sv},
    Magic{"\x1f\x8b"sv, Code::kFormatForeign, "gzip data"sv},
    Magic{"BZh"sv, Code::kFormatForeign, "bzip2 data"sv},
    Magic{"\xfd"
          "7zXZ\0"sv,
          Code::kFormatForeign, "xz data"sv},
    Magic{"\x28\xb5\x2f\xfd"sv, Code::kFormatForeign, "zstd data"sv},
    Magic{"GGUF"sv, Code::kFormatForeign, "a GGUF model"sv},
    Magic{"\x89HDF"sv, Code::kFormatForeign, "an HDF5 file"sv},
    Magic{"\x7f"
          "ELF"sv,
          Code::kFormatForeign, "an ELF program or library"sv},
    Magic{"MZ"sv, Code::kFormatForeign, "a Windows program or library"sv},
    Magic{"PYTORCH1"sv, Code::kFormatForeign, "a PyTorch container of before 1.0"sv},
    Magic{"\x93NUMPY"sv, Code::kFormatForeign, "a NumPy .npy array"sv},
    Magic{"PK\5\6"sv, Code::kFormatZip, "an empty zip archive"sv},
    Magic{"PK\7\10"sv, Code::kFormatZip, "a zip archive split over several files"sv},
    Magic{"PK00PK\3\4"sv, Code::kFormatZip, "a zip archive split over several files"sv},
    Magic{"version https://git-lfs"sv, Code::kFormatFailedDownload,
          "a Git LFS pointer, not the weights; run git lfs pull"sv},
};

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_html(std::string_view head) {
  std::string text(head.substr(0, 64));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  const std::size_t start = text.find_first_not_of("\xef\xbb\xbf \t\r\n");
  const std::string_view rest = start == std::string::npos ? ""sv : std::string_view(text).substr(start);
  return rest.starts_with("<!doctype") || rest.starts_with("<html");
}

bool is_safetensors(Bytes file) {
  constexpr std::uint64_t kHeaderMost = 100'000'000;
  return file.size() > 8 && load_le<std::uint64_t>(file, 0) <= kHeaderMost && file[8] == std::byte{'{'};
}

[[noreturn]] void refuse(Code code, std::string_view says) {
  throw Refusal(code, "the file is " + std::string(says));
}

}  // namespace

void require_zip_start(Bytes file) {
  const std::string_view head = text_of(file);
  if (head.empty()) throw Refusal(Code::kFileEmpty, "the file is empty");
  if (head.starts_with("PK\3\4")) return;
  for (const Magic& magic : kMagics) {
    if (head.starts_with(magic.bytes)) refuse(magic.code, magic.says);
  }
  if (head.size() >= 262 && head.substr(257, 5) == "ustar") {
    refuse(Code::kFormatTar,
           "a tar archive (torch 0.1.10 wrote such), which is never extracted" + std::string(kResave));
  }
  if (head.size() >= 2 && head[0] == '\x80' && head[1] >= 0 && head[1] <= 5) {
    refuse(Code::kFormatBarePickle, "a bare pickle, not torch.save's zip" + std::string(kResave));
  }
  if (is_safetensors(file)) {
    refuse(Code::kFormatSafetensors, "a safetensors file; load it in Python and torch.save the state_dict");
  }
  if (is_html(head))
    refuse(Code::kFormatFailedDownload, "an HTML page, not the weights: the download failed");
  throw Refusal(Code::kFormatUnknown,
                "the file is no checkpoint of torch.save: it starts with " + quote(head.substr(0, 8)));
}

}  // namespace dl_trade::checkpoint
