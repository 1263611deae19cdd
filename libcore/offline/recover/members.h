// offline/recover/members.h: the members of the cluster that is to be recovered, and what the
// sources say of each: it runs, can be started, is damaged, or is not among them.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "offline/recover/source.h"

namespace cairn::offline {

// What is known of a member that may vote.
enum class MemberState { kRunning, kStartable, kDamaged, kLost, kUnknown };

struct Voter {
  cluster::Member member;
  MemberState state = MemberState::kUnknown;
  const RecoverySource* source = nullptr;  // its best one
};

// Found in `sources`, which are of one cluster, best first, and must outlive it. `notes` gets what
// an operator should know of them.
struct RecoveryMembers {
  RecoveryMembers(const std::vector<RecoverySource>& sources, std::vector<std::string>& notes);

  // Those of `words`, names or ids, are lost, and not only unknown. Error: InvalidArgument for one
  // that is not a member, or whose directory is there.
  Status TakeLost(const std::vector<std::string>& words);

  size_t Count(MemberState state) const;
  template <typename Which>
  std::vector<std::string> Names(Which which) const {
    std::vector<std::string> names;
    for (const Voter& voter : voters) {
      if (which(voter)) names.push_back(voter.member.name);
    }
    return names;
  }
  std::vector<std::string> NamesOf(MemberState state) const;
  std::string All() const;  // "m0, m1 and m2"

  std::vector<Voter> voters;  // by name
  std::vector<cluster::Member> learners;
  std::vector<const RecoverySource*> nobodys;  // data directories whose member is not known
  std::set<uint64_t> never_started;            // ids
  std::string version;                         // of the cluster; empty when unknown

 private:
  void FindMembers(const std::vector<RecoverySource>& sources, std::vector<std::string>& notes);
  void FindStates(const std::vector<RecoverySource>& sources, std::vector<std::string>& notes);
};

// "m0 and m1 are".
std::string Are(const std::vector<std::string>& names);
// "m0 (8e9e05c52164694d)".
std::string Label(const cluster::Member& member);

}  // namespace cairn::offline
