// The only file that talks to the operating system; file_bytes_windows.cpp is the same for Windows.
#include "file_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>

#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  /** Closes now and says whether that went well: some file systems report a full disk only here. */
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

std::string reason(int error) {
  return std::generic_category().message(error);
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISCHR(mode)) return "a character device";
  if (S_ISBLK(mode)) return "a block device";
  if (S_ISSOCK(mode)) return "a socket";
  return "no regular file";
}

struct FileStatus {
  mode_t mode;
  std::uint64_t size;
};

/** Kind and size of an open file; false with errno set where that cannot be told. */
bool examine(int fd, FileStatus& status) {
#if defined(__linux__)
  // Not fstat: compiled with glibc 2.33 or newer, it asks for that at run time.
  struct statx found{};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &found) != 0) return false;
  status = {found.stx_mode, found.stx_size};
#else
  struct stat found{};
  if (::fstat(fd, &found) != 0) return false;
  status = {found.st_mode, static_cast<std::uint64_t>(found.st_size)};
#endif
  return true;
}

[[noreturn]] void refuse_open(const std::string& name, int error) {
  if (error == ENOENT || error == ENOTDIR) throw Refusal(Code::kFileMissing, name + " does not exist");
  if (error == ENXIO) throw Refusal(Code::kFileNotRegular, name + " is a socket or a device without driver");
  throw Refusal(Code::kFileUnreadable, name + " cannot be opened: " + reason(error));
}

std::size_t read_some(int fd, std::byte* into, std::size_t most, const std::string& name) {
  while (true) {
    const ssize_t count = ::read(fd, into, most);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw Refusal(Code::kFileUnreadable, name + " cannot be read: " + reason(errno));
  }
}

void write_all(int fd, const std::vector<std::byte>& bytes, const std::string& name) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (count >= 0) {
      at += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw Refusal(Code::kWriteFailed, name + " cannot be written: " + reason(errno));
    }
  }
}

// A rename is only durable once its directory is.
void sync_directory(const std::filesystem::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (directory.get() >= 0) ::fsync(directory.get());
}

}  // namespace

std::vector<std::byte> read_file_bytes(const std::filesystem::path& path, std::uint64_t most_bytes) {
  const std::string name = quote(path.string());
  // O_NONBLOCK: opening a FIFO without a writer would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) refuse_open(name, errno);
  FileStatus status{};
  if (!examine(file.get(), status)) {
    throw Refusal(Code::kFileUnreadable, name + " cannot be examined: " + reason(errno));
  }
  if (!S_ISREG(status.mode)) {
    throw Refusal(Code::kFileNotRegular, name + " is " + kind_of(status.mode) + ", not a file");
  }
  const std::uint64_t size = status.size;
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
  const std::filesystem::path beside =
      path.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp";
  Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (file.get() < 0) throw Refusal(Code::kWriteFailed, name + " cannot be written: " + reason(errno));
  try {
    write_all(file.get(), bytes, name);
    if (::fsync(file.get()) != 0 || !file.close()) {
      throw Refusal(Code::kWriteFailed, name + " cannot be written: " + reason(errno));
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
      throw Refusal(Code::kWriteFailed, name + " cannot be replaced: " + reason(errno));
    }
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
  sync_directory(path);
}

}  // namespace dl_trade::checkpoint
