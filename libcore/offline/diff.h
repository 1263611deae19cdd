// offline/diff.h: what changed between two snapshots, by prefix and by key.
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
  // Puts of the key in between as far as versions tell: exact unless it was deleted meanwhile.
  int64_t writes = 0;
  uint64_t before_bytes = 0, after_bytes = 0;  // of the value
  bool same_value = false;                     // written anew with the same bytes
};

struct DiffRow {
  std::string prefix;
  uint64_t added = 0, removed = 0, modified = 0;
  int64_t writes = 0;
  int64_t bytes = 0;  // after minus before, keys and values
};

struct DiffReport {
  int64_t before_revision = 0, after_revision = 0;
  // Between the two files' times of writing, or what the caller said; nothing when the second isn't
  // younger. Rates are per this time.
  std::optional<int64_t> elapsed_nanos;
  bool same_cluster = true;       // the records that both files hold agree
  DiffRow total;                  // prefix empty
  std::vector<DiffRow> prefixes;  // most writes first
};

struct DiffOptions {
  std::vector<std::string> prefixes;  // only keys that begin so; empty: all
  int depth = 2;                      // slashes that a row's prefix keeps
  std::optional<int64_t> elapsed_nanos;
};

using ChangeVisitor = std::function<Status(const KeyChange& change)>;

// Walks both files' keys at their current revisions side by side, in key order. `visit` may be
// empty. Memory: the keys of both files and 32 bytes each.
StatusOr<DiffReport> Diff(const Context& context, const std::string& before,
                          const std::string& after, const DiffOptions& options,
                          const ChangeVisitor& visit);

}  // namespace cairn::offline
