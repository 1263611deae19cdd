// tests/unit/offline/log_builder.h: makes logs in memory for tests to look at and to break.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/staged_output.h"
#include "offline/db_file.h"
#include "offline/log_walk.h"
#include "sim/mem_fs.h"
#include "wal/log_writer.h"

namespace cairn::offline {

// A log in "/wal", and what commands need to work on it.
struct LogBuilder {
  static constexpr const char* kDir = "/wal";

  explicit LogBuilder(uint64_t segment_bytes = wal::kSegmentBytes) {
    std::string metadata;
    proto::AppendMemberMetadata(metadata, {MemberId(0xa1), ClusterId(0xc1)});
    auto created = wal::Log::Create(fs, kDir, metadata, {segment_bytes, false, false});
    REQUIRE_MESSAGE(created.ok(), created.status().ToString());
    log = *std::move(created);
  }

  // Entries from `index` on, one for each of `data`, all committed.
  void Append(uint64_t term, uint64_t index, const std::vector<std::string>& data,
              proto::EntryType type = proto::EntryType::kNormal) {
    std::vector<proto::EntryView> entries;
    for (const std::string& one : data) {
      entries.push_back({type, Term(term), RaftIndex(index + entries.size()), one});
    }
    const RaftIndex commit(index + entries.size() - 1);
    const Status s = log->Append(entries, {Term(term), MemberId(0xa1), commit});
    REQUIRE_MESSAGE(s.ok(), s.ToString());
    const Status committed = log->Commit();
    REQUIRE_MESSAGE(committed.ok(), committed.ToString());
  }
  void Snapshot(uint64_t term, uint64_t index) {
    proto::ConfState state;
    state.voters = {0xa1};
    REQUIRE(log->SaveSnapshot({RaftIndex(index), Term(term), state}).ok());
  }
  void Close() { REQUIRE(log->Close().ok()); }

  std::string Path(size_t segment) {
    const auto names = wal::ListSegments(fs, kDir);
    REQUIRE(names.ok());
    return JoinPath(kDir, wal::FormatSegmentName((*names)[segment]));
  }
  std::string Read(const std::string& path) { return *ReadWholeFile(fs, path, 1 << 27); }
  void Write(const std::string& path, std::string_view content) {
    REQUIRE(WriteFileAtomically(fs, path, content, 0600).ok());
  }

  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  Context context{fs, clock, progress, 1};
  std::unique_ptr<wal::Log> log;
};

// Index and data of each entry, in the order of the log.
class Collect : public wal::LogVisitor {
 public:
  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace&) override {
    entries.emplace_back(entry.index.value, std::string(entry.data));
    return absl::OkStatus();
  }
  std::vector<std::pair<uint64_t, std::string>> entries;
};

}  // namespace cairn::offline
