// checkpoint_mutants SEED COUNT [FILE...]: runs seeded mutants of sound checkpoints (and of FILEs) through
// the reader. Half of them are mended afterwards, CRCs and sizes, so that they reach the pickle behind the
// container's checks.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "builder.hpp"
#include "checkpoint/writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using builder::Bytes;
using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t limit) {
  return limit == 0 ? 0 : random() % limit;
}

std::string rich_pickle() {
  using namespace builder;
  const std::string weights = ordered_dict() + "(" + text("module.lstm.w") + tensor() + text("module.fc.b") +
                              tensor(storage(), 1, {2, 2}, {2, 1}) + "u" +
                              dict({{text("_metadata"), ordered_dict()}}) + "b";
  const std::string extras = list(
      {integer(-5), real(1.5), bytes("\xe9x"), call(global("torch", "Size"), {integers({2, 3})}),
       global("torch", "float16"),
       call(global("numpy.core.multiarray", "scalar"), {numpy_dtype("f8"), bytes(std::string(8, '\1'))}),
       call(global("builtins", "set"), {list({integer(1), integer(2)})}), std::string("Nq\0h\0\x86", 6)});
  return program(dict(
      {{text("state_dict"), weights}, {text("hyperparameters"), extras}, {text("epoch"), integer(300)}}));
}

void mutate(Random& random, std::string& bytes) {
  constexpr std::uint8_t kOpcodes[] = {'(', '.',  'N',  0x88, 'J', 'K',  0x8a, 'G',  'X', ')',
                                       't', 0x85, 0x86, ']',  'a', 'e',  '}',  's',  'u', 'q',
                                       'h', 'c',  'R',  'b',  'Q', 0xff, 0x7f, 0x80, 0};
  const std::size_t at = below(random, bytes.size());
  const std::size_t length = below(random, std::min<std::size_t>(32, bytes.size() - at));
  switch (below(random, 7)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(random, 8));
      break;
    case 1:
      bytes[at] = static_cast<char>(random());
      break;
    case 2:
      bytes[at] = static_cast<char>(kOpcodes[below(random, std::size(kOpcodes))]);
      break;
    case 3:
      bytes.insert(at, 1, static_cast<char>(kOpcodes[below(random, std::size(kOpcodes))]));
      break;
    case 4:
      if (bytes.size() > length + 1) bytes.erase(at, length);
      break;
    case 5:
      bytes.insert(below(random, bytes.size()), bytes.substr(at, length));
      break;
    default:
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  std::min<std::size_t>(4, bytes.size() - at), static_cast<char>(random() & 1 ? 0xff : 0));
  }
}

Bytes mutant(Random& random, const std::vector<std::string>& files, const std::string& pickle) {
  const std::size_t changes = 1 + below(random, 4);
  if (random() & 1) {
    std::string changed = pickle;
    for (std::size_t i = 0; i < changes; ++i) mutate(random, changed);
    return builder::checkpoint(changed);
  }
  std::string changed = files[below(random, files.size())];
  for (std::size_t i = 0; i < changes; ++i) mutate(random, changed);
  return builder::to_bytes(changed);
}

std::string as_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s SEED COUNT [FILE...]\n", arguments[0]);
    return 2;
  }
  Random random(std::strtoull(arguments[1], nullptr, 10));
  const unsigned long mutants = std::strtoul(arguments[2], nullptr, 10);
  const std::string pickle = rich_pickle();
  const std::vector<float> data{1, 2, 3};
  const dl_trade::checkpoint::NamedArray weights{"w", {3}, data};
  std::vector<std::string> files{
      as_text(builder::checkpoint(pickle)),
      as_text(dl_trade::checkpoint::serialize(dl_trade::checkpoint::to_value(std::span(&weights, 1))))};
  for (int i = 3; i < count; ++i) {
    std::ifstream file(arguments[i], std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (builder::verdict(builder::to_bytes(files[0])) != "" ||
      builder::verdict(builder::to_bytes(files[1])) != "")
    return 1;
  std::erase_if(files, [](const std::string& file) { return file.empty(); });
  for (unsigned long i = 0; i < mutants; ++i) {
    const Bytes bytes = mutant(random, files, pickle);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::printf("%lu mutants of %zu files, none broke the reader\n", mutants, files.size());
  return 0;
}
