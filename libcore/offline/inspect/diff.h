// offline/inspect/diff.h: what changed between two snapshots, by prefix and by key.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

enum class ChangeKind { kAdded, kRemoved, kModified };

struct KeyChange {
  ChangeKind kind = ChangeKind::kModified;
  std::string_view key;                             // valid during the call
  int64_t before_revision = 0, after_revision = 0;  // mod revisions; 0 where the key is not
  // Puts and deletions of the key in between: exact unless it was deleted meanwhile and a
  // compaction has taken the records away; then at least so many. 0 for files of two clusters.
  int64_t writes = 0;
  uint64_t before_bytes = 0, after_bytes = 0;  // of the value
  bool same_value = false;                     // written anew with the same bytes
};

struct DiffRow {
  std::string prefix;
  uint64_t added = 0, removed = 0, modified = 0;
  uint64_t passing = 0;  // keys that came and went in between, as far as records tell of them
  int64_t writes = 0;    // of all of these
  int64_t bytes = 0;     // after minus before, keys and values
};

struct DiffReport {
  int64_t before_revision = 0, after_revision = 0;
  // Between the two files' times of writing, or what the caller said; nothing when the second isn't
  // younger. Rates are per this time.
  std::optional<int64_t> elapsed_nanos;
  // Every record that both files should hold is the same in both. If not, they are of two clusters,
  // or of one that was restored in between: then keys are compared by their values alone, and no
  // writes are counted.
  bool same_cluster = true;
  std::string disagreement;       // what shows that, when they are not
  DiffRow total;                  // prefix empty
  std::vector<DiffRow> prefixes;  // most writes first, then most changed keys, then by name
};

struct DiffOptions {
  std::vector<std::string> prefixes;  // only keys that begin so; empty: all
  size_t depth = 2;                   // of the rows (key_prefix.h); 0: no rows
  std::optional<int64_t> elapsed_nanos;
};

using ChangeVisitor = std::function<Status(const KeyChange& change)>;

// Compares the keys of two db files (or snapshots) at their current revisions and gives `visit`,
// which may be empty, each key that changed, in key order. The files may stand in either order of
// time.
//
// Both key buckets are walked side by side in the order of revisions: a record that stands in both
// says nothing. Only keys with a record that stands in one of them are looked at more closely, in a
// second reading. So memory is what changed, not what is there: 130 bytes and the name for each key
// written in between (or that a compaction passed over). Errors: those of DbFile::Open; DataLoss
// naming file and page or record; the visitor's.
StatusOr<DiffReport> Diff(const Context& context, const std::string& before,
                          const std::string& after, const DiffOptions& options,
                          const ChangeVisitor& visit);

}  // namespace cairn::offline
