// tools/ctl/removal.cc: see removal.h.
#include "tools/ctl/removal.h"

#include <fmt/format.h>

namespace cairn::ctl {

Removal ForeseeRemoval(const etcdserverpb::MemberListResponse& members,
                       const std::vector<bool>& answers, uint64_t removed) {
  Removal removal;
  for (int i = 0; i < members.members_size(); ++i) {
    const etcdserverpb::Member& member = members.members(i);
    if (member.id() == removed) {
      removal.known = true;
      removal.learner = member.islearner();
      removal.name = member.name();
    } else if (!member.islearner()) {
      ++removal.voters;
      if (answers[static_cast<size_t>(i)]) ++removal.answering;
    }
  }
  return removal;
}

std::string RemovalText(const Removal& removal, uint64_t removed) {
  if (!removal.known) return fmt::format("no member has the id {:x}", removed);
  std::string text =
      fmt::format("would remove {} {:x}", removal.learner ? "learner" : "member", removed);
  if (!removal.name.empty()) text += fmt::format(" ({})", removal.name);
  if (removal.learner) return text + ": it has no vote";
  if (removal.voters == 0) return text + ": it is the last voter, nothing would be left";
  return text + fmt::format(": {} of the {} voters that stay answer, {} are needed: the cluster {}",
                            removal.answering, removal.voters, removal.needed(),
                            removal.LosesQuorum() ? "would lose its quorum" : "keeps its quorum");
}

}  // namespace cairn::ctl
