// offline/salvage/tree.h: walking one tree of a damaged file: what can be read, and which ranges of
// keys can't.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "bolt/cursor.h"
#include "bolt/page_set.h"
#include "offline/salvage/input.h"
#include "offline/salvage/interval.h"

namespace cairn::offline {

// One leaf element.
struct SalvageRecord {
  std::string_view key, value;
  uint64_t page = 0;  // 0: the bucket's inline page
  uint32_t element = 0;
};
using SalvageVisitor = std::function<Status(const SalvageRecord&)>;

// What is known of a bucket's records without the tree.
class RecordRules {
 public:
  virtual ~RecordRules() = default;
  // Why the record can't be right; empty when it can.
  virtual std::string Fault(std::string_view key, std::string_view value) const = 0;
  // Whether the value of a record without fault vouches for its key, so that it is right even where
  // the separators of the parent say otherwise.
  virtual bool Proves(std::string_view /*key*/, std::string_view /*value*/,
                      const KeyRange& /*separators*/) const {
    return false;
  }
  // The part of a key that no second record has.
  virtual std::string_view Place(std::string_view key) const { return key; }
  // The least key that a separator may have been before some bits of it flipped that leave the
  // order as it is.
  virtual std::string Earliest(std::string_view separator) const { return std::string(separator); }
  // Whether a record may stand in a range that no separator speaks of.
  virtual bool MayHold(const KeyRange&) const { return false; }
};

// A bucket by the value in the tree of buckets, read forgivingly.
struct SalvageBucketRef {
  uint64_t root = 0;
  uint64_t sequence = 0;
  std::string inline_value;  // when root is 0
  std::string fault;         // it can't be read at all
};
SalvageBucketRef ReadBucketValue(std::string_view value);

struct TreeWalkOptions {
  KeyRange range = {};
  // The tree of buckets: elements have to be buckets; elsewhere they must not be.
  bool buckets = false;
  // A value with a whole page of zeros in it is a fault: what a lost sector looks like.
  bool suspect_zeros = false;
  // An older tree of the key bucket: a leaf may have been written again since, for later records.
  // It answers for the range that the parent gives it only if it begins with the very key that the
  // parent says, and the last leaf never for what comes after it. What is not answered for is lost.
  bool written_again = false;
  // Pages that other trees of the same transaction have; those of this one join them.
  bolt::PageSet* reached = nullptr;
};

struct TreeWalk {
  std::vector<LostKeys> lost;  // in key order, apart
  std::vector<std::string> problems;
  uint64_t records = 0;  // visited
};

// Walks a tree and visits its good records in key order. A page that fails its checks, is reached
// twice, or whose keys fit neither the parent's separators nor the leaves beside it, is a lost
// range, and so is a record with a fault; the walk goes on after it. Errors: interrupt and the
// visitor's.
StatusOr<TreeWalk> WalkTree(SalvageInput& input, const SalvageBucketRef& bucket,
                            const TreeWalkOptions& options, const RecordRules& rules,
                            const SalvageVisitor& visit, Progress& progress);

// For a record that is not where it was found.
Status ChangedMeanwhile(const SalvageInput& input);

// Whether something stands after the last element of a leaf, where bbolt leaves zeros: its size is
// damaged, or the leaf's count.
bool EndsEarly(const bolt::PageView& leaf);

// Whether a part of a leaf's value fills, from its first byte on, a page of the run with zeros.
bool HoldsZeroPage(const SalvagePage& page, uint32_t page_size, std::string_view value);

}  // namespace cairn::offline
