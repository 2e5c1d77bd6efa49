// checkpoint_verdict [--apart] FILE...: judges files, a JSON line each with {file, ok, code, message, ms,
// rss}; rss is null where the system does not tell it. In one process, where what an earlier file left on the
// heap makes a later one look cheaper; with --apart each in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <fstream>
#include <optional>
#include <string>

#include "checkpoint/checkpoint.hpp"

using namespace dl_trade::checkpoint;

#if defined(__SANITIZE_ADDRESS__)
// Freed memory that ASan keeps aside would be counted as the reader's.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64:allocator_release_to_os_interval_ms=0";
}
#endif

namespace {

std::string json(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escaped[8];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/** A field of /proc/self/status in bytes; nothing where the system has no such field. */
std::optional<long> status_bytes(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field, 0) == 0) return std::atol(line.c_str() + std::strlen(field)) * 1024;
  }
  return std::nullopt;
}

void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

struct Verdict {
  bool ok = true;
  std::string code;
  std::string message;
};

// What `inspect` does: everything that a caller may ask of a file.
Verdict judge(const char* path) {
  try {
    const Checkpoint checkpoint = Checkpoint::read_file(path);
    std::int64_t nonfinite = 0;
    for (const Tensor& tensor : checkpoint.state_dict().tensors) nonfinite += count_nonfinite(tensor);
    checkpoint.hyperparameters();
    return {true, "",
            std::to_string(checkpoint.state_dict().tensors.size()) + " tensors, " +
                std::to_string(nonfinite) + " values not finite"};
  } catch (const Refusal& refusal) {
    return {false, std::string(code_name(refusal.code())), refusal.what()};
  } catch (const std::exception& error) {
    return {false, "UNEXPECTED", error.what()};
  }
}

/** Judges one file and prints its line. */
void print_verdict(const char* path) {
  reset_peak();
  const std::optional<long> before = status_bytes("VmRSS:");
  const std::clock_t start = std::clock();
  const Verdict verdict = judge(path);
  // Processor time, so that a busy machine does not make a file look slow.
  const double took_ms = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const std::optional<long> peak = status_bytes("VmHWM:");
  const std::string grown = before && peak ? std::to_string(*peak - *before) : "null";
  std::printf("{\"file\": %s, \"ok\": %s, \"code\": %s, \"message\": %s, \"ms\": %.3f, \"rss\": %s}\n",
              json(path).c_str(), verdict.ok ? "true" : "false", json(verdict.code).c_str(),
              json(verdict.message).c_str(), took_ms, grown.c_str());
  std::fflush(stdout);
}

/** The same in a child. @return whether it ended as it should */
bool print_verdict_apart(const char* path) {
  const pid_t child = fork();
  if (child == 0) {
    print_verdict(path);
    std::_Exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return false;
  if (status != 0) std::fprintf(stderr, "%s ended its process with status %d\n", path, status);
  return status == 0;
}

}  // namespace

int main(int count, char** arguments) {
  const bool apart = count > 1 && std::strcmp(arguments[1], "--apart") == 0;
  bool sound = true;
  for (int i = apart ? 2 : 1; i < count; ++i) {
    if (apart) {
      sound = print_verdict_apart(arguments[i]) && sound;
    } else {
      print_verdict(arguments[i]);
    }
  }
  return sound ? 0 : 1;
}
