// tests/unit/ctl/member_name_test.cc: which member a word means.
#include "tools/ctl/member_name.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::MemberListResponse;

MemberListResponse Members() {
  return Make<MemberListResponse>(
      1,
      "members { ID: 10276657743932975437 name: 'm0' } members { ID: 2748 name: 'cafe' } "
      "members { ID: 51966 name: 'm2' } members { ID: 7 name: 'twice' } "
      "members { ID: 8 name: 'twice' } members { ID: 9 } members { ID: 16 name: '10' } "
      "members { ID: 18 name: 'dead' }");
}

TEST_CASE("a word is an id or a name") {
  const MemberListResponse members = Members();
  CHECK(*FindMember(members, "8e9e05c52164694d") == 10276657743932975437U);
  CHECK(*FindMember(members, "m0") == 10276657743932975437U);
  CHECK(*FindMember(members, "abc") == 2748);
  CHECK(*FindMember(members, "dead") == 18);
  // Name and id of one member.
  CHECK(*FindMember(members, "10") == 16);
  // The server says that it doesn't know it.
  CHECK(*FindMember(members, "1234") == 0x1234);
}

TEST_CASE("a word that means two members, or nobody, is an error") {
  const MemberListResponse members = Members();
  CHECK(Message(FindMember(members, "twice").status()) ==
        "\"twice\" means more than one member (7, 8): give the ID");
  // A name that is another one's id.
  CHECK(Message(FindMember(members, "cafe").status()) ==
        "\"cafe\" means more than one member (abc, cafe): give the ID");
  CHECK(absl::IsInvalidArgument(FindMember(members, "m9").status()));
  // A member that was not started has no name, and no word is its name.
  CHECK(absl::IsInvalidArgument(FindMember(members, "").status()));
}

TEST_CASE("only what is as long as ids are needs no list") {
  CHECK(IsSurelyMemberId("8e9e05c52164694d"));
  CHECK(IsSurelyMemberId("e9e05c52164694d"));
  CHECK(!IsSurelyMemberId("cafe"));
  CHECK(!IsSurelyMemberId("etcd-member-of-rack-1"));
  CHECK(!IsSurelyMemberId(""));
}

}  // namespace
}  // namespace cairn::ctl
