// mvcc/hash_kv.cc: which pairs HashKV covers, and their CRC.
#include "mvcc/hash_kv.h"

#include <fmt/format.h>

#include <utility>

#include "base/crc32c.h"
#include "mvcc/schema.h"

namespace cairn::mvcc {

KvHasher::KvHasher(int64_t compact_revision, int64_t revision, std::vector<Revision> keep)
    : compact_revision_(compact_revision),
      revision_(revision),
      keep_(std::move(keep)),
      crc_(Crc32c(kKeyBucket)) {}

bool KvHasher::Covers(const RevisionKey& key) {
  const Revision& r = key.revision;
  if (r.main > revision_) return false;
  if (r.main <= compact_revision_ && !keep_.empty()) {
    // Both are ascending, so the search never goes back.
    while (next_keep_ < keep_.size() && keep_[next_keep_] < r) ++next_keep_;
    if (next_keep_ == keep_.size() || keep_[next_keep_] != r) return false;
  }
  // Releases before 3.4.34 and 3.5.16 delete a tombstone at the compacted revision, later ones
  // leave it; the hash must be the same on both.
  return !(r.main == compact_revision_ && key.tombstone);
}

Status KvHasher::Add(std::string_view key, std::string_view value) {
  const auto parsed = ParseRevisionKey(key);
  if (!parsed) {
    return absl::DataLossError(
        fmt::format("bucket key: a key of {} bytes is not a revision (after {}_{})", key.size(),
                    last_.main, last_.sub));
  }
  if (parsed->revision <= last_) {
    return absl::DataLossError(fmt::format("bucket key: revision {}_{} after {}_{}",
                                           parsed->revision.main, parsed->revision.sub, last_.main,
                                           last_.sub));
  }
  last_ = parsed->revision;
  if (Covers(*parsed)) crc_ = ExtendCrc32c(ExtendCrc32c(crc_, key), value);
  return absl::OkStatus();
}

}  // namespace cairn::mvcc
