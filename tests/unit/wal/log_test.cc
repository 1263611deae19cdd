// tests/unit/wal/log_test.cc: a log that is written, cut, released, purged and read again.
#include "wal/log_writer.h"

#include <doctest/doctest.h>

#include "log_samples.h"
#include "scratch_dir.h"
#include "wal/purge.h"

namespace cairn::wal {

namespace {

constexpr LogOptions kSmall{.segment_bytes = 4096};

std::unique_ptr<Log> MakeLog(const std::string& dir, const LogOptions& options = kSmall) {
  auto log = Log::Create(PosixFs(), dir, kSampleMetadata, options);
  CAIRN_REQUIRE_OK(log.status());
  return std::move(*log);
}

}  // namespace

TEST_CASE("what was committed is read back over many cuts, and the chain holds over all segments") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  for (uint64_t i = 1; i <= 500; ++i) {
    CAIRN_REQUIRE_OK(AppendOne(*log, i, 1 + i / 100));
    if (i % 3 == 0) CAIRN_REQUIRE_OK(log->Commit());
  }
  CAIRN_REQUIRE_OK(log->Close());
  CHECK_FALSE(Exists(PosixFs(), dir / "wal.tmp"));

  const auto read = ReadAll(PosixFs(), dir / "wal");
  CAIRN_REQUIRE_OK(read.status());
  CHECK(read->summary.segments.size() > 10);
  CHECK(read->summary.metadata == kSampleMetadata);
  CHECK(read->summary.hard_state.commit == RaftIndex(499));
  CHECK(read->summary.hard_state.term == Term(6));
  CHECK(read->summary.last_index == RaftIndex(500));
  CHECK(read->summary.end == SegmentEnd::kClean);
  REQUIRE(read->entries.size() == 500);
  for (uint64_t i = 1; i <= 500; ++i) {
    CHECK(read->entries[i - 1].index == RaftIndex(i));
    CHECK(read->entries[i - 1].data == SampleData(i, 40));
  }
}

TEST_CASE(
    "a segment's name is the index after the last one before it, its head can be read alone") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  uint64_t i = 0;
  while (log->tail_name().sequence == 0) {
    CAIRN_REQUIRE_OK(AppendOne(*log, ++i));
    CAIRN_REQUIRE_OK(log->Commit());
  }
  CHECK(log->tail_name().index == RaftIndex(i + 1));
  const auto names = PosixFs().List(dir / "wal");
  REQUIRE(names.ok());
  CHECK(names->size() == 2);
  // A snapshot after the cut is read from the second segment alone.
  CAIRN_REQUIRE_OK(AppendOne(*log, ++i));
  CAIRN_REQUIRE_OK(log->SaveSnapshot(
      {.index = RaftIndex(i), .term = Term(1), .conf_state = proto::ConfState{.voters = {7}}}));
  CAIRN_REQUIRE_OK(AppendOne(*log, ++i));
  CAIRN_REQUIRE_OK(log->Close());
  const auto alone = ReadAll(PosixFs(), dir / "wal", {RaftIndex(i - 1), Term(1)});
  CAIRN_REQUIRE_OK(alone.status());
  CHECK(alone->summary.segments.size() == 1);
  CHECK(alone->summary.metadata == kSampleMetadata);
  REQUIRE(alone->entries.size() == 1);
  CHECK(alone->entries[0].index == RaftIndex(i));
  // The old segment was cut at its last record.
  const auto old = PosixFs().Stat(dir / "wal/0000000000000000-0000000000000000.wal");
  REQUIRE(old.ok());
  CHECK(old->size >= kSmall.segment_bytes);
  CHECK(old->size < kSmall.segment_bytes + 200);
}

TEST_CASE("a new segment is as long as asked for before anything is in it") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal", {.segment_bytes = 1 << 20});
  const std::string path = dir / "wal/0000000000000000-0000000000000000.wal";
  const auto stat = PosixFs().Stat(path);
  REQUIRE(stat.ok());
  CHECK(stat->size == 1 << 20);
  CHECK(stat->mode == 0600);
  const auto dir_stat = PosixFs().Stat(dir / "wal");
  REQUIRE(dir_stat.ok());
  CHECK(dir_stat->mode == 0700);
  CHECK(kSegmentBytes == 64'000'000);
}

TEST_CASE("an entry written again replaces the old one and all after it") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  for (uint64_t i = 1; i <= 10; ++i) CAIRN_REQUIRE_OK(AppendOne(*log, i, 1));
  CAIRN_REQUIRE_OK(AppendOne(*log, 6, 2));
  CAIRN_REQUIRE_OK(AppendOne(*log, 7, 2));
  CAIRN_REQUIRE_OK(log->Close());
  const auto read = ReadAll(PosixFs(), dir / "wal");
  CAIRN_REQUIRE_OK(read.status());
  REQUIRE(read->entries.size() == 7);
  CHECK(read->entries[4].term == Term(1));
  CHECK(read->entries[5].term == Term(2));
  CHECK(read->entries[6].index == RaftIndex(7));
  CHECK(read->summary.last_index == RaftIndex(7));
}

TEST_CASE("entries that leave a gap are refused and nothing of them is taken") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  CAIRN_REQUIRE_OK(AppendOne(*log, 1));
  const uint64_t buffered = log->buffered_bytes();
  CHECK(log->Append({}, {}).ok());
  CHECK(absl::IsInvalidArgument(AppendOne(*log, 3)));
  const proto::EntryView jump[] = {{.term = Term(1), .index = RaftIndex(2)},
                                   {.term = Term(1), .index = RaftIndex(4)}};
  CHECK(absl::IsInvalidArgument(log->Append(jump, {})));
  CHECK(log->buffered_bytes() == buffered);
  CAIRN_REQUIRE_OK(AppendOne(*log, 2));
}

TEST_CASE("a log is opened after its last record, and goes on from there") {
  const ScratchDir dir;
  const std::string path = dir / "wal";
  {
    auto log = MakeLog(path);
    CAIRN_REQUIRE_OK(AppendOne(*log, 1));
    CAIRN_REQUIRE_OK(log->Close());
  }
  for (uint64_t i = 2; i <= 120; ++i) {
    EntryCollector collector;
    auto opened = Log::Open(PosixFs(), path, {}, collector, kSmall);
    CAIRN_REQUIRE_OK(opened.status());
    CHECK(collector.entries().size() == i - 1);
    CHECK(opened->log->last_index() == RaftIndex(i - 1));
    CHECK(opened->log->metadata() == kSampleMetadata);
    CAIRN_REQUIRE_OK(AppendOne(*opened->log, i));
    CAIRN_REQUIRE_OK(opened->log->Commit());
    if (i % 2 == 0) CAIRN_REQUIRE_OK(opened->log->Close());
  }
}

TEST_CASE("opening zeroes what an unfinished write left behind the end") {
  const ScratchDir dir;
  const std::string path = dir / "wal";
  uint64_t end = 0;
  {
    auto log = MakeLog(path);
    CAIRN_REQUIRE_OK(AppendOne(*log, 1));
    CAIRN_REQUIRE_OK(log->Commit());
    end = log->tail_bytes();
  }
  const std::string segment = path + "/0000000000000000-0000000000000000.wal";
  {
    auto file = PosixFs().Open(segment, {.write = true});
    REQUIRE(file.ok());
    CAIRN_REQUIRE_OK((*file)->WriteAt(end + 64, "left over"));
  }
  REQUIRE(Reopen(PosixFs(), path, kSmall).ok());
  const auto content = ReadWholeFile(PosixFs(), segment, 1 << 20);
  REQUIRE(content.ok());
  CHECK(content->size() == kSmall.segment_bytes);
  CHECK(content->find_first_not_of('\0', end) == std::string::npos);
}

TEST_CASE("a commit index alone is written and not synced; entries, terms and votes are synced") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  CAIRN_REQUIRE_OK(log->Append({}, {.term = Term(1), .vote = MemberId(3)}));
  CHECK(log->needs_sync());
  CAIRN_REQUIRE_OK(log->Commit());
  CAIRN_REQUIRE_OK(log->Append({}, {.term = Term(1), .vote = MemberId(3), .commit = RaftIndex(1)}));
  CHECK_FALSE(log->needs_sync());
  CAIRN_REQUIRE_OK(log->Commit());
  CAIRN_REQUIRE_OK(log->Append({}, {.term = Term(1), .vote = MemberId(4), .commit = RaftIndex(1)}));
  CHECK(log->needs_sync());
  CAIRN_REQUIRE_OK(log->Commit());
  CAIRN_REQUIRE_OK(AppendOne(*log, 1));
  CHECK(log->needs_sync());
}

TEST_CASE("a log that is open can't be opened by another writer, but can be read") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  const auto second = Reopen(PosixFs(), dir / "wal", kSmall);
  CHECK(absl::IsFailedPrecondition(second.status()));
  CHECK(Message(second.status()).find("already locked") != std::string_view::npos);
  CHECK(ReadAll(PosixFs(), dir / "wal").ok());
  CHECK(
      absl::IsAlreadyExists(Log::Create(PosixFs(), dir / "wal", kSampleMetadata, kSmall).status()));
}

TEST_CASE("segments are purged once their locks are released, the oldest first") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  for (uint64_t i = 1; log->tail_name().sequence < 6; ++i) {
    CAIRN_REQUIRE_OK(AppendOne(*log, i));
    CAIRN_REQUIRE_OK(log->Commit());
  }
  CHECK(log->segments_held() == 7);
  auto removed = Purge(PosixFs(), dir / "wal", 2);
  REQUIRE(removed.ok());
  CHECK(removed->empty());
  const auto names = ListSegments(PosixFs(), dir / "wal");
  REQUIRE(names.ok());
  // Below the first index of segment 4: segment 3 may hold it, 0 to 2 don't.
  log->ReleaseTo((*names)[4].index);
  CHECK(log->segments_held() == 4);
  removed = Purge(PosixFs(), dir / "wal", 2);
  REQUIRE(removed.ok());
  CHECK(removed->size() == 3);
  CHECK(removed->front() == FormatSegmentName((*names)[0]));
  log->ReleaseTo(RaftIndex(UINT64_MAX));
  CHECK(log->segments_held() == 1);
  removed = Purge(PosixFs(), dir / "wal", 2);
  REQUIRE(removed.ok());
  CHECK(removed->size() == 2);
  // The rest is a log that begins later.
  CHECK(absl::IsNotFound(ReadAll(PosixFs(), dir / "wal").status()));
}

TEST_CASE("the next segment is prepared in steps and then used by the cut") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  int steps = 0;
  while (true) {
    const auto ready = log->PrepareNextSegment(1000);
    CAIRN_REQUIRE_OK(ready.status());
    if (*ready) break;
    ++steps;
  }
  CHECK(steps >= 5);
  CHECK(Exists(PosixFs(), dir / "wal/0.tmp"));
  uint64_t i = 0;
  while (log->tail_name().sequence == 0) {
    CAIRN_REQUIRE_OK(AppendOne(*log, ++i));
    CAIRN_REQUIRE_OK(log->Commit());
  }
  CHECK_FALSE(Exists(PosixFs(), dir / "wal/0.tmp"));
  REQUIRE(log->PrepareNextSegment(1000).ok());
  CHECK(Exists(PosixFs(), dir / "wal/1.tmp"));
  CAIRN_REQUIRE_OK(log->Close());
  CHECK_FALSE(Exists(PosixFs(), dir / "wal/1.tmp"));
  CHECK(absl::IsFailedPrecondition(AppendOne(*log, i + 1)));
  const auto read = ReadAll(PosixFs(), dir / "wal");
  CAIRN_REQUIRE_OK(read.status());
  CHECK(read->entries.size() == i);
}

TEST_CASE("the snapshot that reading starts from must be in the log, with its term") {
  const ScratchDir dir;
  auto log = MakeLog(dir / "wal");
  for (uint64_t i = 1; i <= 5; ++i) CAIRN_REQUIRE_OK(AppendOne(*log, i));
  const proto::ConfState conf{.voters = {7}, .auto_leave = false};
  CHECK(absl::IsInvalidArgument(log->SaveSnapshot({.index = RaftIndex(3), .term = Term(1)})));
  CAIRN_REQUIRE_OK(log->SaveSnapshot({.index = RaftIndex(3), .term = Term(1), .conf_state = conf}));
  // Never committed, so no member may start from it.
  CAIRN_REQUIRE_OK(log->SaveSnapshot({.index = RaftIndex(5), .term = Term(1), .conf_state = conf}));
  CAIRN_REQUIRE_OK(log->Close());

  const auto read = ReadAll(PosixFs(), dir / "wal", {RaftIndex(3), Term(1)});
  CAIRN_REQUIRE_OK(read.status());
  REQUIRE(read->entries.size() == 2);
  CHECK(read->entries[0].index == RaftIndex(4));
  const auto mismatch = ReadAll(PosixFs(), dir / "wal", {RaftIndex(3), Term(2)});
  CHECK(absl::IsFailedPrecondition(mismatch.status()));
  CHECK(Message(mismatch.status()).find("wal: snapshot mismatch") != std::string_view::npos);
  const auto missing = ReadAll(PosixFs(), dir / "wal", {RaftIndex(4), Term(1)});
  CHECK(absl::IsNotFound(missing.status()));
  CHECK(Message(missing.status()).find("wal: snapshot not found") != std::string_view::npos);
  const auto beyond = ReadAll(PosixFs(), dir / "wal", {RaftIndex(9), Term(1)});
  CHECK(absl::IsNotFound(beyond.status()));

  const auto valid = ValidSnapshotEntries(PosixFs(), dir / "wal");
  CAIRN_REQUIRE_OK(valid.status());
  REQUIRE(valid->size() == 2);
  CHECK((*valid)[0] == proto::WalSnapshot{});
  CHECK((*valid)[1] ==
        proto::WalSnapshot{.index = RaftIndex(3), .term = Term(1), .conf_state = conf});
}

}  // namespace cairn::wal
