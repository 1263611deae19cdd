// tests/unit/offline/key_history_test.cc: every record of a span of revisions, in order.
#include "offline/inspect/key_history.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "sample_store.h"

namespace cairn::offline {
namespace {

std::string History(SampleStore& store, const HistoryOptions& options) {
  std::string text;
  const auto summary = ForEachRecordBetween(
      store.Open(), options, store.progress,
      [&](const mvcc::RevisionKey& record, const proto::KeyValueView& kv) {
        text += fmt::format("{}.{} {} {}={}\n", record.revision.main, record.revision.sub,
                            record.tombstone ? "del" : "put", kv.key, kv.value);
        return absl::OkStatus();
      });
  if (!summary.ok()) return std::string(Message(summary.status()));
  return text + fmt::format("{} up to {}, compacted {}", summary->records, summary->last_revision,
                            summary->compact_revision);
}

struct Sample : SampleStore {
  Sample() {
    Put("a", "1");
    Put("b", "1");
    Commit();  // 2
    Delete("a");
    Commit();  // 3
    Put("a", "2");
    Commit();  // 4
    Put("c", "3");
    Commit();  // 5
  }
};

TEST_CASE("puts and deletions come in the order of revisions") {
  Sample store;
  CHECK(History(store, {}) ==
        "2.0 put a=1\n2.1 put b=1\n3.0 del a=\n4.0 put a=2\n5.0 put c=3\n5 up to 5, compacted -1");
}

TEST_CASE("a span of revisions, some keys, and no more than a number") {
  Sample store;
  CHECK(History(store, {{}, 3, 4, 0}) == "3.0 del a=\n4.0 put a=2\n2 up to 4, compacted -1");
  CHECK(History(store, {{"b", "c"}, 0, 0, 0}) ==
        "2.1 put b=1\n5.0 put c=3\n2 up to 5, compacted -1");
  CHECK(History(store, {{"a"}, 0, 0, 2}) == "2.0 put a=1\n3.0 del a=\n2 up to 5, compacted -1");
  CHECK(History(store, {{}, 9, 0, 0}) == "0 up to 5, compacted -1");
}

TEST_CASE("below the compaction there is what lived on; the future is refused") {
  Sample store;
  store.CompactedAt(4);
  CHECK(History(store, {{}, 1, 3, 0}) ==
        "2.0 put a=1\n2.1 put b=1\n3.0 del a=\n3 up to 3, compacted 4");
  CHECK(History(store, {{}, 1, 6, 0}).starts_with("mvcc: required revision is a future revision"));
}

TEST_CASE("a visitor's error ends the walk") {
  Sample store;
  int seen = 0;
  const auto summary =
      ForEachRecordBetween(store.Open(), {}, store.progress,
                           [&](const mvcc::RevisionKey&, const proto::KeyValueView&) -> Status {
                             return ++seen == 2 ? absl::CancelledError("stop") : absl::OkStatus();
                           });
  CHECK(absl::IsCancelled(summary.status()));
  CHECK(seen == 2);
}

}  // namespace
}  // namespace cairn::offline
