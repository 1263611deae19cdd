// offline/salvage/keys.h: the key bucket of a damaged file: its tree, and what fills the ranges
// that the tree lost.
//
// The bucket is only appended to, and a record never changes; only a compaction removes some. So a
// record above the compacted revision is right wherever it was found. At or below, one from a page
// that nothing refers to may have been removed since:
//  - a page of any age that spans it and does not hold it says that it was;
//  - so does any later record of its key up to the compacted revision;
//  - if all later revisions up to the compacted one were seen somewhere, nothing else is to know;
//  - else the next record of its key, if that says that it is the very next version, vouches for
//    it, and what nothing vouches for is doubtful.
// Where the compacted revision is lost, too, what stands in the tree bounds it: a record and a
// later one of the same key say that no compaction had come as far as the later one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "offline/salvage/scan.h"
#include "offline/salvage/tree.h"

namespace cairn::offline {

// Takes records of the key bucket.
class KeyRecordTaker : public RecordTaker {
 public:
  explicit KeyRecordTaker(std::optional<int64_t> compacted = {}) : compacted_(compacted) {}

  std::string Fault(std::string_view key, std::string_view value) final {
    return KeyRecordFault(key, value);
  }
  // The value names the revision, but not which of its changes it is.
  bool Proves(std::string_view key, std::string_view value, const KeyRange& separators) const final;
  // A deletion's key is a revision and a mark.
  std::string_view Place(std::string_view key) const final {
    return key.substr(0, mvcc::kRevisionKeySize);
  }
  // Of a revision only its first part is out of reach of a flip that leaves the order as it is.
  std::string Earliest(std::string_view separator) const final;
  // Above the compacted revision all that there ever was.
  bool MayHold(const KeyRange& range) const final;

 private:
  const std::optional<int64_t> compacted_;
};

struct KeySources {
  SalvageBucketRef base;
  // Trees of older transactions with the same compaction behind them.
  std::vector<SalvageBucketRef> older;
  // A tree of an older transaction: where it goes on behind the base's last record, the base has
  // lost its end.
  std::optional<SalvageBucketRef> rival;
  // Whether there may be records behind the base's last one: no, since it is of the newest
  // transaction; yes; only if pages that nothing refers to hold some.
  enum class End { kKnown, kLost, kMaybeLost } end = End::kKnown;
  // Asked when something is lost: all pages, and further trees like `older`.
  struct Scanned {
    const PageScan* pages = nullptr;
    std::vector<SalvageBucketRef> older;
  };
  std::function<StatusOr<Scanned>()> scan;
  std::optional<int64_t> compacted;  // -1: never; nothing: not known
  bool suspect_zeros = false;
  bool doubtful = false;  // take them
};

// A record that fills a lost range.
struct KeyFill {
  mvcc::Revision at;
  uint64_t page = 0;
  uint32_t element = 0;
  bool orphan = false;  // from a page that nothing refers to
};

struct KeyPlan {
  SalvageBucketRef base;
  uint64_t from_base = 0, from_older = 0, from_orphans = 0;
  uint64_t doubtful = 0;
  std::vector<KeyFill> fills;   // ascending
  std::vector<LostRange> lost;  // what nothing could fill
  std::vector<std::string> problems;
};

// `reached` has the pages of other trees of the base's transaction; those of this one join them.
StatusOr<KeyPlan> PlanKeys(SalvageInput& input, const KeySources& sources, bolt::PageSet& reached,
                           Progress& progress);

// The records that the plan takes, in order. `reached` as for PlanKeys.
StatusOr<uint64_t> ForEachPlanned(SalvageInput& input, const KeyPlan& plan, bool suspect_zeros,
                                  bolt::PageSet& reached, Progress& progress,
                                  const std::function<Status(const SalvageRecord&)>& visit);

// First and last revision that a range of the key bucket may hold; last is nothing when it has no
// end. Nothing when no revision is between its ends.
struct RevisionRange {
  int64_t first = 0;
  std::optional<int64_t> last;
  // All revisions are there, but the first one may have had more changes.
  bool only_more_changes = false;
};
std::optional<RevisionRange> RevisionsOf(const KeyRange& range);

}  // namespace cairn::offline
