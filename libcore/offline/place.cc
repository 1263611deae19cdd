// offline/place.cc: see place.h.
#include "offline/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace cairn::offline {

namespace {

bool Is(Fs& fs, const std::string& path, FileType type) {
  const auto stat = fs.Stat(path);
  return stat.ok() && stat->type == type;
}

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// What DIR/member, or a directory that looks like one, holds.
void FindParts(Fs& fs, const std::string& member, Place& place) {
  const std::string snap_dir = JoinPath(member, "snap");
  const std::string wal_dir = JoinPath(member, "wal");
  if (Is(fs, snap_dir, FileType::kDirectory)) place.snap_dir = snap_dir;
  if (Is(fs, wal_dir, FileType::kDirectory)) place.wal_dir = wal_dir;
  if (const std::string db = JoinPath(snap_dir, "db"); Is(fs, db, FileType::kRegular)) {
    place.db = db;
  }
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
  if (Is(fs, member, FileType::kDirectory)) {
    place.data_dir = true;
    FindParts(fs, member, place);
    return place;
  }
  FindParts(fs, place.path, place);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(place.path));
  const auto holds = [&names](std::string_view ending) {
    return std::any_of(names.begin(), names.end(), [ending](const std::string& name) {
      return name.size() > ending.size() && name.ends_with(ending);
    });
  };
  if (!place.wal_dir.has_value() && holds(".wal")) place.wal_dir = place.path;
  if (!place.db.has_value()) {
    if (std::string db = JoinPath(place.path, "db"); Is(fs, db, FileType::kRegular)) place.db = db;
  }
  if (!place.snap_dir.has_value() && (holds(".snap") || place.db.has_value())) {
    place.snap_dir = place.path;
  }
  if (place.db.has_value() || place.wal_dir.has_value() || place.snap_dir.has_value()) {
    return place;
  }
  return absl::InvalidArgumentError(fmt::format(
      "{} is no data directory (member/), and no log (*.wal), .snap file or db lies in it",
      place.path));
}

StatusOr<std::string> NeedDb(const Place& place) {
  return Need(place, place.db, "db", "a db file or snapshot, or member/snap/db");
}

StatusOr<std::string> NeedWalDir(const Place& place) {
  return Need(place, place.wal_dir, "log", "member/wal, or a directory with *.wal");
}

StatusOr<std::string> NeedSnapDir(const Place& place) {
  return Need(place, place.snap_dir, ".snap files", "member/snap, or a directory with *.snap");
}

}  // namespace cairn::offline
