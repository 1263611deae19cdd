// offline/defrag.h: `defrag`: rewriting a member's db without its free pages.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

// A db's pages below the high-water mark, and those of them that its trees use.
struct DbUse {
  uint64_t size_bytes = 0;
  uint64_t in_use_bytes = 0;
};

struct DefragOptions {
  // Called before the copying begins. When it is set the pages in use are counted, before and
  // afterwards, which takes a walk over all pages.
  std::function<void(const DbUse& before)> on_begin;
};

struct DefragResult {
  uint64_t bytes_before = 0;  // of the file
  uint64_t bytes_after = 0;
  // The copy would have been larger (by how many bytes), so that the old file stayed.
  uint64_t larger_bytes = 0;
  DbUse use_after;  // with on_begin
  std::vector<std::string>
      alarms;  // alarms that are still on ("NOSPACE of member 8e9e05c52164694d")
};

// Copies DIR/member/snap/db, in key order and tightly packed, to a new file beside it that takes
// its place at the end; until then the old one is untouched. A copy that came out larger is thrown
// away. Refused while a server has the file open. Leftovers of earlier, killed runs (db.tmp.*) are
// removed.
StatusOr<DefragResult> Defragment(const Context& context, const std::string& data_dir,
                                  const DefragOptions& options = {});

}  // namespace cairn::offline
