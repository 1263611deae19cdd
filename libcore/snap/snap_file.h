// snap/snap_file.h: the `.snap` files of a member: a raft snapshot's index, term and conf state
// with the membership as v2-store JSON (formats.md, section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/status.h"
#include "base/strong.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"

namespace cairn::snap {

// No `.snap` file is longer; it holds the members, and with 3.4 what users kept by the v2 API.
inline constexpr uint64_t kMaxSnapFileBytes = 256u << 20;

// `%016x-%016x.snap`. Ordered as the names are: by term, then index.
struct SnapName {
  Term term;
  RaftIndex index;

  friend auto operator<=>(const SnapName&, const SnapName&) = default;
};

std::string FormatSnapName(const SnapName& name);
// Nothing when `name` isn't a `.snap` file's.
std::optional<SnapName> ParseSnapName(std::string_view name);

// What a `.snap` file holds: raftpb.Snapshot.
struct SnapFile {
  std::string data;  // v2-store JSON, see v2_store.h
  proto::ConfState conf_state;
  RaftIndex index;
  Term term;
};

// The file at `path`. DataLoss when it is empty, cut or its crc is wrong ("snap: crc mismatch").
StatusOr<SnapFile> ReadSnapFile(Fs& fs, const std::string& path);

// Writes `dir`/TERM-INDEX.snap, which appears whole and durable or not at all, and returns its
// path. A file is only valid once the WAL has a record of the snapshot. InvalidArgument for index
// 0.
StatusOr<std::string> WriteSnapFile(Fs& fs, const std::string& dir,
                                    const proto::SnapshotView& snapshot);

// The `.snap` names in `dir`, newest first. Other files are passed over.
StatusOr<std::vector<SnapName>> ListSnapFiles(Fs& fs, const std::string& dir);

// A file that couldn't be understood, and why.
struct BrokenSnap {
  std::string path;
  Status problem;
};

struct NewestSnap {
  std::string path;
  std::optional<SnapFile> snapshot;  // nothing when no file fits
  std::vector<BrokenSnap> broken;    // met on the way, left where they are
};

// The newest snapshot in `dir` that the log knows of: one whose term and index are among `valid`
// (wal::ValidSnapshotEntries). Files without a record are orphans of a crash and are passed over.
StatusOr<NewestSnap> LoadNewestSnap(Fs& fs, const std::string& dir,
                                    std::span<const proto::WalSnapshot> valid);

// Renames a broken file to `path`.broken, durably, so that the next boot doesn't meet it again.
Status SetAside(Fs& fs, const std::string& path);

}  // namespace cairn::snap
