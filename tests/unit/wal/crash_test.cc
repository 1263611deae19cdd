// tests/unit/wal/crash_test.cc: power is lost, or an operation fails, at every moment of a log's
// life. What was acknowledged must be there afterwards, and nothing that was never appended.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "log_samples.h"
#include "sim/crash_states.h"
#include "sim/mem_fs.h"
#include "wal/purge.h"
#include "wal/repair.h"

namespace cairn::wal {

namespace {

constexpr LogOptions kOptions{.segment_bytes = 1500};
constexpr uint64_t kEntries = 150;

uint64_t TermOf(uint64_t index) { return 1 + index / 10; }
size_t BytesOf(uint64_t index) { return 20 + index * 37 % 700; }

// What a run was promised, and when: by operations of the file system.
struct Promise {
  size_t op;
  uint64_t index;
};
struct History {
  std::vector<Promise> begun;  // Commit was called
  std::vector<Promise> acked;  // and returned
  bool created = false;
  size_t created_op = 0;

  static uint64_t At(const std::vector<Promise>& promises, size_t op) {
    uint64_t index = 0;
    for (const Promise& p : promises) {
      if (p.op <= op) index = std::max(index, p.index);
    }
    return index;
  }
};

// Creates a log and appends kEntries entries in commits of one to three, with snapshots and a
// segment prepared now and then. Stops at the first error, after which the log must refuse all.
Status Live(MemFs& fs, History& history) {
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<Log> log,
                         Log::Create(fs, "/wal", kSampleMetadata, kOptions));
  history.created = true;
  history.created_op = fs.op_count();
  const auto check = [&](Status status) {
    if (!status.ok()) {
      CHECK_FALSE(AppendOne(*log, log->last_index().value + 1).ok());
      CHECK_FALSE(log->Commit().ok());
      CHECK_FALSE(log->SaveSnapshot({}).ok());
    }
    return status;
  };
  for (uint64_t i = 1; i <= kEntries;) {
    for (uint64_t n = 0; n <= i % 3 && i <= kEntries; ++n, ++i) {
      CAIRN_RETURN_IF_ERROR(check(AppendOne(*log, i, TermOf(i), BytesOf(i))));
    }
    history.begun.push_back({fs.op_count(), i - 1});
    CAIRN_RETURN_IF_ERROR(check(log->Commit()));
    history.acked.push_back({fs.op_count(), i - 1});
    if (i % 7 == 0) (void)log->PrepareNextSegment(400);
    if (i % 11 == 0) {
      CAIRN_RETURN_IF_ERROR(check(log->SaveSnapshot({.index = RaftIndex(i - 2),
                                                     .term = Term(TermOf(i - 2)),
                                                     .conf_state = proto::ConfState{}})));
    }
  }
  return log->Close();
}

// The machine starts again: repair if need be, then read, then append and read once more.
void Revive(MemFs& fs, const History& history, size_t op) {
  const uint64_t acked = History::At(history.acked, op);
  const uint64_t begun = History::At(history.begun, op);
  if (!ListSegments(fs, "/wal").ok()) {
    CHECK_FALSE((history.created && history.created_op <= op));
    CAIRN_REQUIRE_OK(Log::Create(fs, "/wal", kSampleMetadata, kOptions).status());
    return;
  }
  CAIRN_REQUIRE_OK(RepairTornTail(fs, "/wal").status());
  EntryCollector collector;
  auto opened = Log::Open(fs, "/wal", {}, collector, kOptions);
  CAIRN_REQUIRE_OK(opened.status());
  const uint64_t last = collector.entries().size();
  CHECK(last >= acked);
  CHECK(last <= begun);
  CHECK(opened->summary.metadata == kSampleMetadata);
  if (acked > 0) CHECK(opened->summary.hard_state.term.value >= TermOf(acked));
  for (uint64_t i = 1; i <= last; ++i) {
    const EntryCollector::Entry& entry = collector.entries()[i - 1];
    REQUIRE(entry.index == RaftIndex(i));
    REQUIRE(entry.term == Term(TermOf(i)));
    REQUIRE(entry.data == SampleData(i, BytesOf(i)));
  }
  // Reading may start at any segment, so none may be without its head.
  for (const SegmentName& name : opened->summary.segments) {
    const auto file = fs.Open(JoinPath("/wal", FormatSegmentName(name)), {});
    CAIRN_REQUIRE_OK(file.status());
    SegmentReader reader(**file, 0, SegmentPlace::kLast);
    const auto head = reader.Next();
    CAIRN_REQUIRE_OK(head.status());
    REQUIRE(head->has_value());
    CHECK((*head)->type == RecordType::kCrc);
  }
  for (uint64_t i = last + 1; i <= last + 6; ++i) {
    CAIRN_REQUIRE_OK(AppendOne(*opened->log, i, 100, 300));
    CAIRN_REQUIRE_OK(opened->log->Commit());
  }
  opened->log.reset();
  const auto again = ReadAll(fs, "/wal");
  CAIRN_REQUIRE_OK(again.status());
  CHECK(again->summary.end == SegmentEnd::kClean);
  CHECK(again->entries.size() == last + 6);
}

}  // namespace

TEST_CASE("after a crash at any moment, what was acknowledged is there and nothing is invented") {
  MemFs fs;
  History history;
  CAIRN_REQUIRE_OK(Live(fs, history));
  REQUIRE(ReadAll(fs, "/wal")->summary.segments.size() > 8);
  const CrashStates states(
      CrashStates::Options{.all_subsets_up_to = 6, .random_states = 20, .max_each = 16});
  const size_t count = states.ForEveryNth(
      fs, 0, 1, 20, [&](size_t op, std::unique_ptr<MemFs> crashed, const std::string& what) {
        CAPTURE(op);
        CAPTURE(what);
        Revive(*crashed, history, op);
      });
  MESSAGE("crash states tried: " << count);
  CHECK(count > 4 * fs.op_count());
}

TEST_CASE("a repair that a crash interrupts can be run again and loses nothing") {
  MemFs fs;
  auto log = Log::Create(fs, "/wal", kSampleMetadata, {.segment_bytes = 8192});
  CAIRN_REQUIRE_OK(log.status());
  for (uint64_t i = 1; i <= 5; ++i) CAIRN_REQUIRE_OK(AppendOne(**log, i, 1, 900));
  CAIRN_REQUIRE_OK((*log)->Commit());
  const uint64_t size = (*log)->tail_bytes();
  log->reset();
  {
    auto file = fs.Open("/wal/0000000000000000-0000000000000000.wal", {.write = true});
    CAIRN_REQUIRE_OK((*file)->Truncate(size - 500));
  }
  fs.Settle();
  CAIRN_REQUIRE_OK(RepairTornTail(fs, "/wal").status());
  CrashStates().ForEveryNth(
      fs, 0, 1, 3, [&](size_t op, std::unique_ptr<MemFs> crashed, const std::string& what) {
        CAPTURE(op);
        CAPTURE(what);
        CAIRN_REQUIRE_OK(RepairTornTail(*crashed, "/wal").status());
        const auto read = ReadAll(*crashed, "/wal");
        CAIRN_REQUIRE_OK(read.status());
        CHECK(read->summary.end == SegmentEnd::kClean);
        CHECK(read->entries.size() >= 4);
      });
}

TEST_CASE(
    "when any operation fails the log refuses all that follows, and the next start finds it "
    "whole") {
  MemFs probe;
  History unused;
  CAIRN_REQUIRE_OK(Live(probe, unused));
  for (uint64_t n = 0; n < probe.attempts(); ++n) {
    CAPTURE(n);
    MemFs fs;
    fs.FailAt(n, absl::InternalError("input/output error"));
    History history;
    (void)Live(fs, history);
    Revive(fs, history, fs.op_count());
  }
}

TEST_CASE("a full disk stops the log with a clear error and loses nothing") {
  for (uint64_t budget = 50; budget < 12000; budget += 61) {
    CAPTURE(budget);
    MemFs fs;
    fs.SetByteBudget(budget);
    History history;
    const Status status = Live(fs, history);
    CHECK(absl::IsResourceExhausted(status));
    fs.RemoveByteBudget();
    Revive(fs, history, fs.op_count());
  }
}

}  // namespace cairn::wal
