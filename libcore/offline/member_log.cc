// offline/member_log.cc: see member_log.h.
#include "offline/member_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/entry_versions.h"
#include "snap/snap_file.h"

namespace cairn::offline {

namespace {

// Reads entries into `log_`. An entry at or below an earlier index replaces what came from there
// on.
class Reader : public wal::LogVisitor {
 public:
  explicit Reader(MemberLog& log) : log_(log) {}

  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace& place) override {
    const uint64_t index = entry.index.value;
    if (index <= last_index_) {
      log_.changes.erase(log_.changes.lower_bound(index), log_.changes.end());
      log_.first_of_term.erase(log_.first_of_term.lower_bound(index), log_.first_of_term.end());
    }
    last_index_ = index;
    ++log_.entries;
    if (log_.first_of_term.empty() || log_.first_of_term.rbegin()->second != entry.term.value) {
      log_.first_of_term[index] = entry.term.value;
    }
    const auto annotate = [&](const Status& s) {
      return Annotate(
          s, fmt::format("{}: offset {}: entry {}", place.path, place.offset_bytes, index));
    };
    const auto version =
        cluster::MinimalVersionOfEntry(static_cast<uint64_t>(entry.type), entry.data);
    if (!version.ok()) return annotate(version.status());
    if (version->has_value() && (!log_.needs.has_value() || **version > *log_.needs)) {
      log_.needs = **version;
    }
    if (entry.type == proto::EntryType::kConfChange) {
      const auto change = proto::DecodeConfChange(entry.data);
      if (!change.ok()) return annotate(change.status());
      log_.changes[index] = {change->type, change->node_id.value};
    }
    return absl::OkStatus();
  }

 private:
  MemberLog& log_;
  uint64_t last_index_ = 0;
};

void Insert(std::vector<uint64_t>& ids, uint64_t id) {
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  if (at == ids.end() || *at != id) ids.insert(at, id);
}

}  // namespace

std::optional<uint64_t> MemberLog::TermAt(uint64_t index) const {
  if (index == start.index.value) return start.term.value;
  if (index < start.index.value || index > summary.last_index.value) return std::nullopt;
  const auto after = first_of_term.upper_bound(index);
  if (after == first_of_term.begin()) return std::nullopt;
  return std::prev(after)->second;
}

std::optional<proto::ConfState> MemberLog::MembersAt(uint64_t index) const {
  if (!initial.has_value() || index < start.index.value) return std::nullopt;
  proto::ConfState state = *initial;
  std::sort(state.voters.begin(), state.voters.end());
  std::sort(state.learners.begin(), state.learners.end());
  for (const auto& [at, change] : changes) {
    if (at > index) break;
    switch (change.type) {
      case proto::ConfChangeType::kAddNode:
        std::erase(state.learners, change.node);
        Insert(state.voters, change.node);
        break;
      case proto::ConfChangeType::kAddLearner:
        std::erase(state.voters, change.node);
        Insert(state.learners, change.node);
        break;
      case proto::ConfChangeType::kRemoveNode:
        std::erase(state.voters, change.node);
        std::erase(state.learners, change.node);
        break;
      case proto::ConfChangeType::kUpdateNode:
        break;
    }
  }
  return state;
}

StatusOr<MemberLog> ReadMemberLog(Fs& fs, const std::string& wal_dir, const std::string& snap_dir) {
  MemberLog log;
  CAIRN_ASSIGN_OR_RETURN(const std::vector<proto::WalSnapshot> snapshots,
                         wal::ValidSnapshotEntries(fs, wal_dir));
  if (!snapshots.empty()) {
    const proto::WalSnapshot& newest = snapshots.back();
    log.start = {newest.index, newest.term};
    if (newest.conf_state.has_value()) log.initial = *newest.conf_state;
  }
  if (log.start.index.value == 0) {
    log.initial = proto::ConfState();  // the first members are entries of the log
  } else if (!log.initial.has_value()) {
    const auto file = snap::ReadSnapFile(
        fs, JoinPath(snap_dir, snap::FormatSnapName({log.start.term, log.start.index})));
    if (file.ok()) log.initial = file->conf_state;
  }
  Reader reader(log);
  CAIRN_ASSIGN_OR_RETURN(log.summary, wal::ReadLog(fs, wal_dir, log.start, reader));
  return log;
}

}  // namespace cairn::offline
