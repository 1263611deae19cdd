// offline/recover/steps.cc: see steps.h.
#include "offline/recover/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/recover/alone.h"
#include "offline/recover/lines.h"
#include "offline/recover/members.h"

namespace cairn::offline {

namespace {

class Planner {
 public:
  Planner(const std::vector<RecoverySource>& sources, std::string_view program_name,
          RecoveryPlan& plan)
      : sources_(sources),
        best_(sources.front()),
        utl_(program_name),
        ctl_(CtlOf(program_name)),
        plan_(plan),
        members_(sources, plan.notes) {}

  Status TakeLost(const std::vector<std::string>& lost) { return members_.TakeLost(lost); }

  void Make() {
    const size_t here =
        members_.Count(MemberState::kRunning) + members_.Count(MemberState::kStartable);
    const size_t quorum = members_.voters.size() / 2 + 1;
    const bool any_dir = std::any_of(sources_.begin(), sources_.end(), [](const auto& source) {
      return source.kind == SourceKind::kDataDir;
    });
    if (Disputed().size() > 1) {
      Compare();
    } else if (!members_.voters.empty() && here >= quorum && !IsStale()) {
      StartAll();
    } else if (!members_.voters.empty() && here < quorum &&
               here + members_.Count(MemberState::kUnknown) >= quorum && any_dir) {
      Majority();
    } else if (best_.use != SourceUse::kNone) {
      MakeAloneSteps(sources_, members_, utl_, plan_);
    } else {
      return;
    }
    if (!members_.version.empty() && !ThrowsAway(plan_.way)) {
      Note(fmt::format("use etcd of the cluster's release, {}", members_.version));
    }
    TellTls();
  }

 private:
  void Note(std::string_view text) { plan_.notes.emplace_back(text); }
  void Lost(std::string_view text) { plan_.lost.emplace_back(text); }
  void Step(std::string_view why, std::string command) {
    plan_.steps.push_back({std::string(why), std::move(command)});
  }

  static std::string Reach(const RecoverySource& source) {
    return fmt::format("log to {}, applied to {}, revision {}", source.last_index,
                       source.consistent_index, source.revision);
  }

  std::vector<const Voter*> Disputed() const {
    std::vector<const Voter*> list;
    for (const Voter& voter : members_.voters) {
      if (voter.state == MemberState::kStartable && voter.source->disputed) list.push_back(&voter);
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Voter* a, const Voter* b) { return a->source < b->source; });
    return list;
  }

  // Whether one of the sources keeps more than the longest log of those that are here: they are old
  // copies.
  bool IsStale() const {
    uint64_t last_index = 0;
    for (const Voter& voter : members_.voters) {
      if (voter.state != MemberState::kStartable && voter.state != MemberState::kRunning) continue;
      last_index = std::max({last_index, voter.source->last_index, voter.source->commit});
    }
    return best_.kept_index() > last_index;
  }

  std::string StartLine(const Voter& voter) const {
    return EtcdLine(voter.member, {voter.source->path, voter.source->wal_dir, ""});
  }

  void StartHere() {
    for (const RecoverySource& source : sources_) {
      for (const Voter& voter : members_.voters) {
        if (voter.source != &source) continue;
        if (voter.state == MemberState::kRunning) Note(fmt::format("{} runs", Label(voter.member)));
        if (voter.state != MemberState::kStartable) continue;
        Step(fmt::format("on the machine of {}: start it on its own directory", voter.member.name),
             StartLine(voter));
      }
    }
  }

  // The lines that put an empty member in the place of each of `which`: nothing is lost while a
  // majority answers.
  template <typename Which>
  void Replace(Which which) {
    std::vector<cluster::Member> through;
    std::vector<cluster::Member> present;
    for (const Voter& voter : members_.voters) {
      present.push_back(voter.member);
      const bool dead = voter.state == MemberState::kDamaged || voter.state == MemberState::kLost;
      if (!which(voter) && !dead) through.push_back(voter.member);
    }
    present.insert(present.end(), members_.learners.begin(), members_.learners.end());
    for (const Voter& voter : members_.voters) {
      if (!which(voter)) continue;
      const cluster::Member& member = voter.member;
      std::string why = fmt::format("{} is lost: remove it", member.name);
      if (voter.state == MemberState::kDamaged) {
        why = fmt::format("{} can't go on with {}, and {}: remove it", member.name,
                          voter.source->path, kReplacedText);
      } else if (voter.state == MemberState::kRunning) {
        why = fmt::format("if {} is damaged: end its server, and remove it", member.name);
      }
      Step(why,
           CtlLine(ctl_, through, fmt::format("member remove {}", cluster::IdString(member.id))));
      std::erase_if(present, [&](const auto& one) { return one.id == member.id; });
      AppendAddSteps(ctl_, through, member, present, plan_.steps);
    }
  }

  // The same for damaged directories that don't tell whose they are.
  void ReplaceNobodys() {
    std::vector<cluster::Member> through;
    for (const Voter& voter : members_.voters) {
      if (!IsGone(voter)) through.push_back(voter.member);
    }
    for (const RecoverySource* source : members_.nobodys) {
      Step(fmt::format("{} does not say which member it is: find its id", source->path),
           CtlLine(ctl_, through, "member list"));
      Step(fmt::format("this member {}: remove it", kReplacedText),
           CtlLine(ctl_, through, "member remove \"${MEMBER_ID:?the id of the damaged member}\""));
      Step("add it; then start it with an empty directory and the settings that this line prints",
           CtlLine(ctl_, through,
                   "member add \"${NAME:?its name}\" --peer-urls \"${PEER_URLS:?its peer URLs}\""));
    }
  }

  static bool IsGone(const Voter& voter) {
    return voter.state == MemberState::kDamaged || voter.state == MemberState::kLost;
  }

  // What the members that can be started differ in: raft evens it out when they are started
  // together, and only then.
  std::string TellDifferences() const {
    const RecoverySource* newest = nullptr;
    const RecoverySource* oldest = nullptr;
    for (const RecoverySource& source : sources_) {
      for (const Voter& voter : members_.voters) {
        if (voter.source != &source || voter.state != MemberState::kStartable) continue;
        if (newest == nullptr) newest = &source;
        oldest = &source;
      }
    }
    if (newest == oldest) return "";
    const auto reach = [](const RecoverySource& one) {
      return std::tuple(one.last_index, one.consistent_index, one.revision, one.term);
    };
    if (reach(*newest) == reach(*oldest)) return "";
    std::string text = fmt::format(
        "they are not at the same point: {} is newer ({}) than {} ({}); started together they "
        "catch up",
        newest->path, Reach(*newest), oldest->path, Reach(*oldest));
    if (newest->kept_index() > oldest->kept_index()) {
      text += fmt::format("; going on with {} alone would lose entries {} to {}", oldest->path,
                          oldest->kept_index() + 1, newest->kept_index());
    } else {
      text += fmt::format("; going on with {} alone may lose what {} holds", oldest->path,
                          newest->path);
    }
    return text;
  }

  // A quorum of members that start is a cluster that was only stopped.
  void StartAll() {
    plan_.way = RecoveryWay::kStartAll;
    const size_t startable = members_.Count(MemberState::kStartable);
    const size_t running = members_.Count(MemberState::kRunning);
    const auto gone = members_.Names(IsGone);
    std::string here = running == 0 ? "can be started" : "run";
    if (running > 0 && startable > 0) here = "run or can be started";
    const std::string quorum = fmt::format("{} of {} members {}, which is a quorum",
                                           startable + running, members_.voters.size(), here);
    const std::string differences = TellDifferences();
    const bool others = std::any_of(plan_.notes.begin(), plan_.notes.end(), [](const auto& note) {
      return note.starts_with("the paths are of more than one cluster");
    });
    if (gone.empty() && !members_.nobodys.empty()) {
      plan_.headline = fmt::format(
          "while a majority of {} answers, the member of {} {}, and nothing is lost: {}",
          members_.All(), members_.nobodys.front()->path, kReplacedText, quorum);
    } else if (!gone.empty()) {
      plan_.headline = fmt::format("while a majority of {} answers, {} {}, and nothing is lost: {}",
                                   members_.All(), Enumerate(gone), kReplacedText, quorum);
    } else if (running == members_.voters.size() && running == 1) {
      plan_.headline = fmt::format(
          "{} is in use by a running server: while it answers, save a snapshot of it; a damaged "
          "member of several {}, and nothing is lost",
          members_.voters.front().source->path, kReplacedText);
    } else if (!differences.empty() || others) {
      plan_.headline = quorum + ": nothing is lost when all of them are started";
    } else {
      plan_.headline = quorum + ": no recovery is needed";
    }
    if (!differences.empty()) Note(differences);
    StartHere();
    if (running == 1 && members_.voters.size() == 1) {
      Step("it has no other member to be rebuilt from: save what it serves",
           CtlLine(ctl_, {members_.voters.front().member}, "snapshot save recovered.db"));
    }
    Replace(IsGone);
    ReplaceNobodys();
    for (const Voter& voter : members_.voters) {
      if (voter.state != MemberState::kUnknown) continue;
      Note(
          fmt::format("the directory of {} was not named: start it too; if it is lost, say so "
                      "(--lost {}), and the lines that replace it are added",
                      Label(voter.member), QuoteShell(voter.member.name)));
    }
    Lost(
        "nothing: what was acknowledged to a client is in a quorum's logs, and these "
        "members elect the one whose log has it");
  }

  // This plan's command line, with all that are not here as lost.
  std::string WithLost() const {
    std::string line = fmt::format("{} recover plan", utl_);
    for (const Voter& voter : members_.voters) {
      if (voter.state == MemberState::kUnknown || voter.state == MemberState::kLost) {
        line += fmt::format(" --lost {}", QuoteShell(voter.member.name));
      }
    }
    for (const RecoverySource& source : sources_) {
      if (!source.wal_dir.empty()) line += fmt::format(" --wal-dir {}", QuotePath(source.wal_dir));
    }
    for (const RecoverySource& source : sources_)
      line += fmt::format(" {}", QuotePath(source.path));
    return line;
  }

  // Too few are here, and nobody has said that the others are lost.
  void Majority() {
    plan_.way = RecoveryWay::kMajority;
    const auto damaged = members_.NamesOf(MemberState::kDamaged);
    const auto running = members_.NamesOf(MemberState::kRunning);
    const auto unknown = members_.NamesOf(MemberState::kUnknown);
    const bool running_alone = !running.empty() && damaged.empty() && members_.nobodys.empty() &&
                               members_.Count(MemberState::kStartable) == 0;
    if (!damaged.empty()) {
      plan_.headline = fmt::format("while a majority of {} answers, {} {}, and nothing is lost",
                                   members_.All(), Enumerate(damaged), kReplacedText);
    } else if (!members_.nobodys.empty()) {
      plan_.headline =
          fmt::format("while a majority of {} answers, the member of {} {}, and nothing is lost",
                      members_.All(), members_.nobodys.front()->path, kReplacedText);
    } else if (running_alone) {
      plan_.headline = fmt::format(
          "{} in use by a running server: while a majority of {} answers, nothing is to be "
          "recovered; a damaged member {}, and nothing is lost",
          Are(running), members_.All(), kReplacedText);
    } else {
      plan_.headline = fmt::format(
          "while a majority of {} answers or can be started, {} to be started with them, and "
          "nothing is lost",
          members_.All(), Are(members_.NamesOf(MemberState::kStartable)));
    }
    StartHere();
    if (const std::string differences = TellDifferences(); !differences.empty()) Note(differences);
    Replace([&](const Voter& voter) {
      return voter.state == MemberState::kDamaged || voter.state == MemberState::kLost ||
             (running_alone && voter.state == MemberState::kRunning);
    });
    ReplaceNobodys();
    Note(
        fmt::format("the directories of {} were not named. Only if {} lost for good, and do not "
                    "run: {}",
                    Enumerate(unknown), Are(unknown), WithLost()));
    Lost("nothing, while a majority of the members comes back");
  }

  // Which of them is right the files don't tell, and started together they would go on differing.
  void Compare() {
    plan_.way = RecoveryWay::kCompare;
    const std::vector<const Voter*> list = Disputed();
    const RecoverySource& first = *list.front()->source;
    const RecoverySource& second = *list[1]->source;
    const bool newer = first.kept_index() > second.kept_index() ||
                       first.last_index > second.last_index || first.revision > second.revision;
    plan_.headline = fmt::format(
        "{} and {} hold different keys (HashKV at revision {}: {:08x} and {:08x}), and no majority "
        "says which is right: do not start them together",
        first.path, second.path, first.hash_revision, first.hash.value_or(0),
        second.hash.value_or(0));
    Note(newer ? fmt::format("{} is newer ({}) than {} ({})", first.path, Reach(first), second.path,
                             Reach(second))
               : fmt::format("neither is newer: {} is at {}, {} at {}", first.path, Reach(first),
                             second.path, Reach(second)));
    if (const auto unknown = members_.NamesOf(MemberState::kUnknown); !unknown.empty()) {
      Note(fmt::format("name the directory of {} too: what most of them agree on is right",
                       Enumerate(unknown)));
    }
    Step("see in which keys they differ",
         fmt::format("{} diff {} {}", utl_, QuotePath(first.db_path), QuotePath(second.db_path)));
    for (const Voter* chosen : list) {
      std::string line = fmt::format("{} recover plan", utl_);
      for (const Voter& voter : members_.voters) {
        if (&voter != chosen) line += fmt::format(" --lost {}", QuoteShell(voter.member.name));
      }
      Note(fmt::format("to go on with {} alone, and lose what only the others hold: {} {}",
                       chosen->source->path, line, QuotePath(chosen->source->path)));
    }
    Lost("the keys of the one that is not chosen, where they differ");
  }

  void TellTls() {
    const auto has = [&](std::string_view text) {
      return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const auto& step) {
        return step.command.find(text) != std::string::npos;
      });
    };
    if (!has("ETCD_CERT_FILE=") && !has("ETCD_PEER_CERT_FILE=") && !has("ETCDCTL_CACERT=")) return;
    Note(
        "the members use TLS: set in the shell what the lines take as \"${ETCD_…}\", as the "
        "environment file or the flags of each member have it, and ETCDCTL_CACERT, ETCDCTL_CERT "
        "and ETCDCTL_KEY for the client. Of the other ETCD_ variables none may be exported: etcd "
        "refuses one beside its flag");
  }

  const std::vector<RecoverySource>& sources_;
  const RecoverySource& best_;
  const std::string utl_, ctl_;
  RecoveryPlan& plan_;
  RecoveryMembers members_;
};

}  // namespace

Status MakeSteps(const std::vector<RecoverySource>& sources, const std::vector<std::string>& lost,
                 std::string_view program_name, RecoveryPlan& plan) {
  Planner planner(sources, program_name, plan);
  CAIRN_RETURN_IF_ERROR(planner.TakeLost(lost));
  planner.Make();
  return absl::OkStatus();
}

}  // namespace cairn::offline
