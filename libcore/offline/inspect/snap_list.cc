// offline/inspect/snap_list.cc: see snap_list.h.
#include "offline/inspect/snap_list.h"

#include <fmt/format.h>

#include "offline/log_walk.h"

namespace cairn::offline {

namespace {

using Record = SnapInfo::Record;

SnapInfo ReadSnap(Fs& fs, const std::string& path, uint64_t size) {
  SnapInfo info;
  info.name = BaseName(path);
  info.size = size;
  const auto name = snap::ParseSnapName(info.name);
  if (name.has_value()) {
    info.term = name->term.value;
    info.index = name->index.value;
  }
  const auto file = snap::ReadSnapFile(fs, path);
  if (!file.ok()) {
    info.problem = Message(file.status());
    return info;
  }
  info.readable = true;
  info.term = file->term.value;
  info.index = file->index.value;
  info.conf_state = file->conf_state;
  if (name.has_value() && (name->term != file->term || name->index != file->index)) {
    info.problem =
        fmt::format("{}: its name says term {}, index {}, its content term {}, index {}", path,
                    name->term.value, name->index.value, info.term, info.index);
  }
  const auto store = snap::ParseV2Store(file->data);
  if (!store.ok()) {
    info.store_problem = Message(store.status());
    return info;
  }
  info.membership = store->membership;
  info.has_user_keys = store->has_user_keys;
  return info;
}

bool IsNumber(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

std::string WhatIs(std::string_view name) {
  constexpr std::string_view kHex = "0123456789abcdef", kDecimal = "0123456789";
  if (name == "db") return "the db";
  if (name.ends_with(".broken")) return "set aside by a server that could not read it";
  if (name.ends_with(".snap.db") && name.size() == 24 && IsNumber(name.substr(0, 16), kHex)) {
    return "a db received from a leader, not yet taken over";
  }
  if (name.starts_with("tmp") && IsNumber(name.substr(3), kDecimal)) {
    return "left by a receive that did not end";
  }
  if (name.starts_with("db.tmp.")) return "left by a defragmentation that did not end";
  return "unknown";
}

// The log's records of snapshots.
class Records {
 public:
  Records(const Context& context, const std::string& wal_dir) {
    wal::NoVisitor ignore;
    auto log = WalkLog(context, wal_dir, ignore);
    if (!log.ok()) {
      status_ = log.status();
      return;
    }
    log_ = *std::move(log);
  }

  // Not OK for an interrupt, and where there is no log at all.
  const Status& status() const { return status_; }
  const std::string& damage() const { return log_.damage; }

  Record Of(const SnapInfo& info) const {
    Record found = log_.damage.empty() ? Record::kNone : Record::kUnknown;
    for (const proto::WalSnapshot& record : log_.snapshots) {
      if (record.index.value != info.index || record.term.value != info.term) continue;
      found = record.index <= log_.hard_state.commit ? Record::kCommitted : Record::kUncommitted;
    }
    return found;
  }

 private:
  Status status_;
  LogExtent log_;
};

}  // namespace

StatusOr<SnapListing> ListSnaps(const Context& context, const std::string& snap_dir,
                                const std::optional<std::string>& wal_dir) {
  Fs& fs = context.fs;
  SnapListing listing;
  listing.dir = snap_dir;
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(snap_dir));
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const std::string path = JoinPath(snap_dir, *name);
    CAIRN_ASSIGN_OR_RETURN(const FileStat stat, fs.Stat(path));
    if (name->ends_with(".snap")) {
      listing.files.push_back(ReadSnap(fs, path, stat.size));
      if (!snap::ParseSnapName(*name).has_value() && listing.files.back().problem.empty()) {
        listing.files.back().problem = fmt::format("{}: a name that no server gives", path);
      }
    } else {
      listing.others.push_back({*name, stat.size, WhatIs(*name)});
    }
  }
  if (!wal_dir.has_value()) return listing;
  const Records records(context, *wal_dir);
  if (absl::IsCancelled(records.status())) return records.status();
  if (!records.status().ok()) {
    listing.log_problem = Message(records.status());
    return listing;
  }
  listing.log_problem = records.damage();
  for (SnapInfo& info : listing.files) {
    info.record = records.Of(info);
    if (info.readable && info.record == Record::kCommitted && listing.starts_from.empty()) {
      listing.starts_from = info.name;
    }
  }
  return listing;
}

StatusOr<SnapListing> ReadOneSnap(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const FileStat stat, context.fs.Stat(path));
  SnapListing listing;
  listing.dir = DirName(path);
  listing.files.push_back(ReadSnap(context.fs, path, stat.size));
  return listing;
}

}  // namespace cairn::offline
