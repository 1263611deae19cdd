// offline/recover_steps.cc: see recover_steps.h.
#include "offline/recover_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quote.h"
#include "cluster/ids.h"
#include "cluster/urls.h"

namespace cairn::offline {

namespace {

// Where the commands put what they make.
constexpr std::string_view kOutput = "recovered";
constexpr std::string_view kSalvaged = "recovered.db";
constexpr std::string_view kMembersFile = "members.yaml";

std::string Join(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : ",") + one;
  return text;
}

// What to listen on for these advertised URLs: the same where the host is an address, else all
// addresses of the machine, as etcd listens on no name.
std::string ListenUrls(const std::vector<std::string>& urls) {
  std::vector<std::string> listen;
  for (const std::string& text : urls) {
    auto url = cluster::ParseUrl(text);
    const auto place = url.ok() ? cluster::SplitHostPort(url->host) : url.status();
    if (place.ok() && place->host != "localhost" &&
        place->host.find_first_not_of("0123456789.") != std::string_view::npos &&
        place->host.find(':') == std::string_view::npos) {
      url->host = fmt::format("0.0.0.0:{}", place->port);
      listen.push_back(url->ToString());
    } else {
      listen.push_back(text);
    }
  }
  return Join(listen);
}

bool UsesTls(const cluster::Member& member) {
  const auto https = [](const std::string& url) { return url.starts_with("https:"); };
  return std::any_of(member.peer_urls.begin(), member.peer_urls.end(), https) ||
         std::any_of(member.client_urls.begin(), member.client_urls.end(), https);
}

std::string EtcdLine(const cluster::Member& member, const std::string& data_dir,
                     const std::string& flags) {
  std::string line = fmt::format("etcd --name {} --data-dir {}{}", QuoteShell(member.name),
                                 QuoteShell(data_dir), flags);
  if (!member.peer_urls.empty()) {
    line +=
        fmt::format(" --listen-peer-urls {} --initial-advertise-peer-urls {}",
                    QuoteShell(ListenUrls(member.peer_urls)), QuoteShell(Join(member.peer_urls)));
  }
  if (!member.client_urls.empty()) {
    line += fmt::format(" --listen-client-urls {} --advertise-client-urls {}",
                        QuoteShell(ListenUrls(member.client_urls)),
                        QuoteShell(Join(member.client_urls)));
  }
  return line;
}

std::string InitialCluster(const std::vector<cluster::Member>& members) {
  std::vector<std::string> pairs;
  for (const cluster::Member& member : members) {
    for (const std::string& url : member.peer_urls) {
      pairs.push_back(fmt::format("{}={}", member.name, url));
    }
  }
  return Join(pairs);
}

class Planner {
 public:
  Planner(const std::vector<RecoverySource>& sources, std::string_view program_name,
          RecoveryPlan& plan)
      : sources_(sources),
        best_(sources.front()),
        utl_(program_name),
        ctl_(program_name == "etcdutl" ? "etcdctl" : "cairnctl"),
        plan_(plan) {
    const RecoverySource* newest = nullptr;
    for (const RecoverySource& source : sources) {
      if (source.members.empty()) continue;
      if (newest == nullptr || (newest->diverged && !source.diverged)) newest = &source;
    }
    if (newest == nullptr) return;
    version_ = newest->cluster_version;
    for (const cluster::Member& member : newest->members) {
      if (member.is_learner) {
        Note(fmt::format("{} is a learner: it has no vote, and is added again later",
                         Label(member)));
      } else if (member.name.empty()) {
        Note(fmt::format("member {} was added and never started: it is left out",
                         cluster::IdString(member.id)));
        ++nameless_voters_;
      } else {
        voters_.push_back(member);
      }
    }
    std::sort(voters_.begin(), voters_.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  void Make() {
    if (best_.use == SourceUse::kNone) return;
    if (!StartAll()) {
      if (best_.use == SourceUse::kStart) {
        ForceOne();
      } else {
        Restore();
      }
      TellLost();
    }
    TellCommon();
  }

 private:
  void Note(std::string text) { plan_.notes.push_back(std::move(text)); }
  void Lost(std::string text) { plan_.lost.push_back(std::move(text)); }
  void Step(std::string why, std::string command) {
    plan_.steps.push_back({std::move(why), std::move(command)});
  }

  static std::string Label(const cluster::Member& member) {
    return fmt::format("{} ({})", member.name.empty() ? "a member" : member.name,
                       cluster::IdString(member.id));
  }

  const cluster::Member* Voter(const std::optional<uint64_t>& id) const {
    for (const cluster::Member& member : voters_) {
      if (id.has_value() && member.id.value == *id) return &member;
    }
    return nullptr;
  }

  std::string Ctl(const cluster::Member& through) const {
    return through.client_urls.empty()
               ? ctl_
               : fmt::format("{} --endpoints {}", ctl_, QuoteShell(Join(through.client_urls)));
  }

  // Adds `member` with an empty directory to a cluster of `present`, which it joins.
  void AddMember(const cluster::Member& through, const cluster::Member& member,
                 std::vector<cluster::Member>& present) {
    Step(fmt::format("when all members have served for five seconds (else etcd says \"unhealthy "
                     "cluster\"): add {}",
                     member.name),
         fmt::format("{} member add {} --peer-urls {}", Ctl(through), QuoteShell(member.name),
                     QuoteShell(Join(member.peer_urls))));
    present.push_back(member);
    Step(fmt::format("on the machine of {}: start it with an empty directory; it gets all from the "
                     "others",
                     member.name),
         EtcdLine(member, JoinPath(kOutput, member.name),
                  fmt::format(" --initial-cluster {} --initial-cluster-state existing",
                              QuoteShell(InitialCluster(present)))));
  }

  // A quorum of members that start is a cluster that was only stopped.
  bool StartAll() {
    std::vector<const RecoverySource*> starters;
    uint64_t last_index = 0;
    for (const RecoverySource& source : sources_) {
      if (source.use != SourceUse::kStart || source.diverged) continue;
      if (Voter(source.member) == nullptr) continue;
      const bool twice = std::any_of(starters.begin(), starters.end(), [&](const auto* other) {
        return other->member == source.member;
      });
      if (twice) {
        Note(fmt::format("{} is an older copy of a member that is there already", source.path));
        continue;
      }
      starters.push_back(&source);
      last_index = std::max(last_index, source.last_index);
    }
    const size_t voters = voters_.size() + nameless_voters_;
    if (starters.empty() || starters.size() < voters / 2 + 1 || best_.kept_index() > last_index) {
      return false;
    }
    plan_.way = RecoveryWay::kStartAll;
    Note(fmt::format("{} of {} members can be started, which is a quorum: no recovery is needed",
                     starters.size(), voters));
    std::vector<cluster::Member> present = voters_;
    for (const RecoverySource* source : starters) {
      const cluster::Member& member = *Voter(source->member);
      if (source->in_use) {
        Note(fmt::format("{} runs already", Label(member)));
        continue;
      }
      Step(fmt::format("on the machine of {}: start it on its own directory", member.name),
           EtcdLine(member, source->path, ""));
    }
    for (const cluster::Member& member : voters_) {
      const auto is_member = [&](const RecoverySource& source) {
        return source.member == member.id.value;
      };
      const bool starts = std::any_of(starters.begin(), starters.end(),
                                      [&](const auto* source) { return is_member(*source); });
      if (starts) continue;
      const auto named = std::find_if(sources_.begin(), sources_.end(), is_member);
      if (named == sources_.end()) {
        Note(
            fmt::format("the directory of {} was not named: if it is lost, remove the member and "
                        "add it again with an empty one",
                        Label(member)));
        continue;
      }
      const cluster::Member& through = *Voter(starters.front()->member);
      Step(fmt::format("{} can't go on with {}: remove it", member.name, named->path),
           fmt::format("{} member remove {}", Ctl(through), cluster::IdString(member.id)));
      std::erase_if(present, [&](const auto& one) { return one.id == member.id; });
      AddMember(through, member, present);
    }
    Lost(
        "nothing: what a client was told to be written stands in a quorum's logs, and these "
        "members elect the one whose log has it");
    return true;
  }

  void ForceOne() {
    plan_.way = RecoveryWay::kForceOne;
    cluster::Member self;
    if (const cluster::Member* voter = Voter(best_.member); voter != nullptr) self = *voter;
    if (self.name.empty()) self.name = best_.name.empty() ? "default" : best_.name;
    const std::string place = JoinPath(kOutput, self.name);
    Note(fmt::format(
        "--force-new-cluster makes {} the only member, with the same cluster id and member id. It "
        "needs the directory's db and whole log, and etcd of the release that wrote them{}. End "
        "every other member of the old cluster first, and never start one on its old directory "
        "again: it would take this one for its own",
        self.name, version_.empty() ? "" : fmt::format(" (the cluster is at {})", version_)));
    if (best_.in_use) {
      Step(fmt::format("{} is in use: end the server that has it open, then copy it", best_.path),
           CopyLine(place));
    } else {
      Step("work on a copy, so that this can be done again", CopyLine(place));
    }
    Step("start it alone; wait until it serves", EtcdLine(self, place, " --force-new-cluster"));
    Step(
        "end it, and start it without the flag, which would throw out the other members at each "
        "start",
        EtcdLine(self, place, ""));
    std::vector<cluster::Member> present = {self};
    for (const cluster::Member& member : voters_) {
      if (member.id != self.id) AddMember(self, member, present);
    }
    TellEntries();
    if (voters_.size() > 1) {
      Lost(fmt::format("whatever a majority without {} wrote and {} never got: its log can't tell",
                       self.name, self.name));
    }
  }

  std::string CopyLine(const std::string& place) const {
    return fmt::format("mkdir -p {} && cp -a {} {}", kOutput, QuoteShell(best_.path),
                       QuoteShell(place));
  }

  void Restore() {
    const bool salvage = best_.use == SourceUse::kSalvage;
    plan_.way = salvage ? RecoveryWay::kSalvage : RecoveryWay::kRestore;
    std::string file = best_.db_path;
    if (salvage) {
      file = kSalvaged;
      Step(fmt::format("{} is damaged: take out what can be read", best_.db_path),
           fmt::format("{} salvage {} --output {}", utl_, QuoteShell(best_.db_path), file));
    }
    const bool digest = best_.kind == SourceKind::kSnapshot && !salvage;
    const std::string skip = digest ? "" : " --skip-hash-check";
    const std::string kubernetes =
        "; for a cluster that API servers use, add --kubernetes, as the revision goes back";
    if (voters_.empty()) {
      Note(
          "the members of the cluster are not known: the restored one has one member; give "
          "--cluster with a members file for more");
      const std::string place = JoinPath(kOutput, "default");
      Step("make the directory of a new cluster" + kubernetes,
           fmt::format("{} snapshot restore {}{} --data-dir {}", utl_, QuoteShell(file), skip,
                       place));
      Step("start it", fmt::format("etcd --name default --data-dir {}", place));
    } else {
      Step("the members of the new cluster, which are the old one's",
           fmt::format("printf '%s\\n' {} > {}",
                       QuoteShell("initial-cluster: " + InitialCluster(voters_)), kMembersFile));
      Step("make all their directories, under a new token" + kubernetes,
           fmt::format("{} snapshot restore {}{} --cluster {} --output {}", utl_, QuoteShell(file),
                       skip, kMembersFile, kOutput));
      for (const cluster::Member& member : voters_) {
        Step(fmt::format("on the machine of {}: start it on its new directory", member.name),
             EtcdLine(member, JoinPath(kOutput, member.name), ""));
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
                      "a client that was told of one of these writes, just before the end, misses "
                      "it",
                      last - sure, sure + 1, last));
    }
    if (best_.kind == SourceKind::kDataDir && best_.last_index == 0) {
      Lost(fmt::format("what stood in the log of {} behind entry {}: it can't be read", best_.path,
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
                                           utl_, QuoteShell(source.db_path))
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

  void TellCommon() {
    if (std::any_of(voters_.begin(), voters_.end(), UsesTls)) {
      Note("the members use TLS: add the certificate flags that they had, and those of the client");
    }
    if (!version_.empty() && plan_.way == RecoveryWay::kStartAll) {
      Note(fmt::format("use etcd of the cluster's release, {}", version_));
    }
  }

  const std::vector<RecoverySource>& sources_;
  const RecoverySource& best_;
  const std::string utl_, ctl_;
  RecoveryPlan& plan_;
  std::vector<cluster::Member> voters_;  // by name
  size_t nameless_voters_ = 0;
  std::string version_;
};

}  // namespace

void MakeSteps(const std::vector<RecoverySource>& sources, std::string_view program_name,
               RecoveryPlan& plan) {
  Planner(sources, program_name, plan).Make();
}

}  // namespace cairn::offline
