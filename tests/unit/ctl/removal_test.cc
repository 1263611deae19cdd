// tests/unit/ctl/removal_test.cc: whether a cluster survives the removal of a member.
#include "tools/ctl/removal.h"

#include <doctest/doctest.h>

namespace cairn::ctl {
namespace {

// Members 1, 2, … of which the last `learners` have no vote.
etcdserverpb::MemberListResponse Members(uint64_t count, uint64_t learners = 0) {
  etcdserverpb::MemberListResponse members;
  for (uint64_t id = 1; id <= count; ++id) {
    etcdserverpb::Member& member = *members.add_members();
    member.set_id(id);
    member.set_islearner(id > count - learners);
  }
  return members;
}

TEST_CASE("a healthy cluster can lose any member but the last") {
  CHECK_FALSE(ForeseeRemoval(Members(3), {true, true, true}, 2).LosesQuorum());
  CHECK_FALSE(ForeseeRemoval(Members(2), {true, true}, 2).LosesQuorum());
  CHECK(ForeseeRemoval(Members(1), {true}, 1).LosesQuorum());
  CHECK(RemovalText(ForeseeRemoval(Members(1), {true}, 1), 1) ==
        "would remove member 1: it is the last voter, nothing would be left");
}

TEST_CASE("members that don't answer count as voters") {
  // Of three, one is down: it can go, none of the others.
  const std::vector<bool> answers = {true, true, false};
  CHECK_FALSE(ForeseeRemoval(Members(3), answers, 3).LosesQuorum());
  const Removal one = ForeseeRemoval(Members(3), answers, 1);
  CHECK(one.LosesQuorum());
  CHECK(RemovalText(one, 1) ==
        "would remove member 1: 1 of the 2 voters that stay answer, 2 are needed: the cluster "
        "would lose its quorum");
  // Of five, one is down: 3 of 4 are enough; two down: 2 of 4 are not.
  CHECK_FALSE(ForeseeRemoval(Members(5), {true, true, true, true, false}, 1).LosesQuorum());
  CHECK(ForeseeRemoval(Members(5), {true, true, true, false, false}, 1).LosesQuorum());
  CHECK_FALSE(ForeseeRemoval(Members(5), {true, true, true, false, false}, 5).LosesQuorum());
}

TEST_CASE("learners have no vote, whether they go or stay") {
  CHECK_FALSE(ForeseeRemoval(Members(4, 1), {true, true, false, true}, 4).LosesQuorum());
  CHECK(ForeseeRemoval(Members(4, 1), {true, true, false, true}, 2).LosesQuorum());
  CHECK(RemovalText(ForeseeRemoval(Members(2, 1), {true, false}, 2), 2) ==
        "would remove learner 2: it has no vote");
}

TEST_CASE("a member that isn't there") {
  const Removal none = ForeseeRemoval(Members(3), {true, true, true}, 0xabc);
  CHECK_FALSE(none.known);
  CHECK_FALSE(none.LosesQuorum());
  CHECK(RemovalText(none, 0xabc) == "no member has the id abc");
}

}  // namespace
}  // namespace cairn::ctl
