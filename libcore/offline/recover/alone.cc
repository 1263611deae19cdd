// offline/recover/alone.cc: see alone.h.
#include "offline/recover/alone.h"

#include <fmt/format.h>

#include <algorithm>

#include "gotext/json.h"
#include "gotext/quote.h"
#include "offline/recover/lines.h"

namespace cairn::offline {

namespace {

constexpr std::string_view kSalvaged = "recovered.db";
constexpr std::string_view kMembersFile = "members.yaml";

// A scalar of YAML: most are one as they are.
std::string YamlText(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=+[]";
  if (text.find_first_not_of(kPlain) == std::string::npos && text[0] != '[') return text;
  return JsonString(text);
}

class AlonePlanner {
 public:
  AlonePlanner(const std::vector<RecoverySource>& sources, const RecoveryMembers& members,
               std::string_view program_name, RecoveryPlan& plan)
      : sources_(sources),
        best_(sources.front()),
        members_(members),
        utl_(program_name),
        ctl_(CtlOf(program_name)),
        plan_(plan) {}

  void Make() {
    const size_t here =
        members_.Count(MemberState::kRunning) + members_.Count(MemberState::kStartable);
    std::string why;
    const auto add = [&why](const std::vector<std::string>& names, std::string_view what) {
      if (names.empty()) return;
      why += fmt::format("{}{} {}", why.empty() ? "" : ", ", Are(names), what);
    };
    add(members_.NamesOf(MemberState::kStartable), "whole");
    add(members_.NamesOf(MemberState::kRunning), "running");
    add(members_.NamesOf(MemberState::kDamaged), "damaged");
    add(members_.NamesOf(MemberState::kLost), "lost");
    const bool shown = members_.Count(MemberState::kUnknown) < members_.voters.size();
    if (members_.voters.empty() || !shown) {
      plan_.headline = fmt::format(
          "only when no majority of the members {}can be started any more: while one answers, a "
          "damaged member {}, and nothing is lost",
          members_.voters.empty() ? "" : fmt::format("({}) ", members_.All()), kReplacedText);
    } else if (here > members_.voters.size() / 2) {
      plan_.headline = fmt::format(
          "{} can be started, and {} holds entries that no log of theirs has: they are old copies, "
          "and not the cluster's last state",
          Enumerate(members_.NamesOf(MemberState::kStartable)), best_.path);
    } else {
      plan_.headline = fmt::format(
          "no majority of {} can come back: {}; what is lost is listed below", members_.All(), why);
    }
    if (best_.use == SourceUse::kStart) {
      ForceOne();
    } else {
      Restore();
    }
    TellLost();
  }

 private:
  void Note(std::string_view text) { plan_.notes.emplace_back(text); }
  void Lost(std::string_view text) { plan_.lost.emplace_back(text); }
  void Step(std::string_view why, std::string command) {
    plan_.steps.push_back({std::string(why), std::move(command)});
  }

  void ForceOne() {
    plan_.way = RecoveryWay::kForceOne;
    cluster::Member self;
    for (const Voter& voter : members_.voters) {
      if (voter.member.id.value == best_.member) self = voter.member;
    }
    if (self.name.empty()) self.name = IsPlainName(best_.name) ? best_.name : "default";
    const std::string place = JoinPath(kRecoveryOutput, self.name);
    // Where the log goes that is not in the directory.
    const std::string wal_place = best_.wal_dir.empty() ? "" : place + ".wal";
    Note(fmt::format(
        "--force-new-cluster makes {} the only member, with the same cluster id and member id. It "
        "needs the directory's db and whole log, and etcd of the release that wrote them{}. End "
        "every other member of the old cluster first, and never start one on its old directory "
        "again: it would take this one for its own",
        self.name,
        members_.version.empty() ? "" : fmt::format(" (the cluster is at {})", members_.version)));
    if (best_.in_use) {
      Step(fmt::format("{} is in use: end the server that has it open, then copy it", best_.path),
           CopyLine(place, wal_place));
    } else {
      Step("work on a copy, so that this can be done again", CopyLine(place, wal_place));
    }
    std::vector<std::string> thrown_out;
    for (const Voter& voter : members_.voters) {
      if (voter.member.id != self.id) thrown_out.push_back(voter.member.name);
    }
    Step(fmt::format("start it alone{}; wait until it serves",
                     thrown_out.empty() ? ""
                                        : fmt::format(", which throws {} out of the cluster, with "
                                                      "all that only they hold",
                                                      Enumerate(thrown_out))),
         EtcdLine(self, {place, wal_place, " --force-new-cluster"}));
    Step(
        "end it, and start it without the flag, which would throw out the other members at each "
        "start",
        EtcdLine(self, {place, wal_place, ""}));
    std::vector<cluster::Member> present = {self};
    for (const Voter& voter : members_.voters) {
      if (voter.member.id == self.id || members_.never_started.contains(voter.member.id.value))
        continue;
      if (!voter.member.peer_urls.empty())
        AppendAddSteps(ctl_, {self}, voter.member, present, plan_.steps);
    }
    TellEntries();
    if (members_.voters.size() > 1) {
      Lost(fmt::format(
          "whatever a majority without {} wrote and {} never got: its log does not show it",
          self.name, self.name));
    }
  }

  std::string CopyLine(const std::string& place, const std::string& wal_place) const {
    std::string line = fmt::format("mkdir -p {} && cp -a {} {}", kRecoveryOutput,
                                   QuotePath(best_.path), QuotePath(place));
    if (!wal_place.empty()) {
      line += fmt::format(" && cp -a {} {}", QuotePath(best_.wal_dir), QuotePath(wal_place));
    }
    return line;
  }

  void Restore() {
    const bool salvage = best_.use == SourceUse::kSalvage;
    plan_.way = salvage ? RecoveryWay::kSalvage : RecoveryWay::kRestore;
    std::string file = best_.db_path;
    if (salvage) {
      file = kSalvaged;
      Step(fmt::format("{} is damaged: take out what can be read", best_.db_path),
           fmt::format("{} salvage {} --output {}", utl_, QuotePath(best_.db_path), file));
    }
    const bool digest = best_.kind == SourceKind::kSnapshot && !salvage;
    const std::string skip = digest ? "" : " --skip-hash-check";
    const std::string kubernetes =
        "; for a cluster that API servers use, add --kubernetes, as the revision goes back";
    std::vector<cluster::Member> members;
    for (const Voter& voter : members_.voters) {
      const bool started = !members_.never_started.contains(voter.member.id.value);
      if (started && !voter.member.peer_urls.empty()) members.push_back(voter.member);
    }
    if (members.empty()) {
      Note(
          "the members of the cluster are not known: the restored one has one member; give "
          "--cluster with a members file for more");
      const std::string place = JoinPath(kRecoveryOutput, "default");
      Step("make the directory of a new cluster" + kubernetes,
           fmt::format("{} snapshot restore {}{} --data-dir {}", utl_, QuotePath(file), skip,
                       place));
      Step("start it", fmt::format("etcd --name default --data-dir {}", place));
    } else {
      Step("the members of the new cluster, which are the old one's",
           fmt::format("printf '%s\\n' {} > {}",
                       QuoteShell("initial-cluster: " + YamlText(InitialCluster(members))),
                       kMembersFile));
      Step("make all their directories, under a new token" + kubernetes,
           fmt::format("{} snapshot restore {}{} --cluster {} --output {}", utl_, QuotePath(file),
                       skip, kMembersFile, kRecoveryOutput));
      for (const cluster::Member& member : members) {
        Step(fmt::format("on the machine of {}: start it on its new directory", member.name),
             EtcdLine(member, {JoinPath(kRecoveryOutput, member.name), "", ""}));
      }
    }
    if (salvage) Lost("the keys that can't be read any more: `salvage` says which");
    TellEntries();
    if (best_.kind != SourceKind::kDataDir) {
      Lost(fmt::format("all that was written after revision {}, when {} was saved", best_.revision,
                       best_.path));
    }
  }

  template <typename Get>
  uint64_t MaxOf(Get get) const {
    uint64_t most = 0;
    for (const RecoverySource& source : sources_) {
      if (!source.diverged) most = std::max(most, get(source));
    }
    return most;
  }

  // Log entries beyond what is kept.
  void TellEntries() {
    const uint64_t kept = best_.kept_index();
    const uint64_t committed = MaxOf([](const RecoverySource& one) { return one.commit; });
    const uint64_t last = MaxOf([](const RecoverySource& one) { return one.last_index; });
    if (committed > kept) {
      Lost(fmt::format("{} log entries ({} to {}) that were committed and are in no db",
                       committed - kept, kept + 1, committed));
    }
    const uint64_t sure = std::max(kept, committed);
    if (last > sure) {
      Lost(
          fmt::format("{} log entries ({} to {}) that no server applied or knew to be committed: "
                      "a client that got an answer to one of these writes, just before the end, "
                      "misses it",
                      last - sure, sure + 1, last));
    }
    if (best_.kind == SourceKind::kDataDir && best_.last_index == 0) {
      Lost(fmt::format("what was in the log of {} after entry {}: it can't be read", best_.path,
                       kept));
    }
  }

  // What other sources of the cluster hold and the chosen one does not.
  void TellLost() {
    for (const RecoverySource& source : sources_) {
      if (&source == &best_ || source.diverged) continue;
      if (source.kept_index() > best_.kept_index()) {
        Lost(fmt::format("entries {} to {}, which {} holds{}", best_.kept_index() + 1,
                         source.kept_index(), source.path,
                         source.use == SourceUse::kSalvage
                             ? fmt::format(": it is damaged; see what `{} salvage {} --output "
                                           "FILE` gets out of it",
                                           utl_, QuotePath(source.db_path))
                             : ""));
      }
      if (source.use != SourceUse::kNone && source.revision > best_.revision &&
          best_.use != SourceUse::kStart) {
        Lost(fmt::format("revisions {} to {}, which {} holds", best_.revision + 1, source.revision,
                         source.path));
      }
    }
    if (plan_.lost.empty()) Lost("nothing that one of the paths holds");
  }

  const std::vector<RecoverySource>& sources_;
  const RecoverySource& best_;
  const RecoveryMembers& members_;
  const std::string utl_, ctl_;
  RecoveryPlan& plan_;
};

}  // namespace

void MakeAloneSteps(const std::vector<RecoverySource>& sources, const RecoveryMembers& members,
                    std::string_view program_name, RecoveryPlan& plan) {
  AlonePlanner(sources, members, program_name, plan).Make();
}

}  // namespace cairn::offline
