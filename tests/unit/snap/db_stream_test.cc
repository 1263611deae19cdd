// tests/unit/snap/db_stream_test.cc: copying a snapshot with its digest.
#include "snap/db_stream.h"

#include <doctest/doctest.h>

#include "base/staged_output.h"
#include "sim/mem_fs.h"

namespace cairn::snap {

namespace {

class StopAt : public Progress {
 public:
  explicit StopAt(uint64_t bytes) : bytes_(bytes) {}
  void Stage(const char*, uint64_t) override {}
  Status Update(uint64_t done_bytes) override {
    return done_bytes >= bytes_ ? absl::CancelledError("interrupted") : absl::OkStatus();
  }

 private:
  const uint64_t bytes_;
};

}  // namespace

TEST_CASE("the length alone says whether there is a digest") {
  CHECK(HasDigest(4096 * 4 + 32));
  CHECK_FALSE(HasDigest(4096 * 4));
  CHECK_FALSE(HasDigest(0));
  CHECK(HasDigest(32));
}

TEST_CASE("a copy is the same bytes, and its SHA-256 is that of the bytes") {
  MemFs fs;
  std::string content(9 * (1 << 20) + 512, '\0');
  for (size_t i = 0; i < content.size(); i += 97) content[i] = static_cast<char>(i / 97);
  Sha256 hash;
  hash.Update(content);
  const Sha256Digest want = hash.Finish();
  REQUIRE(
      WriteFileAtomically(fs, "/in", content + std::string(want.data(), want.size()), 0600).ok());
  const auto in = fs.Open("/in", {});
  REQUIRE(in.ok());
  const auto out = fs.Open("/out", {.write = true, .create = true});
  REQUIRE(out.ok());
  NoProgress progress;
  const auto digest = CopyAndHash(**in, content.size(), **out, progress);
  REQUIRE(digest.ok());
  CHECK(*digest == want);
  CHECK(*ReadWholeFile(fs, "/out", content.size()) == content);
  CHECK(*HashBytes(**in, content.size(), progress) == want);
  CHECK(*ReadDigest(**in, content.size() + 32) == want);
  CHECK(absl::IsInvalidArgument(ReadDigest(**in, content.size()).status()));
  // Longer than the file is.
  CHECK(absl::IsDataLoss(CopyAndHash(**in, content.size() + 33, **out, progress).status()));
  StopAt stop(3 << 20);
  CHECK(absl::IsCancelled(CopyAndHash(**in, content.size(), **out, stop).status()));
}

}  // namespace cairn::snap
