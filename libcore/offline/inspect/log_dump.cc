// offline/inspect/log_dump.cc: see log_dump.h.
#include "offline/inspect/log_dump.h"

namespace cairn::offline {

namespace {

// Entries that follow one another, in the log and by index.
struct Run {
  uint64_t first_ordinal = 0;  // the n-th entry of the log
  uint64_t first_index = 0;
  uint64_t entries = 0;
};

// First walk: which entries are in force at the end.
class FindRuns : public wal::LogVisitor {
 public:
  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace&) override {
    const uint64_t index = entry.index.value;
    while (!runs_.empty() && runs_.back().first_index >= index) runs_.pop_back();
    bool follows = false;
    if (!runs_.empty()) {
      Run& last = runs_.back();
      last.entries = std::min(last.entries, index - last.first_index);
      follows =
          last.first_index + last.entries == index && last.first_ordinal + last.entries == ordinal_;
    }
    if (follows) {
      ++runs_.back().entries;
    } else {
      runs_.push_back({ordinal_, index, 1});
    }
    ++ordinal_;
    return absl::OkStatus();
  }

  // By ordinal.
  const std::vector<Run>& runs() const { return runs_; }
  uint64_t entries() const { return ordinal_; }

 private:
  std::vector<Run> runs_;
  uint64_t ordinal_ = 0;
};

// Second walk: gives what was asked for.
class Show : public wal::LogVisitor {
 public:
  Show(const FindRuns& found, const LogDumpOptions& options, const EntryVisitor& visit,
       LogDumpSummary& summary)
      : found_(found), options_(options), visit_(visit), summary_(summary) {}

  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace& place) override {
    const uint64_t ordinal = ordinal_++;
    // What a running member has appended since the first walk.
    if (ordinal >= found_.entries()) return Enough();
    const bool overwritten = !InForce(ordinal);
    if (overwritten && !options_.overwritten) return absl::OkStatus();
    if (!Asked(entry.index.value, options_.first_index, options_.last_index) ||
        !Asked(entry.term.value, options_.first_term, options_.last_term)) {
      return absl::OkStatus();
    }
    decoder_.Decode(entry, decoded_);
    if (!options_.kinds.empty() && !options_.kinds.contains(decoded_.kind)) return absl::OkStatus();
    decoded_.path = place.path;
    decoded_.offset = place.offset_bytes;
    decoded_.overwritten = overwritten;
    CAIRN_RETURN_IF_ERROR(visit_(decoded_));
    ++summary_.shown;
    auto total = summary_.kinds.find(decoded_.kind);
    if (total == summary_.kinds.end()) {
      total = summary_.kinds.emplace(decoded_.kind, LogDumpSummary::KindTotal()).first;
    }
    ++total->second.entries;
    total->second.bytes += decoded_.data_bytes;
    return summary_.shown == options_.limit ? Enough() : absl::OkStatus();
  }

  bool enough() const { return enough_; }

 private:
  Status Enough() {
    enough_ = true;
    return absl::OutOfRangeError("enough");
  }

  // Ordinals only grow.
  bool InForce(uint64_t ordinal) {
    const auto& runs = found_.runs();
    while (run_ < runs.size() && runs[run_].first_ordinal + runs[run_].entries <= ordinal) ++run_;
    return run_ < runs.size() && runs[run_].first_ordinal <= ordinal;
  }

  static bool Asked(uint64_t value, const std::optional<uint64_t>& first,
                    const std::optional<uint64_t>& last) {
    return value >= first.value_or(0) && value <= last.value_or(UINT64_MAX);
  }

  const FindRuns& found_;
  const LogDumpOptions& options_;
  const EntryVisitor& visit_;
  LogDumpSummary& summary_;
  EntryDecoder decoder_;
  DecodedEntry decoded_;
  uint64_t ordinal_ = 0;
  size_t run_ = 0;
  bool enough_ = false;
};

}  // namespace

StatusOr<LogDumpSummary> DumpLog(const Context& context, const std::string& wal_dir,
                                 const LogDumpOptions& options, const EntryVisitor& visit) {
  LogDumpSummary summary;
  summary.dir = wal_dir;
  FindRuns found;
  CAIRN_ASSIGN_OR_RETURN(summary.log, WalkLog(context, wal_dir, found));
  uint64_t in_force = 0;
  for (const Run& run : found.runs()) in_force += run.entries;
  summary.overwritten = found.entries() - in_force;
  Show show(found, options, visit, summary);
  if (const auto walked = WalkLog(context, wal_dir, show); !walked.ok() && !show.enough()) {
    return walked.status();
  }
  return summary;
}

}  // namespace cairn::offline
