// offline/restore/backup.h: `backup`, as etcdutl had it up to 3.5: a copy of a member that begins a
// cluster of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/strong.h"
#include "offline/db_file.h"

namespace cairn::offline {

struct BackupOptions {
  std::string data_dir;
  std::string wal_dir;  // empty: DATA_DIR/member/wal
  std::string backup_dir;
  std::string backup_wal_dir;  // empty: BACKUP_DIR/member/wal
  bool with_v3 = true;         // the keys of the v3 API too
  uint64_t seed = 1;           // of the new ids
};

struct BackupResult {
  MemberId member;
  ClusterId cluster;
  uint64_t snapshot_index = 0;  // the log begins after it
  uint64_t entries = 0;         // in the log
  uint64_t blanked = 0;         // of them, without their content
  uint64_t commit = 0;
  int64_t revision = 0;              // of the db; 0 without v3
  std::string torn;                  // a torn last write, which is left out
  std::vector<std::string> skipped;  // `.snap` files that can't be read, with the reason
};

// Copies the `.snap` file that a server would start from, the log after it and the db to a new
// directory, for a start with --force-new-cluster. The copy has a member and a cluster id of its
// own, so that it can't take its original's place in the old cluster: what the old members
// published of themselves is replaced in `.snap` and db, and entries of the log that say it are
// blanked, keeping their index and term. Without v3 the db is new and empty, and the log keeps the
// v2 API's entries alone.
//
// The directory appears whole or not at all; the member is only read. Every page of the db is
// checked. Errors: AlreadyExists when there is something at the new places; FailedPrecondition when
// db and log don't fit together; those of wal::ReadLog, DbFile::Open.
StatusOr<BackupResult> Backup(const Context& context, const BackupOptions& options);

}  // namespace cairn::offline
