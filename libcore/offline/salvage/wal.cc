// offline/salvage/wal.cc: see wal.h.
#include "offline/salvage/wal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/staged_output.h"
#include "cluster/consistent_index.h"
#include "mvcc/schema.h"
#include "wal/record_scan.h"

namespace cairn::offline {

namespace {

constexpr uint32_t kDirMode = 0700;
constexpr uint32_t kFileMode = 0600;

// Which segments go into the output, and how much of the last one.
struct Take {
  std::vector<wal::SegmentName> segments;
  std::optional<uint64_t> last_bytes;  // nothing: all of it
};

// Finds out where the parts of the log that are worth keeping begin: the first record after the
// head (crc, metadata, state) of each segment.
class FindBodies : public wal::LogVisitor {
 public:
  Status OnEntry(const proto::EntryView&, const wal::RecordPlace& place) override {
    return Note(place);
  }
  Status OnSnapshot(const proto::WalSnapshot&, const wal::RecordPlace& place) override {
    return Note(place);
  }
  // Paths of segments that hold more than their head.
  bool HasBody(const std::string& path) const {
    return std::find(paths_.begin(), paths_.end(), path) != paths_.end();
  }

 private:
  Status Note(const wal::RecordPlace& place) {
    if (paths_.empty() || paths_.back() != place.path) paths_.push_back(place.path);
    return absl::OkStatus();
  }
  std::vector<std::string> paths_;
};

std::string TrimSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Status Taken(const std::string& output) {
  return absl::AlreadyExistsError(fmt::format("{} exists: name a directory that doesn't", output));
}

Status CheckOutput(Fs& fs, const std::string& wal_dir, const std::string& output) {
  if (fs.LinkStat(output).ok()) return Taken(output);
  if (output.starts_with(wal_dir + "/")) {
    return absl::InvalidArgumentError(
        fmt::format("{} lies in the log that is to be salvaged", output));
  }
  return absl::OkStatus();
}

// The prefix that a server can open: a segment after the first one is only kept when it holds more
// than its head, since a server that begins with it needs all of the head.
StatusOr<Take> ChoosePrefix(const std::string& dir, const LogExtent& log,
                            const FindBodies& bodies) {
  if (log.metadata.empty() || !bodies.HasBody(log.PathOf(dir, 0))) {
    return absl::DataLossError(fmt::format(
        "{}; not even the head of the first segment is whole: there is no prefix to keep",
        log.damage.empty() ? log.torn : log.damage));
  }
  Take take;
  size_t last = log.end.segment;
  if (bodies.HasBody(log.PathOf(dir, last))) {
    take.last_bytes = log.end.offset;
  } else {
    --last;
  }
  take.segments.assign(log.segments.begin(),
                       log.segments.begin() + static_cast<ptrdiff_t>(last) + 1);
  return take;
}

Status CopySegment(const Context& context, const std::string& from, const std::string& to,
                   std::optional<uint64_t> bytes, uint64_t& done) {
  Fs& fs = context.fs;
  CAIRN_ASSIGN_OR_RETURN(const auto in, fs.Open(from, {}));
  CAIRN_ASSIGN_OR_RETURN(
      const auto out,
      fs.Open(to, {.write = true, .create = true, .exclusive = true, .mode = kFileMode}));
  CAIRN_ASSIGN_OR_RETURN(const FileStat stat, in->Stat());
  CAIRN_RETURN_IF_ERROR(out->TakeOwner(stat));
  const uint64_t size = stat.size;
  const uint64_t end = std::min(size, bytes.value_or(size));
  const uint64_t before = done;
  CAIRN_RETURN_IF_ERROR(CopyBytes(*in, *out, end, [&](uint64_t copied) {
    done = before + copied;
    return context.progress.Update(done);
  }));
  CAIRN_RETURN_IF_ERROR(out->Sync());
  return absl::OkStatus();
}

// Tells what stands after the damage.
class Rest {
 public:
  Rest(const Context& context, const std::string& dir, const LogExtent& log)
      : context_(context), dir_(dir), log_(log) {}

  Status Find(std::vector<SalvageWalRest>& found) {
    const bool damaged = !log_.damage.empty();
    if (!damaged && log_.torn.empty()) return absl::OkStatus();
    const LogPosition from = damaged ? log_.damage_at : log_.end;
    uint64_t total = 0;
    for (size_t i = from.segment; i < log_.segments.size(); ++i) {
      const auto stat = context_.fs.Stat(log_.PathOf(dir_, i));
      if (stat.ok()) total += stat->size;
    }
    context_.progress.Stage("looking after the damage", total);
    for (size_t i = from.segment; i < log_.segments.size(); ++i) {
      CAIRN_RETURN_IF_ERROR(FindIn(i, i == from.segment ? from.offset : 0, found));
    }
    return absl::OkStatus();
  }

 private:
  Status FindIn(size_t segment, uint64_t offset, std::vector<SalvageWalRest>& found) {
    const std::string path = log_.PathOf(dir_, segment);
    const auto file = context_.fs.Open(path, {});
    if (!file.ok()) return absl::OkStatus();  // the damage says so already
    CAIRN_ASSIGN_OR_RETURN(wal::RecordScan scan,
                           wal::RecordScan::Begin(**file, offset, context_.progress));
    while (true) {
      SalvageWalRest rest{.path = path};
      CAIRN_ASSIGN_OR_RETURN(
          const std::optional<wal::RecordRun> run,
          scan.Next([&](const wal::RecordView& record) { return Note(record, rest); }));
      if (!run.has_value()) return absl::OkStatus();
      rest.offset = run->offset_bytes;
      rest.records = run->records;
      found.push_back(rest);
      if (run->clean_end) {
        CAIRN_ASSIGN_OR_RETURN(const uint64_t size, (*file)->Size());
        if (run->end_bytes == size) return absl::OkStatus();
      }
    }
  }

  static Status Note(const wal::RecordView& record, SalvageWalRest& rest) {
    if (record.type != wal::RecordType::kEntry) return absl::OkStatus();
    const auto entry = proto::DecodeEntry(record.data);
    if (!entry.ok()) return absl::OkStatus();
    if (rest.entries == 0) rest.first_index = entry->index.value;
    ++rest.entries;
    rest.first_index = std::min(rest.first_index, entry->index.value);
    rest.last_index = entry->index.value;
    return absl::OkStatus();
  }

  const Context& context_;
  const std::string& dir_;
  const LogExtent& log_;
};

// The segments after the damage from the first one on from which the log is whole and covers a
// snapshot that a member can start from; none when there is no such.
StatusOr<Take> FindWholeRest(const Context& context, const std::string& dir, const LogExtent& log,
                             SalvageWalReport& report) {
  wal::NoVisitor ignore;
  for (size_t i = log.damage_at.segment + (log.damage_at.offset > 0 ? 1 : 0);
       i < log.segments.size(); ++i) {
    CAIRN_ASSIGN_OR_RETURN(const LogExtent part, WalkLog(context, dir, ignore, i));
    if (!part.damage.empty() || part.metadata.empty()) continue;
    const auto start = part.Start();
    if (!start.has_value()) continue;
    report.whole_from = part.PathOf(dir, 0);
    report.rest_start = start->index.value;
    return Take{part.segments, part.end.offset};
  }
  return Take();
}

void ReadConsistentIndex(const Context& context, const std::string& path,
                         SalvageWalReport& report) {
  const auto read = [&]() -> StatusOr<uint64_t> {
    CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Open(context, path));
    bolt::ReadTx tx = db.Read();
    CAIRN_ASSIGN_OR_RETURN(const std::optional<std::string> index,
                           tx.Get(mvcc::kMetaBucket, mvcc::kConsistentIndexKey));
    CAIRN_ASSIGN_OR_RETURN(const std::optional<std::string> term,
                           tx.Get(mvcc::kMetaBucket, mvcc::kTermKey));
    CAIRN_ASSIGN_OR_RETURN(const cluster::ConsistentIndex decoded,
                           cluster::DecodeConsistentIndex(index, term));
    return decoded.index.value;
  };
  const auto index = read();
  if (index.ok()) {
    report.consistent_index = *index;
  } else {
    report.db_problem = Message(NameFile(index.status(), path));
  }
}

// Builds the output beside its name, reads it again, and gives it its name.
Status Write(const Context& context, const std::string& dir, const std::string& output,
             const Take& take, SalvageWalReport& report) {
  Fs& fs = context.fs;
  LevelsAbove above(fs);
  CAIRN_RETURN_IF_ERROR(above.Make(DirName(output), kDirMode));
  CAIRN_ASSIGN_OR_RETURN(StagedDir staged, StagedDir::Create(fs, output, {.mode = kDirMode}));
  CAIRN_ASSIGN_OR_RETURN(const FileStat owner, fs.Stat(dir));
  CAIRN_RETURN_IF_ERROR(staged.handle().TakeOwner(owner));
  uint64_t total = 0;
  for (const wal::SegmentName& name : take.segments) {
    CAIRN_ASSIGN_OR_RETURN(const FileStat stat,
                           fs.Stat(JoinPath(dir, wal::FormatSegmentName(name))));
    total += stat.size;
  }
  context.progress.Stage("copying", total);
  uint64_t done = 0;
  for (const wal::SegmentName& name : take.segments) {
    const std::string file = wal::FormatSegmentName(name);
    const bool last = name == take.segments.back();
    CAIRN_RETURN_IF_ERROR(CopySegment(context, JoinPath(dir, file), JoinPath(staged.path(), file),
                                      last ? take.last_bytes : std::nullopt, done));
  }
  wal::NoVisitor ignore;
  CAIRN_ASSIGN_OR_RETURN(report.written, WalkLog(context, staged.path(), ignore));
  if (!report.written.whole()) {
    return absl::DataLossError(
        fmt::format("what was written is not whole: {}{}: {} changes while it is read; stop its "
                    "member first",
                    report.written.damage, report.written.torn, dir));
  }
  CAIRN_RETURN_IF_ERROR(fs.SyncDir(staged.path()));
  const Status placed = staged.Place(Placing::kNew);
  if (absl::IsAlreadyExists(placed)) return Taken(output);
  CAIRN_RETURN_IF_ERROR(placed);
  staged.Keep();
  above.Keep();
  return absl::OkStatus();
}

}  // namespace

uint64_t SalvageWalReport::LastIndex() const {
  uint64_t last = written.last_index;
  for (const proto::WalSnapshot& snapshot : written.snapshots) {
    last = std::max(last, snapshot.index.value);
  }
  return last;
}

StatusOr<SalvageWalReport> SalvageWal(const Context& context, const SalvageWalOptions& options) {
  const std::string dir = TrimSlashes(options.wal_dir);
  const std::string output = TrimSlashes(options.output);
  CAIRN_RETURN_IF_ERROR(CheckOutput(context.fs, dir, output));
  SalvageWalReport report;
  FindBodies bodies;
  CAIRN_ASSIGN_OR_RETURN(report.input, WalkLog(context, dir, bodies));
  const LogExtent& log = report.input;
  CAIRN_RETURN_IF_ERROR(Rest(context, dir, log).Find(report.rest));
  Take take;
  if (!log.damage.empty()) {
    report.damage_path = log.PathOf(dir, log.damage_at.segment);
    CAIRN_ASSIGN_OR_RETURN(take, FindWholeRest(context, dir, log, report));
  }
  if (options.db.has_value()) ReadConsistentIndex(context, *options.db, report);
  if (!options.behind_damage) {
    CAIRN_ASSIGN_OR_RETURN(take, ChoosePrefix(dir, log, bodies));
  } else if (take.segments.empty()) {
    return absl::FailedPreconditionError(
        log.damage.empty()
            ? fmt::format("{} is not damaged: there is nothing after damage", dir)
            : fmt::format("{}; after that no log begins that is whole up to its end and covers a "
                          "snapshot",
                          log.damage));
  }
  CAIRN_RETURN_IF_ERROR(Write(context, dir, output, take, report));
  report.segments = take.segments.size();
  for (const wal::SegmentName& name : log.segments) {
    if (std::find(take.segments.begin(), take.segments.end(), name) == take.segments.end()) {
      report.left_out.push_back(wal::FormatSegmentName(name));
    }
  }
  return report;
}

}  // namespace cairn::offline
