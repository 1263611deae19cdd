// offline/salvage/key_record.cc: see key_record.h.
#include "offline/salvage/key_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

constexpr size_t kMainBytes = 8;

int64_t MainOf(std::string_view key) {
  const uint64_t main = LoadBE64(key.data());
  return static_cast<int64_t>(std::min<uint64_t>(main, INT64_MAX));
}

// Of a key, a separator, or what After() makes of one. Where only its first part is whole, the
// lowest or the highest bound that it may have been.
RevisionBound BoundOf(const std::string& key, bool lowest) {
  const std::string_view place = std::string_view(key).substr(0, mvcc::kRevisionKeySize);
  if (const auto at = mvcc::ParseRevisionKey(place); at.has_value()) {
    return {at->revision, key.size() > mvcc::kRevisionKeySize && key.back() == '\0'};
  }
  if (key.size() < kMainBytes) return {};
  if (lowest) return {{MainOf(key), 0}, false};
  return {{MainOf(key), INT64_MAX}, true};
}

std::string KeyOf(const RevisionBound& bound) {
  if (bound == RevisionBound{}) return {};
  std::string key(mvcc::RevisionKeyBytes({bound.at, bound.after}).view());
  return bound.after ? After(key) : key;
}

}  // namespace

std::string KeyRecordFault(std::string_view key, std::string_view value) {
  const auto record = mvcc::ParseRevisionKey(key);
  // No transaction is that large.
  constexpr int64_t kMaxSub = 1 << 24;
  if (!record.has_value() || record->revision.sub > kMaxSub) return "its key is not a revision";
  proto::KeyValueView kv;
  if (!proto::DecodeKeyValue(value, kv).ok()) return "its value is no KeyValue";
  if (record->tombstone) {
    proto::KeyValueView only_key;
    only_key.key = kv.key;
    if (kv.key.empty() || kv != only_key) return "its value is not that of a deletion";
    return {};
  }
  // What `restore --bump-revision` writes.
  if (value.empty()) return record->revision.sub == 0 ? "" : "it has no value";
  if (kv.key.empty()) return "its value has no key";
  if (kv.mod_revision != record->revision.main) {
    return fmt::format("its value says revision {}", kv.mod_revision);
  }
  if (kv.create_revision < 1 || kv.create_revision > kv.mod_revision || kv.version < 1 ||
      (kv.version == 1) != (kv.create_revision == kv.mod_revision)) {
    return fmt::format("its value says version {}, created at {}", kv.version, kv.create_revision);
  }
  return {};
}

std::optional<RevisionRange> RevisionsOf(const RevisionInterval& interval) {
  const RevisionBound& low = interval.low;
  const RevisionBound& high = interval.high;
  RevisionRange revisions;
  revisions.first = low == RevisionBound{} ? 2 : low.at.main;  // a store begins at 1
  if (!interval.HasEnd()) return revisions;
  revisions.last = high.at.sub == 0 && !high.after ? high.at.main - 1 : high.at.main;
  if (low.after) {
    if (high.at.main == low.at.main && high.at.sub - (high.after ? 0 : 1) <= low.at.sub) {
      return std::nullopt;
    }
    revisions.only_more_changes =
        high.at.main - 1 == low.at.main && high.at.sub == 0 && !high.after;
  }
  if (revisions.first > *revisions.last) return std::nullopt;
  return revisions;
}

bool MustHold(const RevisionInterval& interval, std::optional<int64_t> compacted) {
  const auto revisions = RevisionsOf(interval);
  return compacted.has_value() && revisions.has_value() && !revisions->only_more_changes &&
         revisions->last.value_or(INT64_MAX) > *compacted;
}

KeyRange KeysOf(const RevisionInterval& interval) {
  return {KeyOf(interval.low), interval.HasEnd() ? KeyOf(interval.high) : ""};
}

RevisionInterval IntervalOf(const KeyRange& range) {
  return {BoundOf(range.low, true), BoundOf(range.high, false)};
}

bool KeyRules::Proves(std::string_view key, std::string_view value,
                      const KeyRange& separators) const {
  const auto same_main = [&](const std::string& separator) {
    return key.substr(0, kMainBytes) == separator.substr(0, kMainBytes);
  };
  return KeyRecordProves(key, value) && !same_main(separators.low) && !same_main(separators.high);
}

std::string KeyRules::Earliest(std::string_view separator) const {
  if (separator.size() < mvcc::kRevisionKeySize) return std::string(separator);
  const auto main = static_cast<int64_t>(LoadBE64(separator.data()));
  return std::string(mvcc::RevisionKeyBytes({{main, 0}, false}).view());
}

}  // namespace cairn::offline
