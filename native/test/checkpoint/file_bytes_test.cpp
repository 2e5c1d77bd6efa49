#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "builder.hpp"
#include "checkpoint/file_bytes.hpp"

using namespace builder;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "checkpoint-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

std::string reading(const fs::path& path, const dl_trade::checkpoint::Limits& limits = {}) {
  try {
    dl_trade::checkpoint::Checkpoint::read_file(path, limits);
    return "";
  } catch (const dl_trade::checkpoint::Refusal& refusal) {
    return std::string(code_name(refusal.code()));
  }
}

void write(const fs::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TEST_CASE("a file is read, through a link too") {
  const Folder folder;
  write(folder.path / "w.pth", checkpoint(beside_weights("N")));
  fs::create_symlink("w.pth", folder.path / "link.pth");
  CHECK(reading(folder.path / "w.pth") == "");
  CHECK(reading(folder.path / "link.pth") == "");
}

TEST_CASE("what is no regular file is refused without waiting for it") {
  const Folder folder;
  CHECK(reading(folder.path) == "FILE_NOT_REGULAR");
  CHECK(reading("/dev/zero") == "FILE_NOT_REGULAR");
  REQUIRE(::mkfifo((folder.path / "fifo").c_str(), 0600) == 0);
  CHECK(reading(folder.path / "fifo") == "FILE_NOT_REGULAR");
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder.path / "socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(reading(folder.path / "socket") == "FILE_NOT_REGULAR");
  ::close(listener);
}

TEST_CASE("missing, empty and unreadable files are told apart") {
  const Folder folder;
  CHECK(reading(folder.path / "none.pth") == "FILE_MISSING");
  write(folder.path / "empty.pth", {});
  CHECK(reading(folder.path / "empty.pth") == "FILE_EMPTY");
  CHECK(reading(folder.path / "empty.pth" / "below") == "FILE_MISSING");
  CHECK(reading(folder.path / std::string(300, 'a')) == "FILE_UNREADABLE");
  write(folder.path / "locked.pth", checkpoint(beside_weights("N")));
  fs::permissions(folder.path / "locked.pth", fs::perms::none);
  // Root may read everything.
  CHECK(reading(folder.path / "locked.pth") == (::geteuid() == 0 ? "" : "FILE_UNREADABLE"));
}

TEST_CASE("a file over the cap is refused before a byte of it is read") {
  const Folder folder;
  write(folder.path / "sparse.pth", to_bytes("PK\3\4"));
  fs::resize_file(folder.path / "sparse.pth", (std::uint64_t{2} << 30) + 1);
  CHECK(reading(folder.path / "sparse.pth") == "FILE_TOO_LARGE");
  const Bytes sound = checkpoint(beside_weights("N"));
  CHECK(verdict(sound, {.file_bytes = sound.size() - 1}) == "FILE_TOO_LARGE");
  CHECK(verdict(sound, {.file_bytes = sound.size()}) == "");
}

TEST_CASE("a file whose size is not what the system says is refused") {
  // Files of /proc claim no or a page of bytes and give others.
  CHECK(reading("/proc/self/status") == "FILE_EMPTY");
  CHECK(reading("/sys/kernel/mm/transparent_hugepage/enabled") != "");
}

TEST_CASE("replacing a file leaves the new bytes and nothing beside them") {
  const Folder folder;
  const fs::path path = folder.path / "w.pth";
  write(path, to_bytes("old"));
  dl_trade::checkpoint::replace_file(path, to_bytes("new"));
  CHECK(dl_trade::checkpoint::read_file_bytes(path, 100) == to_bytes("new"));
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a replacement that fails leaves the old file and nothing beside it") {
  const Folder folder;
  fs::create_directory(folder.path / "taken");
  write(folder.path / "taken" / "inside", to_bytes("x"));
  try {
    dl_trade::checkpoint::replace_file(folder.path / "taken", to_bytes("new"));
    FAIL("a folder was replaced");
  } catch (const dl_trade::checkpoint::Refusal& refusal) {
    CHECK(code_name(refusal.code()) == "WRITE_FAILED");
  }
  CHECK(fs::is_directory(folder.path / "taken"));
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
  CHECK_THROWS_AS(dl_trade::checkpoint::replace_file(folder.path / "no" / "such", to_bytes("new")),
                  dl_trade::checkpoint::Refusal);
}
