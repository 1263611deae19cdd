// tests/unit/mvcc/boot_state_test.cc: where a store stands at its start.
#include "mvcc/boot_state.h"

#include <doctest/doctest.h>

#include "mvcc/schema.h"

namespace cairn::mvcc {
namespace {

BootState Boot(int64_t finished, int64_t scheduled, int64_t last) {
  const std::string f = EncodeCompactRevision(finished), s = EncodeCompactRevision(scheduled);
  auto state = ReadBootState(finished < 0 ? std::nullopt : std::optional<std::string_view>(f),
                             scheduled < 0 ? std::nullopt : std::optional<std::string_view>(s),
                             last < 0 ? std::nullopt : std::optional(Revision{last, 2}));
  REQUIRE(state.ok());
  return *state;
}

TEST_CASE("an empty store is at revision 1 and was never compacted") {
  const BootState state = Boot(-1, -1, -1);
  CHECK(state.current == 1);
  CHECK(state.compact_revision() == -1);
  CHECK_FALSE(state.resumes_compaction());
}

TEST_CASE("the current revision is never below a compaction's") {
  CHECK(Boot(20, 20, 25).current == 25);
  CHECK(Boot(20, 20, 12).current == 20);
  CHECK(Boot(20, 30, 12).current == 30);
}

TEST_CASE("a compaction that was cut short counts as done") {
  const BootState cut = Boot(20, 30, 40);
  CHECK(cut.resumes_compaction());
  CHECK(cut.compact_revision() == 30);
  CHECK(Boot(-1, 30, 40).compact_revision() == 30);
  CHECK(Boot(30, 30, 40).compact_revision() == 30);
  CHECK_FALSE(Boot(30, 30, 40).resumes_compaction());
}

TEST_CASE("revisions before the compaction and after the current one are refused") {
  const BootState state = Boot(20, 20, 40);
  CHECK(*ResolveRevision(0, state) == 40);
  CHECK(*ResolveRevision(20, state) == 20);
  CHECK(*ResolveRevision(40, state) == 40);
  CHECK(Message(ResolveRevision(19, state).status()) ==
        "mvcc: required revision has been compacted");
  CHECK(Message(ResolveRevision(41, state).status()) ==
        "mvcc: required revision is a future revision");
}

TEST_CASE("a broken mark is damage") {
  CHECK(ReadBootState("x", std::nullopt, std::nullopt).status().code() ==
        absl::StatusCode::kDataLoss);
  CHECK_FALSE(ReadBootState(std::nullopt, "", std::nullopt).ok());
}

}  // namespace
}  // namespace cairn::mvcc
