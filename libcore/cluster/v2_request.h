// cluster/v2_request.h: the requests of the v2 API that 3.4 and 3.5 keep in their logs
// (formats.md, section 6).
#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"
#include "proto/raft_view.h"

namespace cairn::offline {

// Views point into the entry's data.
struct V2Request {
  std::string_view method;  // "PUT", "DELETE", "SYNC", …
  std::string_view path;    // "/1/…": users' keys, "/0/…": what the members keep there
};

// What an entry's data says of itself, as far as copying a log needs it.
struct RequestTraits {
  std::optional<V2Request> v2;
  bool has_header = false;         // of the v3 API
  bool member_attributes = false;  // a member publishes its name and client URLs (3.6 and later)
};

// Of the data of a normal entry, empty data included. Errors: DataLoss for what is no request.
StatusOr<RequestTraits> ReadRequestTraits(std::string_view data);

// Whether it is what a member of 3.4 or 3.5 writes when it starts: its name and client URLs.
bool IsMemberAttributes(const V2Request& request);
// Whether it is what members write by themselves, which 3.6 and later can still replay: the above,
// and the cluster's version. Every other request is a user's, or cleans up after one.
bool IsMembersOwn(const V2Request& request);

}  // namespace cairn::offline
