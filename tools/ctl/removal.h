// tools/ctl/removal.h: what is left of a cluster when a member goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "etcdserverpb.pb.h"

namespace cairn::ctl {

// The voters that stay, and how many of them answer now.
struct Removal {
  bool known = false;  // the member is one of the cluster
  bool learner = false;
  std::string name;
  size_t voters = 0;
  size_t answering = 0;

  size_t needed() const { return voters / 2 + 1; }
  // The cluster could take no write any more, nor the member back. Learners have no vote.
  bool LosesQuorum() const { return known && !learner && answering < needed(); }
};

// `answers[i]` says whether member i answers.
Removal ForeseeRemoval(const etcdserverpb::MemberListResponse& members,
                       const std::vector<bool>& answers, uint64_t removed);

// "would remove member 8e9e05c52164694d (m1): 1 of the 2 voters that stay answers, 2 are needed:
// the cluster would lose its quorum"
std::string RemovalText(const Removal& removal, uint64_t removed);

}  // namespace cairn::ctl
