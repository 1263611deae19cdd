// offline/verify/verify.h: `verify`: everything that can be checked of a snapshot, a db file or a
// data directory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

// One fault, as an operator needs it.
struct VerifyFault {
  std::string file;
  std::optional<uint64_t> offset;  // bytes from the start of the file, where one place is to blame
  std::string what;                // what is wrong
  std::string meaning;             // what it means and what to do
};

// The outcome of one check.
struct Verdict {
  std::string check;  // "digest", "meta", "pages", …
  bool ok = true;
  std::string summary;  // what was found, one line
  std::vector<VerifyFault> faults;
};

struct VerifyReport {
  std::string path;
  std::vector<Verdict> verdicts;
  bool whole() const {
    for (const Verdict& verdict : verdicts) {
      if (!verdict.ok) return false;
    }
    return true;
  }
};

// Checks what `path` is: a data directory (it has member/), or a snapshot or db file. `wal_dir` is
// where the log lies when it isn't in the data directory; empty: DIR/member/wal. Nothing is
// changed. A fault is a part of the report, never an error; errors are what can't be read or isn't
// there (no verdict is given about such), an interrupt, a file in use.
StatusOr<VerifyReport> Verify(const Context& context, const std::string& path,
                              const std::string& wal_dir = "");

// The parts, in the order in which Verify runs them.
//
// Of a db file: digest, meta pages, pages, revisions and index, leases, auth, membership records.
// False when the file is so broken that later checks can't be made.
struct DbFacts {
  uint64_t consistent_index = 0;
  uint64_t term = 0;
  std::vector<uint64_t> members;  // ids of bucket `members`, ascending
  bool has_members = false;
};
StatusOr<std::optional<DbFacts>> VerifyDb(const Context& context, const std::string& path,
                                          VerifyReport& report);
// Of a data directory: the log, which lies in `wal_dir` (FindLog), the `.snap` files, and whether
// they agree with the db. `db` is nothing when the db could not be read.
Status VerifyMember(const Context& context, const std::string& data_dir, const std::string& wal_dir,
                    const std::optional<DbFacts>& db, VerifyReport& report);

}  // namespace cairn::offline
