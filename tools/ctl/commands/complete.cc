// tools/ctl/commands/complete.cc: the hidden command __complete: names that only the cluster knows,
// for the completion scripts. It is quick or silent: half a second, and never a word on stderr.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "tools/ctl/commands/commands.h"
#include "tools/ctl/connection.h"
#include "tools/ctl/format/pieces.h"
#include "tools/ctl/key_range.h"

namespace cairn::ctl {

namespace {

using cli::Outcome;
using client::Client;

constexpr int64_t kLimitNanos = 450'000'000;
constexpr size_t kMaxCandidates = 100;

// The invocation with the connection flags of the line that is being completed.
class LineFlags : public cli::Invocation {
 public:
  // `words` are those of the line; what they aren't clear about doesn't count.
  LineFlags(cli::Invocation& in, const std::vector<std::string>& words) : in_(in) {
    const std::vector<const cli::Flag*> flags = in.program().root().flags();
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (!word.starts_with("--")) continue;
      const size_t equals = std::min(word.find('='), word.size());
      const std::string name = word.substr(2, equals - 2);
      const auto flag = std::find_if(flags.begin(), flags.end(),
                                     [&](const cli::Flag* f) { return f->name() == name; });
      if (flag == flags.end()) continue;
      if (equals < word.size()) {
        given_[name] = word.substr(equals + 1);
      } else if ((*flag)->type() == cli::FlagType::kBool) {
        given_[name] = "true";
      } else if (i + 1 < words.size()) {
        given_[name] = words[++i];
      }
    }
    given_["dial-timeout"] = given_["command-timeout"] = "450ms";
  }

  // A password would have to be asked for.
  bool WouldAsk() const {
    const std::string& user = String("user");
    return !user.empty() && user.find(':') == std::string::npos && String("password").empty();
  }

  const cli::Program& program() const override { return in_.program(); }
  const cli::Command& command() const override { return in_.command(); }
  const std::vector<std::string>& args() const override { return in_.args(); }
  std::optional<size_t> dash() const override { return in_.dash(); }
  bool Bool(std::string_view name) const override {
    const auto at = given_.find(name);
    return at == given_.end() ? in_.Bool(name) : at->second == "true";
  }
  const std::string& String(std::string_view name) const override {
    const auto at = given_.find(name);
    return at == given_.end() ? in_.String(name) : at->second;
  }
  int64_t Int64(std::string_view name) const override { return in_.Int64(name); }
  uint64_t Uint64(std::string_view name) const override { return in_.Uint64(name); }
  int64_t DurationNanos(std::string_view name) const override {
    return given_.contains(name) ? kLimitNanos : in_.DurationNanos(name);
  }
  bool Changed(std::string_view name) const override {
    return given_.contains(name) || in_.Changed(name);
  }
  cli::Format format() const override { return in_.format(); }
  bool box_drawing() const override { return false; }
  Progress& progress() override { return in_.progress(); }
  Status Print(std::string_view text) override { return in_.Print(text); }
  void Note(std::string_view) override {}

 private:
  cli::Invocation& in_;
  std::map<std::string, std::string, std::less<>> given_;
};

struct Candidate {
  std::string word;
  std::string about = {};
};
using Candidates = std::vector<Candidate>;

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) != 0x7f;
  });
}

// The next step below `typed`, path by path: "/registry/" once, however many keys are in it. One
// request of one key a step, so that it takes no longer in a store of millions.
StatusOr<Candidates> Keys(Client& client, client::Deadline deadline, const std::string& typed) {
  Candidates found;
  etcdserverpb::RangeRequest request;
  request.set_limit(1);
  request.set_keys_only(true);
  request.set_serializable(true);
  client::SetPrefixRange(typed, request);
  while (found.size() < kMaxCandidates) {
    etcdserverpb::RangeResponse response;
    const Status asked = client.Call(client::kRange, request, response, deadline);
    if (!asked.ok() && found.empty()) return asked;
    if (!asked.ok() || response.kvs().empty()) break;
    const std::string& key = response.kvs(0).key();
    const size_t slash = key.find('/', std::max<size_t>(typed.size(), 1));
    const bool whole = slash == std::string::npos;
    const std::string step = whole ? key : key.substr(0, slash + 1);
    if (IsPlain(step)) found.push_back({step});
    request.set_key(whole ? key + '\0' : PrefixEnd(step));
    if (request.key() >= request.range_end() && request.range_end() != std::string(1, '\0')) break;
  }
  return found;
}

// The answer to a question that has no words of its own.
template <typename Request, typename Response>
StatusOr<Response> List(Client& client, client::Deadline deadline,
                        const client::Method<Request, Response>& method) {
  Response response;
  CAIRN_RETURN_IF_ERROR(client.Call(method, Request(), response, deadline));
  return response;
}

StatusOr<Candidates> Leases(Client& client, client::Deadline deadline) {
  CAIRN_ASSIGN_OR_RETURN(const auto response, List(client, deadline, client::kLeaseLeases));
  Candidates found;
  for (const auto& lease : response.leases()) found.push_back({LeaseIdHex(lease.id())});
  return found;
}

// A member by its id; who begins to type a name gets the name.
StatusOr<Candidates> Members(Client& client, client::Deadline deadline, const std::string& typed,
                             bool endpoints) {
  CAIRN_ASSIGN_OR_RETURN(const auto response, List(client, deadline, client::kMemberList));
  Candidates found;
  for (const auto& member : response.members()) {
    const std::string id = IdHex(member.id());
    if (!endpoints) found.push_back({id, member.name()});
    if (!endpoints && !typed.empty()) found.push_back({member.name(), id});
    if (!endpoints) continue;
    for (const std::string& url : member.clienturls()) found.push_back({url, member.name()});
  }
  return found;
}

StatusOr<Candidates> Users(Client& client, client::Deadline deadline) {
  CAIRN_ASSIGN_OR_RETURN(const auto response, List(client, deadline, client::kUserList));
  Candidates found;
  for (const std::string& user : response.users()) found.push_back({user});
  return found;
}

StatusOr<Candidates> Roles(Client& client, client::Deadline deadline) {
  CAIRN_ASSIGN_OR_RETURN(const auto response, List(client, deadline, client::kRoleList));
  Candidates found;
  for (const std::string& role : response.roles()) found.push_back({role});
  return found;
}

StatusOr<Candidates> Ask(std::string_view kind, Client& client, client::Deadline deadline,
                         const std::string& typed) {
  if (kind == "key") return Keys(client, deadline, typed);
  if (kind == "lease") return Leases(client, deadline);
  if (kind == "member") return Members(client, deadline, typed, false);
  if (kind == "endpoint") return Members(client, deadline, typed, true);
  if (kind == "user") return Users(client, deadline);
  if (kind == "role") return Roles(client, deadline);
  return Candidates();
}

Outcome RunComplete(cli::Invocation& in) {
  const std::vector<std::string>& args = in.args();
  const std::string& kind = args[0];
  std::string typed = args[1];
  // Of a list of endpoints the last one is being typed.
  std::string before;
  if (const size_t comma = typed.rfind(','); kind == "endpoint" && comma != std::string::npos) {
    before = typed.substr(0, comma + 1);
    typed.erase(0, comma + 1);
  }
  LineFlags line(in, {args.begin() + 2, args.end()});
  if (line.WouldAsk()) return absl::OkStatus();
  const client::Deadline deadline = client::Deadline::After(kLimitNanos);
  Connection connection = Connect(line);
  if (!connection.outcome.status.ok()) return absl::OkStatus();
  const auto found = Ask(kind, *connection.client, deadline, typed);
  if (!found.ok()) return absl::OkStatus();
  std::string text;
  for (const Candidate& candidate : *found) {
    if (candidate.word.empty() || !candidate.word.starts_with(typed) || !IsPlain(candidate.word))
      continue;
    text += before + candidate.word;
    if (!candidate.about.empty() && IsPlain(candidate.about)) text += "\t" + candidate.about;
    text += "\n";
  }
  return in.Print(text);
}

}  // namespace

void AddComplete(cli::Program& program) {
  program.root()
      .Add("__complete <kind> <word> [-- words...]", "Names of the cluster that begin with a word")
      .Args(2, SIZE_MAX)
      .Hidden()
      .Run(RunComplete);
}

}  // namespace cairn::ctl
