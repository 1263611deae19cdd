// cluster/member.h: a member as the members bucket, the raft log and the v2 store keep it: JSON
// with the fields in Go's order (docs/formats.md, section 2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "cluster/urls.h"

namespace cairn::cluster {

struct Member {
  MemberId id;
  std::vector<std::string> peer_urls;
  bool is_learner = false;
  std::string name;  // empty until it has started
  std::vector<std::string> client_urls;

  bool started() const { return !name.empty(); }
  friend bool operator==(const Member&, const Member&) = default;
};

// {"id":N,"peerURLs":[…],"isLearner":true,"name":…,"clientURLs":[…]}; peerURLs is null when there
// are none, the other fields are left out when empty.
std::string EncodeMember(const Member& member);
// Errors: DataLoss.
StatusOr<Member> DecodeMember(std::string_view json);

// The two halves of a member in the v2 store (docs/formats.md, section 5): {"peerURLs":[…]} with
// isLearner when true, and {"name":…,"clientURLs":[…]}.
std::string EncodeRaftAttributes(const Member& member);
std::string EncodeAttributes(const Member& member);

// The members of a new cluster, ascending by id. Errors: InvalidArgument with etcd's text, when two
// members would have one id.
StatusOr<std::vector<Member>> MembersFromUrls(const UrlsMap& map, std::string_view token);

}  // namespace cairn::cluster
