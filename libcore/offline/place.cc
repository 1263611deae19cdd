// offline/place.cc: see place.h.
#include "offline/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "offline/db_file.h"
#include "wal/segment_name.h"

namespace cairn::offline {

namespace {

// Whether there is a `type` at `path`. Only what is not there counts as missing: a name that may
// not be looked up is an error.
StatusOr<bool> Is(Fs& fs, const std::string& path, FileType type) {
  const auto stat = fs.Stat(path);
  if (absl::IsNotFound(stat.status())) return false;
  CAIRN_RETURN_IF_ERROR(stat.status());
  return stat->type == type;
}

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// What DIR/member, or a directory that looks like one, holds.
Status FindParts(Fs& fs, const std::string& member, Place& place) {
  const auto find = [&fs](const std::string& path, FileType type,
                          std::optional<std::string>& part) -> Status {
    CAIRN_ASSIGN_OR_RETURN(const bool there, Is(fs, path, type));
    if (there) part = path;
    return absl::OkStatus();
  };
  const std::string snap_dir = JoinPath(member, "snap");
  CAIRN_RETURN_IF_ERROR(find(snap_dir, FileType::kDirectory, place.snap_dir));
  CAIRN_RETURN_IF_ERROR(find(JoinPath(member, "wal"), FileType::kDirectory, place.wal_dir));
  return find(JoinPath(snap_dir, "db"), FileType::kRegular, place.db);
}

// Whether a segment of a log lies in `dir`; NotFound when there is no such directory.
StatusOr<bool> HoldsLog(Fs& fs, const std::string& dir) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(dir));
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return wal::ParseSegmentName(name).has_value();
  });
}

// What is there instead, for a part that is missing.
std::string Found(const Place& place) {
  std::string text;
  const auto add = [&text](const char* what, const std::optional<std::string>& path) {
    if (!path.has_value()) return;
    text += text.empty() ? "found: " : ", ";
    text += fmt::format("{} {}", what, *path);
  };
  add("a db", place.db);
  add("a log", place.wal_dir);
  add(".snap files in", place.snap_dir);
  return text.empty() ? "nothing of a member is in it" : text;
}

StatusOr<std::string> Need(const Place& place, const std::optional<std::string>& part,
                           const char* what, const char* where) {
  if (part.has_value()) return *part;
  return absl::InvalidArgumentError(
      fmt::format("{} holds no {} ({}; {})", place.path, what, where, Found(place)));
}

}  // namespace

StatusOr<Place> FindPlace(Fs& fs, const std::string& path) {
  Place place;
  place.path = WithoutSlashes(path);
  CAIRN_ASSIGN_OR_RETURN(const FileStat stat, fs.Stat(place.path));
  if (stat.type == FileType::kRegular) {
    place.db = place.path;
    return place;
  }
  if (stat.type != FileType::kDirectory) {
    return absl::InvalidArgumentError(
        fmt::format("{} is neither a file nor a directory", place.path));
  }
  const std::string member = JoinPath(place.path, "member");
  CAIRN_ASSIGN_OR_RETURN(place.data_dir, Is(fs, member, FileType::kDirectory));
  if (place.data_dir) {
    CAIRN_RETURN_IF_ERROR(FindParts(fs, member, place));
    return place;
  }
  CAIRN_RETURN_IF_ERROR(FindParts(fs, place.path, place));
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(place.path));
  const auto holds = [&names](std::string_view ending) {
    return std::any_of(names.begin(), names.end(), [ending](const std::string& name) {
      return name.size() > ending.size() && name.ends_with(ending);
    });
  };
  if (!place.wal_dir.has_value() && holds(".wal")) place.wal_dir = place.path;
  if (!place.db.has_value()) {
    const std::string db = JoinPath(place.path, "db");
    CAIRN_ASSIGN_OR_RETURN(const bool there, Is(fs, db, FileType::kRegular));
    if (there) place.db = db;
  }
  if (!place.snap_dir.has_value() && (holds(".snap") || place.db.has_value())) {
    place.snap_dir = place.path;
  }
  if (place.db.has_value() || place.wal_dir.has_value() || place.snap_dir.has_value()) {
    return place;
  }
  return absl::InvalidArgumentError(fmt::format(
      "{} is not a data directory (member/), and no log (*.wal), .snap file or db lies in it",
      place.path));
}

StatusOr<std::string> FindDataDir(Fs& fs, const std::string& path) {
  const std::string dir = WithoutSlashes(path);
  CAIRN_RETURN_IF_ERROR(fs.Stat(dir).status());
  CAIRN_ASSIGN_OR_RETURN(const bool is_data_dir,
                         Is(fs, JoinPath(dir, "member"), FileType::kDirectory));
  if (is_data_dir) return dir;
  // DIR/member is taken for DIR, as it is easily named by mistake.
  CAIRN_ASSIGN_OR_RETURN(const bool is_member, Is(fs, JoinPath(dir, "snap"), FileType::kDirectory));
  if (is_member && BaseName(dir) == "member") return DirName(dir);
  return absl::NotFoundError(fmt::format(
      "{}: no data directory (it has no member/snap/db); name a data directory or a file", path));
}

StatusOr<std::string> FindLog(Fs& fs, const std::string& data_dir, const std::string& wal_dir) {
  const std::string dir = WithoutSlashes(wal_dir.empty() ? WalDir(data_dir) : wal_dir);
  const auto found = HoldsLog(fs, dir);
  if (absl::IsNotFound(found.status()) || (found.ok() && !*found)) {
    if (wal_dir.empty()) {
      return absl::NotFoundError(fmt::format("no log under {}: is it elsewhere (--wal-dir)?", dir));
    }
    std::string text = fmt::format("no log under {} (--wal-dir): no *.wal file lies there", dir);
    for (const char* below : {"wal", "member/wal"}) {
      if (const std::string other = JoinPath(dir, below); HoldsLog(fs, other).value_or(false)) {
        text += fmt::format("; one lies in {}", other);
      }
    }
    return absl::NotFoundError(text);
  }
  CAIRN_RETURN_IF_ERROR(found.status());
  CAIRN_ASSIGN_OR_RETURN(const std::vector<wal::SegmentName> segments, wal::ListSegments(fs, dir));
  for (const wal::SegmentName& segment : segments) {
    CAIRN_RETURN_IF_ERROR(fs.Open(JoinPath(dir, wal::FormatSegmentName(segment)), {}).status());
  }
  return dir;
}

StatusOr<std::string> NeedDb(const Place& place) {
  return Need(place, place.db, "db", "a db file or snapshot, or member/snap/db");
}

StatusOr<std::string> NeedLog(Fs& fs, const Place& place, const std::string& wal_dir) {
  if (!wal_dir.empty()) {
    if (place.wal_dir == place.path) {
      return absl::InvalidArgumentError(fmt::format(
          "{} is the directory of a log itself: --wal-dir can't stand beside it", place.path));
    }
    return FindLog(fs, place.path, wal_dir);
  }
  if (place.data_dir) return FindLog(fs, place.path, "");
  return Need(place, place.wal_dir, "log", "member/wal, or a directory with *.wal");
}

StatusOr<std::string> NeedSnapDir(const Place& place) {
  return Need(place, place.snap_dir, ".snap files", "member/snap, or a directory with *.snap");
}

}  // namespace cairn::offline
