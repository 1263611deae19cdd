// cluster/v2_request.cc: see v2_request.h.
#include "cluster/v2_request.h"

#include <algorithm>
#include <array>

#include "proto/wire.h"

namespace cairn::offline {

namespace {

// Fields of etcdserverpb.InternalRaftRequest.
constexpr uint32_t kV2Field = 2;
constexpr uint32_t kHeaderField = 100;
constexpr uint32_t kMemberAttributesField = 1301;

// In a bare v2 request field 2 is the verb, in a v3 request a message.
bool IsVerb(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kVerbs = {"PUT", "POST", "DELETE", "QGET",
                                                             "GET", "HEAD", "SYNC"};
  return std::find(kVerbs.begin(), kVerbs.end(), text) != kVerbs.end();
}

StatusOr<V2Request> Decode(std::string_view data) {
  V2Request request;
  proto::WireReader reader(data);
  proto::WireField field;
  while (reader.Next(field)) {
    if (field.IsBytes(2)) request.method = field.bytes;
    if (field.IsBytes(3)) request.path = field.bytes;
  }
  CAIRN_RETURN_IF_ERROR(reader.status("etcdserverpb.Request"));
  return request;
}

}  // namespace

StatusOr<RequestTraits> ReadRequestTraits(std::string_view data) {
  RequestTraits traits;
  proto::WireReader reader(data);
  proto::WireField field;
  while (reader.Next(field)) {
    if (field.IsBytes(kV2Field)) {
      CAIRN_ASSIGN_OR_RETURN(traits.v2, Decode(IsVerb(field.bytes) ? data : field.bytes));
      if (IsVerb(field.bytes)) return traits;
    }
    if (field.IsBytes(kHeaderField)) traits.has_header = true;
    if (field.IsBytes(kMemberAttributesField)) traits.member_attributes = true;
  }
  CAIRN_RETURN_IF_ERROR(reader.status("etcdserverpb.InternalRaftRequest"));
  return traits;
}

bool IsMemberAttributes(const V2Request& request) {
  constexpr std::string_view kBegin = "/0/members/";
  constexpr std::string_view kEnd = "/attributes";
  std::string_view path = request.path;
  if (request.method != "PUT" || !path.starts_with(kBegin) || !path.ends_with(kEnd) ||
      path.size() <= kBegin.size() + kEnd.size()) {
    return false;
  }
  path.remove_prefix(kBegin.size());
  path.remove_suffix(kEnd.size());
  return path.size() <= 16 &&
         path.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool IsMembersOwn(const V2Request& request) {
  return IsMemberAttributes(request) || (request.method == "PUT" && request.path == "/0/version");
}

}  // namespace cairn::offline
