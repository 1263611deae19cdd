// offline/salvage/key_record.h: what a record of the key bucket must look like, and which revisions
// an interval of the bucket holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mvcc/revision.h"
#include "offline/salvage/interval.h"
#include "offline/salvage/tree.h"

namespace cairn::offline {

// Why a record of the key bucket can't be right; empty when it can: the key is a revision, and the
// value is a KeyValue of that revision.
std::string KeyRecordFault(std::string_view key, std::string_view value);

// Whether the value names the revision: that of a deletion does not.
inline bool KeyRecordProves(std::string_view key, std::string_view value) {
  return key.size() == mvcc::kRevisionKeySize && !value.empty();
}

// First and last revision that an interval may hold; last is nothing when it has no end. Nothing
// when no revision is between its ends.
struct RevisionRange {
  int64_t first = 0;
  std::optional<int64_t> last;
  // All revisions are there, but the first one may have had more changes.
  bool only_more_changes = false;
};
std::optional<RevisionRange> RevisionsOf(const RevisionInterval& interval);

// Whether there must have been records in an interval that no page speaks of: above the compacted
// revision all that there ever was stands.
bool MustHold(const RevisionInterval& interval, std::optional<int64_t> compacted);

// The same interval by its keys, and the least one by revisions that has all of a range of keys,
// whose ends may be damaged.
KeyRange KeysOf(const RevisionInterval& interval);
RevisionInterval IntervalOf(const KeyRange& range);

class KeyRules : public RecordRules {
 public:
  explicit KeyRules(std::optional<int64_t> compacted) : compacted_(compacted) {}

  std::string Fault(std::string_view key, std::string_view value) const override {
    return KeyRecordFault(key, value);
  }
  // The value names the revision, but not which of its changes it is.
  bool Proves(std::string_view key, std::string_view value,
              const KeyRange& separators) const override;
  // A deletion's key is a revision and a mark.
  std::string_view Place(std::string_view key) const override {
    return key.substr(0, mvcc::kRevisionKeySize);
  }
  // Of a revision only its first part is out of reach of a flip that leaves the order as it is.
  std::string Earliest(std::string_view separator) const override;
  bool MayHold(const KeyRange& range) const override {
    return MustHold(IntervalOf(range), compacted_);
  }

 private:
  const std::optional<int64_t> compacted_;
};

}  // namespace cairn::offline
