// offline/inspect/member_records.h: `inspect leases|members|auth`: the small buckets of a db,
// decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alarm/alarm_record.h"
#include "auth/auth_records.h"
#include "cluster/conf_state.h"
#include "cluster/member.h"
#include "cluster/membership_records.h"
#include "lease/lease_record.h"
#include "offline/damaged_db.h"

namespace cairn::offline {

// In all of them a record that can't be decoded, and a page that can't be read, is left out and
// told in `problems`. Errors: a file that can't be opened, no valid meta, an interrupt.

// A lease with the keys that are attached to it at the current revision.
struct LeaseWithKeys {
  lease::LeaseRecord record;
  bool known = true;  // false: keys name it, and the bucket has it not
  uint64_t keys = 0;
  std::vector<std::string> some_keys;  // the first `keys_each`, ascending
};
struct LeaseRecords {
  std::vector<LeaseWithKeys> leases;  // ascending by id
  Problems problems;
};
// One pass over the key bucket. Memory: the attached keys.
StatusOr<LeaseRecords> ReadLeases(const Context& context, const std::string& path,
                                  uint64_t keys_each);

struct MembershipRecords {
  std::vector<cluster::Member> members;  // ascending by id
  std::vector<MemberId> removed;
  std::string cluster_version;  // empty: not there
  std::string storage_version;
  std::optional<uint64_t> consistent_index, term;
  std::optional<proto::ConfState> conf_state;
  std::optional<cluster::Downgrade> downgrade;
  std::vector<alarm::AlarmRecord> alarms;
  Problems problems;
};
StatusOr<MembershipRecords> ReadMembership(const Context& context, const std::string& path);

struct AuthRecords {
  bool enabled = false;
  uint64_t revision = 0;
  std::vector<auth::User> users;  // in name order; the bcrypt text is there and not to be shown
  std::vector<auth::Role> roles;
  Problems problems;
};
StatusOr<AuthRecords> ReadAuth(const Context& context, const std::string& path);

}  // namespace cairn::offline
