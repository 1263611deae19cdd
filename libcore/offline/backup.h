// offline/backup.h: `backup` and `check v2store`, as etcdutl 3.5 had them, for members that still
// have a v2 store.
#pragma once

#include <string>

#include "offline/db_file.h"

namespace cairn::offline {

struct BackupOptions {
  std::string data_dir;
  std::string wal_dir;  // empty: DATA_DIR/member/wal
  std::string backup_dir;
  std::string backup_wal_dir;  // empty: BACKUP_DIR/member/wal
  bool with_v3 = true;         // the db too
};

struct BackupResult {
  MemberId member;  // new ids, so that the backup can't join the cluster that it is from
  ClusterId cluster;
  uint64_t index = 0;  // of the snapshot that it begins with
  uint64_t entries = 0;
};

// Copies the newest `.snap` file, the log behind it and (with_v3) the db to a new directory, under
// ids of its own and without the membership: to be started with --force-new-cluster. Appears whole
// or not at all; the member is only read.
StatusOr<BackupResult> Backup(const Context& context, const BackupOptions& options);

struct V2StoreCheck {
  bool custom_content = false;
  std::string snap_path;      // the `.snap` file that was looked at; empty: there is none
  uint64_t log_requests = 0;  // writes by the v2 API in the log behind it
};

// Whether users keep keys by the v2 API, on which 3.6 and later refuse to start.
StatusOr<V2StoreCheck> CheckV2Store(const Context& context, const std::string& data_dir,
                                    const std::string& wal_dir);

}  // namespace cairn::offline
