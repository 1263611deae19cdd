// offline/inspect/member_records.cc: see member_records.h.
#include "offline/inspect/member_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "gotext/quote.h"
#include "mvcc/schema.h"
#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

// One open file and what is wrong with it; reads bucket after bucket.
class Reader {
 public:
  static StatusOr<Reader> Open(const Context& context, const std::string& path) {
    CAIRN_ASSIGN_OR_RETURN(DamagedDb db, DamagedDb::Open(context, path));
    CAIRN_RETURN_IF_ERROR(db.NeedMeta());
    Reader reader(context, std::move(db));
    reader.db_.AddLayoutProblems(reader.problems);
    const bolt::Meta& meta = *reader.db_.layout().meta;
    context.progress.Stage("reading records", meta.high_water * meta.page_size);
    return reader;
  }

  // Calls `take` with each pair of the bucket; its error is a problem.
  template <typename Take>
  Status Each(std::string_view bucket, Take take) {
    return ForEachPair(db_, {std::string(bucket)}, false, progress_, problems,
                       [&](const Pair& pair) -> StatusOr<bool> {
                         Status status = pair.is_bucket
                                             ? absl::DataLossError("a bucket in place of a record")
                                             : take(pair.key, pair.value);
                         if (!status.ok()) {
                           problems.Add(fmt::format("bucket {}, key {}: {}", bucket,
                                                    QuoteGo(pair.key), Message(status)));
                         }
                         return true;
                       })
        .status();
  }

  Problems problems;

 private:
  Reader(const Context& context, DamagedDb db) : progress_(context.progress), db_(std::move(db)) {}

  Progress& progress_;
  DamagedDb db_;
};

StatusOr<uint64_t> DecodeU64(std::string_view value) {
  if (value.size() == 8) return LoadBE64(value.data());
  return absl::DataLossError(fmt::format("{} bytes instead of 8", value.size()));
}

// Puts what `decoded` holds after `list`.
template <typename T>
Status Append(StatusOr<T> decoded, std::vector<T>& list) {
  CAIRN_RETURN_IF_ERROR(decoded.status());
  list.push_back(*std::move(decoded));
  return absl::OkStatus();
}

template <typename T>
Status Set(StatusOr<T> decoded, std::optional<T>& to) {
  CAIRN_RETURN_IF_ERROR(decoded.status());
  to = *std::move(decoded);
  return absl::OkStatus();
}

}  // namespace

StatusOr<LeaseRecords> ReadLeases(const Context& context, const std::string& path,
                                  uint64_t keys_each) {
  CAIRN_ASSIGN_OR_RETURN(Reader reader, Reader::Open(context, path));
  std::map<int64_t, LeaseWithKeys> leases;
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kLeaseBucket, [&](std::string_view key, std::string_view value) -> Status {
        CAIRN_ASSIGN_OR_RETURN(const lease::LeaseRecord record, lease::DecodeLease(key, value));
        leases[record.id.value].record = record;
        return absl::OkStatus();
      }));
  // Records come in revision order: the last one of a key counts.
  absl::flat_hash_map<std::string, int64_t> attached;
  const auto attach = [&](std::string_view key, std::string_view value) -> Status {
    const auto record = mvcc::ParseRevisionKey(key);
    if (!record.has_value()) return absl::DataLossError("is not a revision");
    proto::KeyValueView kv;
    CAIRN_RETURN_IF_ERROR(proto::DecodeKeyValue(value, kv));
    if (!record->tombstone && kv.lease != 0) {
      attached.insert_or_assign(std::string(kv.key), kv.lease);
    } else if (!attached.empty()) {
      attached.erase(std::string(kv.key));
    }
    return absl::OkStatus();
  };
  CAIRN_RETURN_IF_ERROR(reader.Each(mvcc::kKeyBucket, attach));
  std::vector<std::pair<std::string_view, int64_t>> sorted(attached.begin(), attached.end());
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [key, id] : sorted) {
    auto [it, is_new] = leases.try_emplace(id);
    LeaseWithKeys& lease = it->second;
    if (is_new) {
      lease.record.id = LeaseId(id);
      lease.known = false;
    }
    if (lease.keys++ < keys_each) lease.some_keys.emplace_back(key);
  }
  LeaseRecords result;
  for (auto& [id, lease] : leases) result.leases.push_back(std::move(lease));
  result.problems = std::move(reader.problems);
  return result;
}

StatusOr<MembershipRecords> ReadMembership(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(Reader reader, Reader::Open(context, path));
  MembershipRecords found;
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kMembersBucket, [&](std::string_view key, std::string_view value) {
        return Append(cluster::DecodeMemberRecord(key, value), found.members);
      }));
  std::sort(found.members.begin(), found.members.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kMembersRemovedBucket, [&](std::string_view key, std::string_view value) {
        return Append(cluster::DecodeRemovedRecord(key, value), found.removed);
      }));
  std::sort(found.removed.begin(), found.removed.end());
  CAIRN_RETURN_IF_ERROR(reader.Each(
      mvcc::kClusterBucket, [&](std::string_view key, std::string_view value) -> Status {
        if (key == cluster::kClusterVersionKey) found.cluster_version = value;
        if (key == cluster::kDowngradeKey) {
          return Set(cluster::DecodeDowngrade(value), found.downgrade);
        }
        return absl::OkStatus();
      }));
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kMetaBucket, [&](std::string_view key, std::string_view value) -> Status {
        if (key == mvcc::kConsistentIndexKey) return Set(DecodeU64(value), found.consistent_index);
        if (key == mvcc::kTermKey) return Set(DecodeU64(value), found.term);
        if (key == mvcc::kStorageVersionKey) found.storage_version = value;
        if (key == mvcc::kConfStateKey) {
          return Set(cluster::DecodeConfState(value), found.conf_state);
        }
        return absl::OkStatus();
      }));
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kAlarmBucket, [&](std::string_view key, std::string_view value) {
        return Append(alarm::DecodeAlarm(key, value), found.alarms);
      }));
  found.problems = std::move(reader.problems);
  return found;
}

StatusOr<AuthRecords> ReadAuth(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(Reader reader, Reader::Open(context, path));
  AuthRecords found;
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kAuthBucket, [&](std::string_view key, std::string_view value) -> Status {
        if (key == auth::kAuthEnabledKey) {
          CAIRN_ASSIGN_OR_RETURN(found.enabled, auth::DecodeAuthEnabled(value));
        }
        if (key == auth::kAuthRevisionKey) {
          CAIRN_ASSIGN_OR_RETURN(found.revision, auth::DecodeAuthRevision(value));
        }
        return absl::OkStatus();
      }));
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kAuthUsersBucket, [&](std::string_view key, std::string_view value) {
        return Append(auth::DecodeUser(key, value), found.users);
      }));
  CAIRN_RETURN_IF_ERROR(
      reader.Each(mvcc::kAuthRolesBucket, [&](std::string_view key, std::string_view value) {
        return Append(auth::DecodeRole(key, value), found.roles);
      }));
  found.problems = std::move(reader.problems);
  return found;
}

}  // namespace cairn::offline
