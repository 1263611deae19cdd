// offline/salvage/evidence.h: the table of all records of the key bucket that were found in a
// damaged file, and the rule by which a record is accepted.
//
// The bucket is only appended to, and a record never changes; only a compaction removes some. So a
// record above the compacted revision is right wherever it was found. At or below, one from an
// orphaned page (one that no tree reaches) may have been removed since. What speaks for or against
// it is its evidence. Where the compacted revision is lost, the records of the trees bound it: see
// FindBound.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "mvcc/revision.h"
#include "offline/salvage/interval.h"

namespace cairn::offline {

// Where a record was found, the most trusted first.
enum class RecordSource : uint8_t { kTree, kOlderTree, kOrphan };

// What the next record of the same key that certainly stands in the output says of this one.
enum class Successor : uint8_t {
  kNone,   // there is none, or it is a deletion, which says nothing
  kNext,   // it is the very next version of the key: this one stood there before it
  kOther,  // created anew, or a later version: at the compacted revision this one was gone
};

// The evidence for and against a record of an orphaned page.
struct Evidence {
  bool copies_differ = false;  // two pages hold different records of the revision
  bool page_lacks_it = false;  // a whole leaf begins before it and ends after it without it
  bool above_compaction = false;
  bool deletion = false;
  bool at_compaction = false;   // its revision is the compacted one
  bool superseded = false;      // a record of its key follows, at or below the compacted revision
  bool later_all_seen = false;  // so is every revision from it up to the compacted one
  Successor successor = Successor::kNone;
};

enum class Verdict : uint8_t {
  kAccepted,
  kUnverified,  // a compaction may have removed it: left out unless asked for
  kDropped,
};

// The first row that fits decides ("-": any; the compacted revision is known or not).
//
//   copies page   above   known  super- dele- at      later all  successor  verdict
//   differ lacks  comp.          seded  tion  comp.   seen
//   ------ ------ ------- -----  ------ ----- ------  ---------  ---------  ----------
//   yes    -      -       -      -      -     -       -          -          dropped
//   no     yes    -       -      -      -     -       -          -          dropped
//   no     no     yes     -      -      -     -       -          -          accepted
//   no     no     no      no     -      -     -       yes        -          accepted
//   no     no     no      no     yes    -     -       no         -          unverified
//   no     no     no      no     no     yes   -       no         -          unverified
//   no     no     no      yes    yes    -     -       -          -          dropped
//   no     no     no      yes    no     yes   yes     -          -          accepted
//   no     no     no      yes    no     yes   no      -          -          dropped
//   no     no     no      yes    no     no    -       yes        -          accepted
//   no     no     no      -      no     no    -       no         kNone      unverified
//   no     no     no      -      no     no    -       no         kNext      accepted
//   no     no     no      -      no     no    -       no         kOther     dropped
//
// A compaction leaves a deletion that stands exactly at its revision, and no other one.
Verdict Judge(const Evidence& evidence, bool compaction_known);

// Whether a dropped record leaves a gap: no compaction explains why it is not there.
inline bool LeavesGap(const Evidence& evidence) {
  return evidence.copies_differ || (evidence.page_lacks_it && evidence.above_compaction);
}

// One record, by its place in the file; its value stays there. 48 bytes.
struct KeyRow {
  mvcc::Revision at;
  uint64_t key = 0;  // a hash of the user key
  uint64_t page = 0;  // 0: the bucket's inline page
  uint32_t create = 0, version = 0;  // modulo 2^32: they are only held against another record's
  uint32_t crc = 0;   // of key and value, of orphans only
  uint16_t element = 0;
  RecordSource source = RecordSource::kTree;
  bool deletion : 1 = false;
  // Of orphans: its leaf begins and ends with other revisions, so that it has all of this one.
  bool inner : 1 = false;
  // Of orphans: not the last one in its leaf, so that what came next when it was written follows.
  bool linked : 1 = false;
  // Set by AddHistory.
  bool superseded : 1 = false;
  Successor successor : 2 = Successor::kNone;

  bool orphan() const { return source == RecordSource::kOrphan; }
};
// References stay valid while it grows, and it never needs twice its size.
using KeyTable = std::deque<KeyRow>;

// The row of a record without fault (key_record.h).
KeyRow MakeRow(std::string_view key, std::string_view value, uint64_t page, uint32_t element,
               RecordSource source);

// Which revisions no compaction can have removed anything of: above `low`, up to `high`.
struct NeverCompacted {
  int64_t low = 0, high = INT64_MAX;
  bool Has(const mvcc::Revision& at) const { return at.main > low && at.main <= high; }
};

// Without a compacted revision: where a tree holds a record and a later one of the same key is seen
// anywhere, no compaction of the tree's time had come as far as the later one. (Half done, it had
// not come as far as the earlier one, for it goes upwards.)
NeverCompacted FindBound(KeyTable& table);

// Sets what each row's next records of the same key say of it. A record of a tree stands for
// certain, and so does one that was never compacted.
void AddHistory(KeyTable& table, const NeverCompacted& never);

// The greatest revision up to the compacted one that an unseen revision follows; 0: none. The rows
// are in order of revision; in `lost` the trees' rows do not follow one another.
int64_t LastHole(const KeyTable& table, const std::vector<LostRevisions>& lost,
                 std::optional<int64_t> compacted);

}  // namespace cairn::offline
