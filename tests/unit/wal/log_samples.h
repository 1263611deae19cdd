// tests/unit/wal/log_samples.h: small logs for the WAL tests.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/fs.h"
#include "wal/log_reader.h"
#include "wal/log_writer.h"

namespace cairn::wal {

inline const std::string kSampleMetadata = "\x08\x07\x10\x09";

inline std::string SampleData(uint64_t index, size_t bytes) {
  std::string data = "entry " + std::to_string(index) + ":";
  while (data.size() < bytes) data += static_cast<char>('a' + (index + data.size()) % 26);
  return data;
}

inline Status AppendOne(Log& log, uint64_t index, uint64_t term = 1, size_t bytes = 40) {
  const std::string data = SampleData(index, bytes);
  const proto::EntryView entry{.term = Term(term), .index = RaftIndex(index), .data = data};
  return log.Append({&entry, 1}, {.term = Term(term), .commit = RaftIndex(index - 1)});
}

// What ReadLog or Open shows, as (term, index) pairs in force.
struct ReadBack {
  LogSummary summary;
  std::vector<EntryCollector::Entry> entries;
};

inline StatusOr<ReadBack> ReadAll(Fs& fs, const std::string& dir, SnapshotPoint start = {}) {
  EntryCollector collector;
  CAIRN_ASSIGN_OR_RETURN(LogSummary summary, ReadLog(fs, dir, start, collector));
  return ReadBack{.summary = std::move(summary), .entries = std::move(collector.entries())};
}

inline StatusOr<std::unique_ptr<Log>> Reopen(Fs& fs, const std::string& dir,
                                             const LogOptions& options) {
  NoVisitor visitor;
  CAIRN_ASSIGN_OR_RETURN(Log::Opened opened, Log::Open(fs, dir, {}, visitor, options));
  return std::move(opened.log);
}

// OK, or the message of what failed; for REQUIRE_MESSAGE and friends.
#define CAIRN_REQUIRE_OK(expr)                                                 \
  do {                                                                         \
    const ::cairn::Status cairn_require_status = (expr);                       \
    REQUIRE_MESSAGE(cairn_require_status.ok(), Message(cairn_require_status)); \
  } while (false)

}  // namespace cairn::wal
