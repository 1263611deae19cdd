// bolt/check/surgery.h: the repairs of `bbolt surgery`: each says what it would write into a copy
// of the file, which then appears whole or not at all. The file itself is only read.
//
// They change what the file says without understanding it: for files that nothing else can read.
// Where bbolt's own command succeeds on a file whose metas are valid, the copy is the same byte for
// byte. What bbolt would do and no one can want (a broken meta in place of the last good one) is
// refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/progress.h"
#include "base/status.h"

namespace cairn::bolt {

struct Repair {
  struct Patch {
    uint64_t offset = 0;
    std::string bytes;
  };
  std::vector<Patch> patches;  // ascending, apart from each other
  uint64_t grow_to = 0;        // bytes; 0: as long as the input
  // Pages are in use or free now that a stored freelist doesn't know of.
  bool freelist_is_stale = false;
};

// The older meta takes the place of the newer one: the last transaction is undone. DataLoss when
// the one that would remain isn't valid.
StatusOr<Repair> RevertMetaPage(const File& file);
// The run at `from` also stands at `to`, with `to` as its id.
StatusOr<Repair> CopyPage(const File& file, uint64_t from, uint64_t to);
// Elements [first, end) of a leaf or branch page go; end -1: to the last one. A page without
// elements stays as it is. Bytes that are not used any more stay, as bbolt leaves them. When the
// first elements are those that stay, bbolt leaves a gap before their keys, which looks like a lost
// element (PageView::Parse); here they are packed.
StatusOr<Repair> ClearPageElements(const File& file, uint64_t page, int64_t first, int64_t end);
// The metas that are valid say that the freelist isn't stored.
StatusOr<Repair> AbandonFreelist(const File& file);
// The freelist is computed from the trees and stored, by a transaction that does nothing else.
// FailedPrecondition, with bbolt's text, when one is stored.
StatusOr<Repair> RebuildFreelist(const File& file, Progress& progress);

struct MetaChange {
  std::optional<uint32_t> page_size;
  std::optional<uint64_t> root, freelist, high_water;
};
struct MetaUpdate {
  Repair repair;                                // without patches: nothing changed
  uint32_t page_size = 0, other_page_size = 0;  // what this meta says now, and what places it
};
// Sets fields of meta page `page` (0 or 1), its magic number, version, flags and checksum.
StatusOr<MetaUpdate> UpdateMetaPage(const File& file, uint64_t page, const MetaChange& change);

// What is wrong with each meta page, in bbolt's words where it has some ("checksum error"); empty:
// it is valid.
StatusOr<std::vector<std::string>> ValidateMetaPages(const File& file);

// Writes `output`, the input with the repair in it: a temporary name beside it, sync, rename.
// AlreadyExists, with bbolt's text, when something has that name. It gets the input's owner and
// mode.
Status WriteRepaired(Fs& fs, const File& input, const Repair& repair, const std::string& output,
                     Progress& progress);

}  // namespace cairn::bolt
