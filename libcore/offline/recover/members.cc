// offline/recover/members.cc: see members.h.
#include "offline/recover/members.h"

#include <fmt/format.h>

#include "cluster/ids.h"
#include "cluster/storage_version.h"
#include "gotext/quote.h"
#include "offline/recover/lines.h"

namespace cairn::offline {

std::string Are(const std::vector<std::string>& names) {
  return Enumerate(names) + (names.size() == 1 ? " is" : " are");
}

std::string Label(const cluster::Member& member) {
  const std::string id = cluster::IdString(member.id);
  return member.name == id ? "member " + id : fmt::format("{} ({})", member.name, id);
}

RecoveryMembers::RecoveryMembers(const std::vector<RecoverySource>& sources,
                                 std::vector<std::string>& notes) {
  FindMembers(sources, notes);
  FindStates(sources, notes);
}

// The membership as the newest db has it, and the voters of its log: a damaged db may have lost
// some, and would make a minority a majority.
void RecoveryMembers::FindMembers(const std::vector<RecoverySource>& sources,
                                  std::vector<std::string>& notes) {
  const RecoverySource* newest = nullptr;
  for (const RecoverySource& source : sources) {
    if (source.members.empty() && !source.log_voters.has_value()) continue;
    if (newest == nullptr || (newest->diverged && !source.diverged)) newest = &source;
  }
  if (newest == nullptr) return;
  if (cluster::ParseSemVer(newest->cluster_version).ok()) version = newest->cluster_version;
  std::vector<cluster::Member> all = newest->members;
  // Another source may tell more of a member than its id.
  for (const uint64_t id : newest->log_voters.value_or(std::vector<uint64_t>())) {
    const auto has_id = [id](const auto& one) { return one.id.value == id; };
    const auto is_removed = [id](const MemberId one) { return one.value == id; };
    if (std::any_of(all.begin(), all.end(), has_id) ||
        std::any_of(newest->removed.begin(), newest->removed.end(), is_removed)) {
      continue;
    }
    cluster::Member member{.id = MemberId(id)};
    for (const RecoverySource& source : sources) {
      const auto found = std::find_if(source.members.begin(), source.members.end(), has_id);
      if (found != source.members.end()) {
        member = *found;
        break;
      }
    }
    all.push_back(std::move(member));
  }
  for (const cluster::Member& member : all) {
    if (member.name.empty() && !member.is_learner && !member.peer_urls.empty()) {
      notes.push_back(
          fmt::format("member {} was added and never started", cluster::IdString(member.id)));
      never_started.insert(member.id.value);
    }
  }
  MakeFitForLines(all, notes);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (cluster::Member& member : all) {
    if (member.is_learner) {
      notes.push_back(fmt::format("{} is a learner, which has no vote", Label(member)));
      learners.push_back(std::move(member));
    } else {
      voters.push_back({std::move(member)});
    }
  }
}

void RecoveryMembers::FindStates(const std::vector<RecoverySource>& sources,
                                 std::vector<std::string>& notes) {
  std::optional<uint64_t> cluster;
  for (const RecoverySource& source : sources) {
    if (!source.member.has_value()) {
      if (source.kind == SourceKind::kDataDir && !source.no_log) nobodys.push_back(&source);
      continue;
    }
    if (!cluster.has_value()) cluster = source.cluster;
    const auto voter = std::find_if(voters.begin(), voters.end(), [&](const Voter& one) {
      return one.member.id.value == *source.member;
    });
    if (voter == voters.end()) continue;
    if (source.cluster != cluster) {
      notes.push_back(fmt::format("{} is of cluster {}, and not of {}: it is left out", source.path,
                                  cluster::IdString(source.cluster.value_or(0)),
                                  cluster::IdString(cluster.value_or(0))));
      continue;
    }
    MemberState state = MemberState::kDamaged;
    if (source.use == SourceUse::kStart && !source.diverged) state = MemberState::kStartable;
    if (source.in_use) state = MemberState::kRunning;
    if (voter->source != nullptr) {
      notes.push_back(
          fmt::format("{} is an older copy of a member that is there already", source.path));
      if (voter->state == MemberState::kRunning || state != MemberState::kRunning) continue;
    }
    voter->state = state;
    voter->source = &source;
  }
}

Status RecoveryMembers::TakeLost(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const auto voter = std::find_if(voters.begin(), voters.end(), [&](const Voter& one) {
      return one.member.name == word || cluster::IdString(one.member.id) == word;
    });
    if (voter == voters.end()) {
      return absl::InvalidArgumentError(
          fmt::format("--lost {}: no member has this name or id; there are {}", QuoteGo(word),
                      Enumerate(Names([](const Voter&) { return true; }))));
    }
    if (voter->state == MemberState::kStartable || voter->state == MemberState::kRunning) {
      return absl::InvalidArgumentError(
          fmt::format("--lost {}: its directory is here: {}", QuoteGo(word), voter->source->path));
    }
    if (voter->state == MemberState::kUnknown) voter->state = MemberState::kLost;
  }
  return absl::OkStatus();
}

size_t RecoveryMembers::Count(MemberState state) const {
  return static_cast<size_t>(std::count_if(voters.begin(), voters.end(),
                                           [&](const Voter& one) { return one.state == state; }));
}

std::vector<std::string> RecoveryMembers::NamesOf(MemberState state) const {
  return Names([&](const Voter& one) { return one.state == state; });
}

std::string RecoveryMembers::All() const {
  return Enumerate(Names([](const Voter&) { return true; }));
}

}  // namespace cairn::offline
