// tests/unit/offline/log_walk_test.cc: what a walk over a log finds that no checksum covers.
#include "offline/log_walk.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "log_builder.h"

namespace cairn::offline {
namespace {

// Offsets of the records' types: the second byte of each record, after its field's tag.
std::vector<size_t> TypeOffsets(std::string_view content) {
  std::vector<size_t> offsets;
  for (size_t at = 0; at + 8 <= content.size();) {
    const auto length = LoadLE<uint64_t>(content.data() + at);
    if (length == 0) break;
    const uint64_t padding = (length >> 63) != 0 ? length >> 56 & 7 : 0;
    offsets.push_back(at + 9);
    at += 8 + (length & ((uint64_t{1} << 56) - 1)) + padding;
  }
  return offsets;
}

}  // namespace

TEST_CASE("a record whose type changed is found, whatever it becomes") {
  LogBuilder log(4096);
  uint64_t index = 1;
  for (uint64_t term : {1, 2, 5}) {
    for (int i = 0; i < 12; ++i, ++index) log.Append(term, index, {std::string(200, 'x')});
    log.Snapshot(term, index - 1);
  }
  log.Append(5, index, {"last"});
  log.Close();
  wal::NoVisitor ignore;
  const auto whole = WalkLog(log.context, LogBuilder::kDir, ignore);
  REQUIRE(whole.ok());
  REQUIRE(whole->whole());
  REQUIRE(whole->segments.size() > 1);
  size_t tried = 0;
  for (size_t segment = 0; segment < whole->segments.size(); ++segment) {
    const std::string path = log.Path(segment);
    const std::string content = log.Read(path);
    std::vector<size_t> offsets = TypeOffsets(content);
    // The last one of all may be a state that reads as an entry: nothing follows that would differ.
    if (segment + 1 == whole->segments.size()) offsets.pop_back();
    for (const size_t offset : offsets) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = content;
        changed[offset] = static_cast<char>(changed[offset] ^ 1 << bit);
        log.Write(path, changed);
        const auto walk = WalkLog(log.context, LogBuilder::kDir, ignore);
        REQUIRE(walk.ok());
        CHECK_MESSAGE(!walk->whole(), path << ": bit " << bit << " at " << offset << " of a record "
                                           << "of type " << int(content[offset]));
        ++tried;
      }
    }
    log.Write(path, content);
  }
  CHECK(tried > 400);
}

}  // namespace cairn::offline
