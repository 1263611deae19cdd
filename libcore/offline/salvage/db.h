// offline/salvage/db.h: `salvage`: everything that is still readable in a damaged db, as a new and
// valid one.
//
// Sources, the most trusted first: the tree of the newest intact meta; the tree of the other one
// (one transaction older, and whole, since its pages are not written again before the next but one
// transaction); older roots that a scan of the file finds among its orphaned pages, those that no
// tree reaches; orphaned leaves of the key bucket. An older source only fills what all newer ones
// lost. Of an orphaned leaf only what no compaction has removed is accepted: the rule and its truth
// table are in offline/salvage/evidence.h.
//
// The passes: input.h (metas, single pages) - roots.h (trees of buckets; scan.h: all pages) -
// keys.h and small.h (each bucket by way of tree.h: rows of where its records are, and what is
// lost) - write.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

struct SalvageOptions {
  std::string input;   // a db file, a snapshot, or a data directory
  std::string output;  // must not exist; gets a digest, so that `snapshot restore` takes it
  // Also what is doubtful: unverified records (found only in orphaned pages, and a compaction may
  // have removed them: live ones at or below the compacted revision, any where that is lost), and
  // values that hold a whole page of zeros. Without it they are left out, the former counted, the
  // latter reported as lost.
  bool doubtful = false;
};

// A part of a bucket that nothing could fill.
struct SalvageLoss {
  std::string bucket;       // empty: the tree of buckets itself
  std::string first, last;  // keys: at least first, below last; empty last: to the end
  // In bucket `key`: the revisions that may have stood there; no last one: to the end.
  std::optional<int64_t> first_revision, last_revision;
  uint64_t page = 0;
  std::string why;
};

struct SalvageBucket {
  std::string name;
  uint64_t from_newest = 0;  // records, by where they came from
  uint64_t from_older = 0;
  uint64_t from_orphans = 0;
  uint64_t doubtful = 0;  // left out, unless asked for
};

struct SalvageReport {
  std::string input;
  // Which meta the newest tree came from ("meta 1, transaction 42"), or which page.
  std::string base;
  std::vector<std::string> problems;  // metas and pages that could not be read, and the digest
  std::vector<SalvageBucket> buckets;
  std::vector<SalvageLoss> losses;
  int64_t revision = 0;  // of the output
  int64_t compact_revision = -1;
  uint64_t live_keys = 0;
  uint64_t output_bytes = 0;
  // Nothing was lost: each record of the newest state stands in the output.
  bool complete = false;

  // Which keys a lost range held is not known, nor which of those in the output had a newer value
  // there: `losses` says which revisions are missing.
};

// The input is opened read-only and never changed; its pages are checked one by one. The output
// appears whole or not at all. DataLoss when not a single record could be read; AlreadyExists for
// an output that exists. Memory: 64 bytes a record of the newest tree, and when something is lost
// also of older trees and of orphaned leaves; no values.
StatusOr<SalvageReport> SalvageDb(const Context& context, const SalvageOptions& options);

}  // namespace cairn::offline
