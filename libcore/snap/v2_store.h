// snap/v2_store.h: the membership inside a `.snap` file, as the JSON of etcd's v2 store
// (formats.md, section 5). 3.5 and older take their members from it; 3.6 wants it to be there; 3.7
// writes it still.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"

namespace cairn::snap {

struct V2Member {
  MemberId id;
  std::string name;  // empty while the member hasn't started
  std::vector<std::string> peer_urls;
  std::vector<std::string> client_urls;  // empty while the member hasn't started
  bool is_learner = false;

  friend bool operator==(const V2Member&, const V2Member&) = default;
};

struct V2Membership {
  std::vector<V2Member> members;  // as written; ParseV2Store gives them by id
  std::vector<MemberId> removed;
  std::string version;  // the cluster's, as "3.7.0"; empty when it isn't decided

  friend bool operator==(const V2Membership&, const V2Membership&) = default;
};

struct V2Store {
  V2Membership membership;
  // Whether users have keys in the v2 store; 3.6 and newer refuse to start on those.
  bool has_user_keys = false;
};

// No nesting of a sound store is deeper: two levels of JSON a level of keys.
inline constexpr size_t kMaxV2StoreDepth = 1024;

// The store in `json`. `{}`, which 3.6 takes, is a store without members. DataLoss for what isn't
// JSON or isn't such a store, InvalidArgument beyond the depth limit.
StatusOr<V2Store> ParseV2Store(std::string_view json);

// The store that etcd's restore and its snapshots hold for this membership, byte for byte: members
// and removed ids are stored in the order given, then the version; a member's attributes only when
// it has client URLs.
std::string WriteV2Store(const V2Membership& membership);

// The store in `json` with these members, not yet started, in place of all that it had; removed
// ones are forgotten. Users' keys, the cluster's version and all else stay as they are. Errors as
// ParseV2Store.
StatusOr<std::string> ReplaceV2Members(std::string_view json, std::span<const V2Member> members);

}  // namespace cairn::snap
