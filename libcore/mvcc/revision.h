// mvcc/revision.h: revisions and the keys of the key bucket that are made of them (docs/formats.md,
// section 2).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace cairn::mvcc {

// One change: all changes of a transaction share `main` and count `sub` from 0. Neither is
// negative.
struct Revision {
  int64_t main = 0;
  int64_t sub = 0;
  friend constexpr auto operator<=>(const Revision&, const Revision&) = default;
};

// Whether no record was ever written between the two.
constexpr bool Follows(const Revision& last, const Revision& next) {
  return next.main == last.main ? next.sub - 1 == last.sub
                                : next.main - 1 == last.main && next.sub == 0;
}

inline constexpr size_t kRevisionKeySize = 17;   // u64BE main, '_', u64BE sub
inline constexpr size_t kTombstoneKeySize = 18;  // the same and 't'

// A key of the key bucket. Bytewise order of the encoded keys is the order of revisions.
struct RevisionKey {
  Revision revision;
  bool tombstone = false;
  friend constexpr bool operator==(const RevisionKey&, const RevisionKey&) = default;
};

// Nothing when `key` is not what etcd writes: other length, separator or mark, or a negative
// number.
inline std::optional<RevisionKey> ParseRevisionKey(std::string_view key) {
  const bool tombstone = key.size() == kTombstoneKeySize;
  if (!tombstone && key.size() != kRevisionKeySize) return std::nullopt;
  const Revision revision{static_cast<int64_t>(LoadBE64(key.data())),
                          static_cast<int64_t>(LoadBE64(key.data() + 9))};
  if (key[8] != '_' || (tombstone && key[17] != 't') || (revision.main | revision.sub) < 0) {
    return std::nullopt;
  }
  return RevisionKey{revision, tombstone};
}

// The encoded form, in place.
class RevisionKeyBytes {
 public:
  explicit RevisionKeyBytes(RevisionKey key) : size_(kRevisionKeySize) {
    StoreBE64(bytes_, static_cast<uint64_t>(key.revision.main));
    bytes_[8] = '_';
    StoreBE64(bytes_ + 9, static_cast<uint64_t>(key.revision.sub));
    if (key.tombstone) bytes_[size_++] = 't';
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  char bytes_[kTombstoneKeySize];
  size_t size_;
};

}  // namespace cairn::mvcc
