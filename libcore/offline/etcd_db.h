// offline/etcd_db.h: whether a bolt database is etcd's, and whether some release of etcd starts on
// it: what a db says of itself besides its keys (formats.md, section 2).
#pragma once

#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

// OK for a db with etcd's bucket `key`. FailedPrecondition "PATH is a bolt database, but not
// etcd's: it has no bucket `key` (there are: …)", or, when other buckets are etcd's, that its keys
// are gone. A db with a membership alone, as `backup --with-v3=false` writes, passes; damage of the
// tree of buckets is left to those who check pages.
Status NeedEtcdDb(const DbFile& db);

// DbFile::Open and NeedEtcdDb.
StatusOr<DbFile> OpenEtcdDb(const Context& context, const std::string& path);

// Something in a db that keeps etcd from starting on it, or from what an operator expects of it.
struct StartProblem {
  std::string what;     // "bucket cluster: …"
  std::string meaning;  // which releases refuse it, and what to do
};

// Those of a db: no bucket `members` in one that 3.6 or newer has written (not looked for with
// `restores`: a restore makes it), a storage version, cluster version or downgrade that no release
// known here starts with. What real etcd 3.5 to 3.7 does with each is tried by
// tests/cli/test_foreign_db.py; 3.4 looks at none of it. Errors: those of reading the buckets.
StatusOr<std::vector<StartProblem>> FindStartProblems(bolt::ReadTx& tx, bool restores = false);

// FindStartProblems of a db that is about to be used, as "warning: PATH: WHAT (MEANING)"; none
// where the buckets can't be read, which other checks tell.
std::vector<std::string> StartWarnings(const DbFile& db, bool restores);

}  // namespace cairn::offline
