#include "checkpoint_mutation.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checkpoint/refusal.hpp"
#include "checkpoint/zip_directory.hpp"
#include "checkpoint/zip_entries.hpp"
#include "checkpoint/zip_writer.hpp"

namespace checkpoint_mutation {
namespace {

using namespace dl_trade::checkpoint;

struct Part {
  std::string name;
  std::string data;
};

struct Parts {
  std::string root;
  std::vector<Part> parts;

  std::string* pickle() {
    const auto found = std::ranges::find(parts, "data.pkl", &Part::name);
    return found == parts.end() ? nullptr : &found->data;
  }
};

std::size_t below(Random& random, std::size_t limit) {
  return limit == 0 ? 0 : random() % limit;
}

Bytes bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/** The records, or nothing where the container is not sound but for its CRCs. */
std::optional<Parts> take_apart(const std::string& file) {
  if (!file.starts_with("PK\3\4")) return std::nullopt;
  try {
    const Bytes bytes = bytes_of(file);
    Parts taken;
    for (const ZipRecord& record : check_zip_entries(bytes, read_zip_directory(bytes))) {
      const std::size_t slash = record.name.find('/');
      taken.root = record.name.substr(0, slash);
      const std::string_view name = record.name.substr(slash + 1);
      // The writer adds one of its own.
      if (name == ".data/serialization_id") continue;
      taken.parts.push_back(
          {std::string(name), {reinterpret_cast<const char*>(record.data.data()), record.data.size()}});
    }
    return taken;
  } catch (const Refusal&) {
    return std::nullopt;
  }
}

std::string put_together(const Parts& parts) {
  ZipWriter writer(parts.root);
  for (const Part& part : parts.parts) writer.add(part.name, part.data);
  const std::vector<std::byte> bytes = writer.finish();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void change_pickle(std::string& pickle, Random& random, const MutateText& mutate_bytes) {
  if (below(random, 4) == 0) {
    pickle = mutate_bytes(pickle);
    return;
  }
  std::vector<std::string> instructions = pickle_instructions::split(pickle);
  for (std::size_t changes = 1 + below(random, 4); changes > 0; --changes)
    pickle_instructions::mutate(instructions, random, mutate_bytes);
  if (below(random, 16) != 0) pickle_instructions::renumber_memo(instructions);
  pickle = pickle_instructions::join(instructions);
}

void change_records(Parts& parts, Random& random, const MutateText& mutate_bytes) {
  if (parts.parts.empty()) return;
  Part& part = parts.parts[below(random, parts.parts.size())];
  switch (below(random, 6)) {
    case 0:
      part.name = mutate_bytes(part.name);
      break;
    case 1:
      parts.parts.push_back({"data/" + std::to_string(below(random, 12)), part.data});
      break;
    case 2:
      parts.parts.erase(parts.parts.begin() + (&part - parts.parts.data()));
      break;
    case 3:
      std::swap(part, parts.parts[below(random, parts.parts.size())]);
      break;
    case 4:
      part.data.resize(below(random, 2 * part.data.size() + 9));
      break;
    default:
      part.data = mutate_bytes(part.data);
  }
}

/** One number of 16 or 32 bits somewhere in the headers: the directory is the last part of the file. */
std::string with_other_field(std::string file, Random& random) {
  const std::size_t directory = file.find("PK\1\2");
  const std::size_t start = directory == std::string::npos || below(random, 4) == 0 ? 0 : directory;
  const std::size_t at = start + below(random, file.size() - start);
  const std::uint64_t values[] = {0, 1, 2, 8, 0xffff, 0xffffffff, file.size(), below(random, 256)};
  const std::uint64_t value = values[below(random, std::size(values))];
  for (std::size_t i = 0; i < 4 && at + i < file.size(); ++i)
    file[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
  return file;
}

}  // namespace

std::string mutant(const std::string& file, Random& random, const MutateText& mutate_bytes) {
  std::optional<Parts> parts = take_apart(file);
  const std::size_t choice = below(random, 16);
  if (!parts || choice == 0) return mutate_bytes(file);
  if (choice == 1) return with_other_field(file, random);
  std::string* pickle = parts->pickle();
  if (choice < 4 || pickle == nullptr) {
    change_records(*parts, random, mutate_bytes);
  } else {
    change_pickle(*pickle, random, mutate_bytes);
  }
  return put_together(*parts);
}

std::string crossed(const std::string& file, const std::string& other, Random& random) {
  std::optional<Parts> ours = take_apart(file);
  std::optional<Parts> theirs = take_apart(other);
  if (!ours || !theirs || ours->pickle() == nullptr || theirs->pickle() == nullptr) return file;
  std::vector<std::string> mine = pickle_instructions::split(*ours->pickle());
  const std::vector<std::string> given = pickle_instructions::split(*theirs->pickle());
  const std::size_t from = below(random, given.size());
  const std::size_t count = below(random, std::min<std::size_t>(64, given.size() - from) + 1);
  const auto first = given.begin() + static_cast<std::ptrdiff_t>(from);
  mine.insert(mine.begin() + static_cast<std::ptrdiff_t>(below(random, mine.size() + 1)), first,
              first + static_cast<std::ptrdiff_t>(count));
  pickle_instructions::renumber_memo(mine);
  *ours->pickle() = pickle_instructions::join(mine);
  for (const Part& part : theirs->parts) {
    if (std::ranges::find(ours->parts, part.name, &Part::name) == ours->parts.end())
      ours->parts.push_back(part);
  }
  return put_together(*ours);
}

}  // namespace checkpoint_mutation
