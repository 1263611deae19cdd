// tools/ctl/commands/member.cc: the commands member add, list, remove, update and promote.
#include <fmt/format.h>

#include "base/parallel.h"
#include "cluster/urls.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/confirm.h"
#include "tools/ctl/format/member.h"
#include "tools/ctl/member_name.h"
#include "tools/ctl/removal.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using client::Client;
using etcdserverpb::MemberListResponse;

// How long a member may take to say that it is there.
constexpr int64_t kProbeNanos = 1'000'000'000;

// The one word that names a member, before anything is sent.
Outcome CheckArgs(cli::Invocation& in) {
  if (in.args().size() != 1 || (in.args()[0].empty() && !in.program().compat())) {
    return BadArgs("member ID is not provided");
  }
  const Status checked = CheckMemberWord(in.program(), in.args()[0]);
  if (checked.ok()) return checked;
  return BadArgs(fmt::format("bad member ID arg ({}), expecting ID in Hex", Message(checked)));
}

// `request` to the member that the word means.
template <typename Request, typename Response>
Outcome AskMember(cli::Invocation& in, const client::Method<Request, Response>& method,
                  Request& request, std::string (*print)(uint64_t, const Response&, const Style&)) {
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  const MemberWord member = ReadMemberWord(in, *connection.client, in.args()[0]);
  if (!member.outcome.status.ok()) return member.outcome;
  request.set_id(member.id);
  Response response;
  CAIRN_RETURN_IF_ERROR(connection.client->Call(method, request, response, CommandDeadline(in)));
  return in.Print(print(member.id, response, StyleOf(in)));
}

// --peer-urls as it is sent. A text that is no URL would bring a server down, so none is sent.
template <typename Request>
Status ReadPeerUrls(cli::Invocation& in, Request& request) {
  std::string_view rest = in.String("peer-urls");
  std::vector<std::string> urls;
  for (;;) {
    const size_t comma = rest.find(',');
    urls.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  CAIRN_RETURN_IF_ERROR(cluster::MakeUrls(urls).status());
  for (std::string& url : urls) request.add_peerurls(std::move(url));
  return absl::OkStatus();
}

Outcome RunAdd(cli::Invocation& in) {
  if (in.args().empty()) return BadArgs("member name not provided");
  if (in.args().size() > 1) {
    std::string message = "too many arguments";
    for (const std::string& word : in.args()) {
      std::string lower = word.substr(0, 4);
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      if (lower == "http") message += fmt::format(", did you mean --peer-urls={}", word);
    }
    return BadArgs(message);
  }
  if (in.String("peer-urls").empty()) return BadArgs("member peer urls not provided");
  etcdserverpb::MemberAddRequest request;
  CAIRN_RETURN_IF_ERROR(ReadPeerUrls(in, request));
  request.set_islearner(in.Bool("learner"));
  return Ask(in, client::kMemberAdd, request, [&](const auto& response) {
    std::string text = PrintMemberAdd(response, StyleOf(in));
    if (in.format() == Format::kSimple) {
      text += MemberAddSettings(response, in.args()[0], in.String("peer-urls"));
    }
    return text;
  });
}

Outcome RunList(cli::Invocation& in) {
  const std::string& consistency = in.String("consistency");
  if (consistency != "l" && consistency != "s") {
    return {ExitCode::kBadFeature, fmt::format("unknown consistency flag \"{}\"", consistency)};
  }
  etcdserverpb::MemberListRequest request;
  request.set_linearizable(consistency == "l");
  return Ask(in, client::kMemberList, request,
             [&](const auto& response) { return PrintMemberList(response, StyleOf(in)); });
}

// Whether any of the member's client URLs answers.
bool Answers(Client& client, const etcdserverpb::Member& member) {
  std::vector<client::Endpoint> endpoints;
  for (const std::string& url : member.clienturls()) {
    auto endpoint = client::ParseEndpoint(url);
    if (endpoint.ok()) endpoints.push_back(*std::move(endpoint));
  }
  if (endpoints.empty()) return false;
  const auto one = client.WithEndpoints(std::move(endpoints));
  if (!one.ok()) return false;
  etcdserverpb::StatusResponse response;
  return (*one)
             ->Call(client::kStatus, etcdserverpb::StatusRequest(), response,
                    client::Deadline::After(kProbeNanos))
             .ok() &&
         response.header().member_id() == member.id();
}

StatusOr<Removal> LookAhead(cli::Invocation& in, Client& client, uint64_t id) {
  etcdserverpb::MemberListRequest request;
  request.set_linearizable(true);
  MemberListResponse members;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kMemberList, request, members, CommandDeadline(in)));
  const auto count = static_cast<size_t>(members.members_size());
  std::vector<char> answers(count);  // not bits: written by several threads
  CAIRN_RETURN_IF_ERROR(RunInParallel(count, [&](size_t i) {
    answers[i] = Answers(client, members.members(static_cast<int>(i))) ? 1 : 0;
    return absl::OkStatus();
  }));
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  return ForeseeRemoval(members, std::vector<bool>(answers.begin(), answers.end()), id);
}

Outcome RunRemove(cli::Invocation& in) {
  if (Outcome checked = CheckArgs(in); !checked.status.ok()) return checked;
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  Client& client = *connection.client;
  const MemberWord member = ReadMemberWord(in, client, in.args()[0]);
  if (!member.outcome.status.ok()) return member.outcome;
  const uint64_t id = member.id;
  if (in.Bool("dry-run") || WouldAsk(in)) {
    CAIRN_ASSIGN_OR_RETURN(const Removal removal, LookAhead(in, client, id));
    const std::string text = RemovalText(removal, id);
    if (in.Bool("dry-run")) {
      if (!removal.known) return {ExitCode::kError, "etcdserver: member not found"};
      return in.Print(text + "\n");
    }
    if (removal.LosesQuorum()) {
      in.Note(text);
      Outcome confirmed = Confirm(in, "Remove it all the same?");
      if (!confirmed.status.ok()) return confirmed;
    }
  }
  etcdserverpb::MemberRemoveRequest request;
  request.set_id(id);
  etcdserverpb::MemberRemoveResponse response;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kMemberRemove, request, response, CommandDeadline(in)));
  return in.Print(PrintMemberRemove(id, response, StyleOf(in)));
}

Outcome RunUpdate(cli::Invocation& in) {
  if (Outcome checked = CheckArgs(in); !checked.status.ok()) return checked;
  if (in.String("peer-urls").empty()) return BadArgs("member peer urls not provided");
  etcdserverpb::MemberUpdateRequest request;
  CAIRN_RETURN_IF_ERROR(ReadPeerUrls(in, request));
  return AskMember(in, client::kMemberUpdate, request, PrintMemberUpdate);
}

Outcome RunPromote(cli::Invocation& in) {
  if (Outcome checked = CheckArgs(in); !checked.status.ok()) return checked;
  etcdserverpb::MemberPromoteRequest request;
  return AskMember(in, client::kMemberPromote, request, PrintMemberPromote);
}

}  // namespace

void AddMember(cli::Program& program) {
  cli::Command& group = program.root().Add(
      "member <subcommand>",
      "Membership related commands. Use `{prog} member --help` to see subcommands");
  group.Long("Membership related commands");

  cli::Command& add = group.Add("add <memberName> [options]", "Adds a member into the cluster");
  add.Long(
         "Adds a member and prints the settings that its server starts with. Start it soon: until\n"
         "then it counts as a voter that is down. With --learner it has no vote until `{prog}\n"
         "member promote`, so that the cluster keeps its quorum while it catches up.")
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} member add m4 --peer-urls=https://10.0.0.4:2380 --learner",
               "A fourth member, without a vote at first.")
      .Exit(ExitCode::kBadArgs, "no name or no peer URLs; nothing was sent")
      .Run(RunAdd);
  add.String("peer-urls", "", "comma separated peer URLs for the new member.");
  add.Bool("learner", false, "indicates if the new member is raft learner");

  cli::Command& list = group.Add("list", "Lists all members in the cluster");
  list.Args(0, 0, "member list takes no arguments", ExitCode::kBadArgs)
      .EtcdIgnoresMore()
      .Long(
          "Prints a line for each member: ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.\n"
          "A member is unstarted until its server has joined.")
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kTable, Format::kProtobuf})
      .Example("{prog} member list -w table", "As a table.")
      .Example("{prog} member list --consistency=s", "As one member knows it, without a quorum.")
      .Exit(ExitCode::kBadFeature, "there is no such consistency")
      .Run(RunList);
  list.String("consistency", "l", "Linearizable(l) or Serializable(s)").Choices({"l", "s"}, false);

  cli::Command& remove = group.Add("remove <memberID>", "Removes a member from the cluster");
  remove
      .Long(
          "Removes a member for good: its server stops, and its data directory can't be used "
          "again.\n"
          "On a terminal it asks when too few of the other voters answer to go on without it;\n"
          "--dry-run prints how many do.")
      .ArgKinds({{cli::ValueKind::kMember}})
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} member remove 8211f1d0f64f3269", "The member with this ID.")
      .Example("{prog} member remove m3", "The member with this name.")
      .Example("{prog} member remove 8211f1d0f64f3269 --dry-run", "Whether the quorum would stay.")
      .Exit(ExitCode::kBadArgs, "that is not a member, or more than one; nothing was changed")
      .Run(RunRemove);
  AddConfirmFlags(remove);

  cli::Command& update =
      group.Add("update <memberID> [options]", "Updates a member in the cluster");
  update
      .Long(
          "Tells the cluster the new peer URLs of a member, before its server starts again with\n"
          "them.")
      .ArgKinds({{cli::ValueKind::kMember}})
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} member update 8211f1d0f64f3269 --peer-urls=https://10.0.0.9:2380",
               "A member that moves.")
      .Exit(ExitCode::kBadArgs, "no member ID or no peer URLs; nothing was sent")
      .Run(RunUpdate);
  update.String("peer-urls", "", "comma separated peer URLs for the updated member.");

  group.Add("promote <memberID>", "Promotes a non-voting member in the cluster")
      .Long(
          "Makes a learner a voting member. The server refuses while the learner is too far "
          "behind\n"
          "the leader.")
      .ArgKinds({{cli::ValueKind::kMember}})
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} member promote 8211f1d0f64f3269", "A learner that has caught up.")
      .Exit(ExitCode::kBadArgs, "that is not a member, or more than one; nothing was changed")
      .Run(RunPromote);
}

}  // namespace cairn::ctl
