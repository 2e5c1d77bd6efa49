// What file_bytes.cpp does elsewhere, by the calls of Windows.
#include <windows.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <system_error>

#include "file_bytes.hpp"
#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

constexpr DWORD kMostAtOnce = 1U << 30U;

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }
  HANDLE get() const { return handle_; }
  bool is_open() const { return handle_ != INVALID_HANDLE_VALUE; }
  bool close() {
    const HANDLE handle = handle_;
    handle_ = INVALID_HANDLE_VALUE;
    return handle == INVALID_HANDLE_VALUE || ::CloseHandle(handle) != 0;
  }

 private:
  HANDLE handle_;
};

std::string reason(DWORD error) {
  return std::system_category().message(static_cast<int>(error));
}

[[noreturn]] void refuse_open(const std::filesystem::path& path, const std::string& name, DWORD error) {
  std::error_code ignored;
  // CreateFile says of a directory only that access is denied.
  if (std::filesystem::is_directory(path, ignored)) {
    throw Refusal(Code::kFileNotRegular, name + " is a directory, not a file");
  }
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) {
    throw Refusal(Code::kFileMissing, name + " does not exist");
  }
  throw Refusal(Code::kFileUnreadable, name + " cannot be opened: " + reason(error));
}

std::size_t read_some(HANDLE file, std::byte* into, std::size_t most, const std::string& name) {
  DWORD count = 0;
  const auto wanted = static_cast<DWORD>(std::min<std::size_t>(most, kMostAtOnce));
  if (::ReadFile(file, into, wanted, &count, nullptr) == 0) {
    throw Refusal(Code::kFileUnreadable, name + " cannot be read: " + reason(::GetLastError()));
  }
  return count;
}

void write_all(HANDLE file, const std::vector<std::byte>& bytes, const std::string& name) {
  for (std::size_t at = 0; at < bytes.size();) {
    DWORD count = 0;
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - at, kMostAtOnce));
    if (::WriteFile(file, bytes.data() + at, wanted, &count, nullptr) == 0) {
      throw Refusal(Code::kWriteFailed, name + " cannot be written: " + reason(::GetLastError()));
    }
    at += count;
  }
}

}  // namespace

std::vector<std::byte> read_file_bytes(const std::filesystem::path& path, std::uint64_t most_bytes) {
  const std::string name = quote(path.string());
  const Handle file(::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file.is_open()) refuse_open(path, name, ::GetLastError());
  if (::GetFileType(file.get()) != FILE_TYPE_DISK) {
    throw Refusal(Code::kFileNotRegular, name + " is a device or a pipe, not a file");
  }
  LARGE_INTEGER length{};
  if (::GetFileSizeEx(file.get(), &length) == 0) {
    throw Refusal(Code::kFileUnreadable, name + " cannot be examined: " + reason(::GetLastError()));
  }
  const auto size = static_cast<std::uint64_t>(length.QuadPart);
  if (size == 0) throw Refusal(Code::kFileEmpty, name + " is empty");
  if (size > most_bytes) {
    throw Refusal(Code::kFileTooLarge, name + " has " + std::to_string(size) + " bytes, at most " +
                                           std::to_string(most_bytes) + " are read");
  }
  std::vector<std::byte> bytes(size);
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t count = read_some(file.get(), bytes.data() + at, bytes.size() - at, name);
    if (count == 0) {
      throw Refusal(Code::kFileChanged, name + " became shorter while it was read: " + std::to_string(at) +
                                            " of " + std::to_string(size) + " bytes came");
    }
    at += count;
  }
  std::byte beyond{};
  if (read_some(file.get(), &beyond, 1, name) != 0) {
    throw Refusal(Code::kFileChanged, name + " grew while it was read");
  }
  return bytes;
}

void replace_file(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  static std::atomic<unsigned> counter{0};
  const std::string name = quote(path.string());
  std::filesystem::path beside = path;
  beside += "." + std::to_string(::GetCurrentProcessId()) + "-" + std::to_string(counter++) + ".tmp";
  Handle file(
      ::CreateFileW(beside.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file.is_open()) {
    throw Refusal(Code::kWriteFailed, name + " cannot be written: " + reason(::GetLastError()));
  }
  try {
    write_all(file.get(), bytes, name);
    if (::FlushFileBuffers(file.get()) == 0 || !file.close()) {
      throw Refusal(Code::kWriteFailed, name + " cannot be written: " + reason(::GetLastError()));
    }
    if (::MoveFileExW(beside.c_str(), path.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) ==
        0) {
      throw Refusal(Code::kWriteFailed, name + " cannot be replaced: " + reason(::GetLastError()));
    }
  } catch (...) {
    file.close();
    ::DeleteFileW(beside.c_str());
    throw;
  }
}

}  // namespace dl_trade::checkpoint
