// offline/verify/v2_check.cc: see v2_check.h.
#include "offline/verify/v2_check.h"

#include <fmt/format.h>

#include "cluster/v2_request.h"
#include "offline/place.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_reader.h"

namespace cairn::offline {

namespace {

// Counts users' requests. An entry that replaces others was written by a newer leader; what it
// replaced was never committed, and a server never sees it.
class Finder : public wal::LogVisitor {
 public:
  Finder(V2StoreCheck& check, Progress& progress) : check_(check), progress_(progress) {}

  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace& place) override {
    const uint64_t index = entry.index.value;
    while (!found_.empty() && found_.back().index >= index) found_.pop_back();
    check_.log_entries = index - start_;
    bytes_ += entry.data.size();
    CAIRN_RETURN_IF_ERROR(progress_.Update(bytes_));
    if (entry.type != proto::EntryType::kNormal || entry.data.empty()) return absl::OkStatus();
    const auto traits = ReadRequestTraits(entry.data);
    if (!traits.ok()) {
      return Annotate(traits.status(), fmt::format("{}: offset {}: entry {}", place.path,
                                                   place.offset_bytes, index));
    }
    if (!traits->v2.has_value() || IsMembersOwn(*traits->v2)) return absl::OkStatus();
    std::string text;
    if (found_.empty()) {
      text = std::string(traits->v2->method);
      if (!traits->v2->path.empty()) text += fmt::format(" {}", traits->v2->path);
    }
    found_.push_back({index, std::move(text)});
    return absl::OkStatus();
  }

  void set_start(uint64_t start) { start_ = start; }

  void Finish() {
    check_.log_requests = found_.size();
    if (found_.empty()) return;
    check_.first_index = found_.front().index;
    check_.first_request = found_.front().text;
  }

 private:
  struct Found {
    uint64_t index;
    std::string text;  // of the first one
  };
  V2StoreCheck& check_;
  Progress& progress_;
  uint64_t start_ = 0;
  uint64_t bytes_ = 0;
  std::vector<Found> found_;
};

}  // namespace

StatusOr<V2StoreCheck> CheckV2Store(const Context& context, const std::string& data_dir,
                                    const std::string& wal_dir) {
  Fs& fs = context.fs;
  V2StoreCheck check;
  const auto found = FindLog(fs, data_dir, wal_dir);
  if (absl::IsNotFound(found.status()) && wal_dir.empty() && fs.List(WalDir(data_dir)).ok()) {
    check.no_log = Message(found.status());
    return check;
  }
  CAIRN_RETURN_IF_ERROR(found.status());
  const std::string& log_dir = *found;
  context.progress.Stage("reading the log", 0);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<proto::WalSnapshot> valid,
                         wal::ValidSnapshotEntries(fs, log_dir));
  CAIRN_ASSIGN_OR_RETURN(const snap::NewestSnap newest,
                         snap::LoadNewestSnap(fs, SnapDir(data_dir), valid));
  for (const snap::BrokenSnap& broken : newest.broken) {
    check.broken.emplace_back(Message(broken.problem));
  }
  wal::SnapshotPoint start;
  if (newest.snapshot.has_value()) {
    check.snap_path = newest.path;
    start = {newest.snapshot->index, newest.snapshot->term};
    const auto store = snap::ParseV2Store(newest.snapshot->data);
    if (!store.ok()) return Annotate(store.status(), newest.path);
    check.in_store = store->has_user_keys;
  }
  Finder finder(check, context.progress);
  finder.set_start(start.index.value);
  CAIRN_ASSIGN_OR_RETURN(const wal::LogSummary summary, wal::ReadLog(fs, log_dir, start, finder));
  if (summary.end == wal::SegmentEnd::kTornTail) check.torn = Message(summary.torn);
  finder.Finish();
  return check;
}

}  // namespace cairn::offline
