// tools/ctl/each_endpoint.cc: see each_endpoint.h.
#include "tools/ctl/each_endpoint.h"

#include <fmt/format.h>

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;
using etcdserverpb::MemberListResponse;

Status ListMembers(cli::Invocation& in, client::Client& client, bool linearizable,
                   MemberListResponse& response) {
  etcdserverpb::MemberListRequest request;
  request.set_linearizable(linearizable);
  return client.Call(client::kMemberList, request, response, CommandDeadline(in));
}

StatusOr<std::vector<client::Endpoint>> MemberEndpoints(cli::Invocation& in, client::Client& client,
                                                        MemberListFrom from, bool& without_leader) {
  MemberListResponse members;
  Status listed = ListMembers(in, client, true, members);
  if (from == MemberListFrom::kAnyMember &&
      (absl::IsDeadlineExceeded(listed) || absl::IsUnavailable(listed))) {
    // Without a quorum it is needed most.
    if (ListMembers(in, client, false, members).ok()) {
      in.Note(fmt::format("The member list is what one member knows: {}", Message(listed)));
      listed = absl::OkStatus();
      without_leader = true;
    }
  }
  CAIRN_RETURN_IF_ERROR(listed);
  std::vector<client::Endpoint> endpoints;
  for (const etcdserverpb::Member& member : members.members()) {
    for (const std::string& url : member.clienturls()) {
      CAIRN_ASSIGN_OR_RETURN(client::Endpoint endpoint, client::ParseEndpoint(url));
      endpoints.push_back(std::move(endpoint));
    }
  }
  if (endpoints.empty()) return absl::NotFoundError("no member has a client URL");
  return endpoints;
}

}  // namespace

void AddClusterFlag(cli::Command& command) {
  command.Bool("cluster", false, "use all endpoints from the cluster member list");
}

EachEndpoint ConnectToEach(cli::Invocation& in, MemberListFrom from) {
  EachEndpoint connection{OpenClient(in)};
  if (!connection.outcome.status.ok() || !in.Bool("cluster")) return connection;
  auto endpoints = MemberEndpoints(in, *connection.client, from, connection.without_leader);
  if (!endpoints.ok()) {
    connection.outcome =
        absl::IsCancelled(endpoints.status())
            ? Outcome(endpoints.status())
            : Outcome(ExitCode::kError,
                      fmt::format("failed to fetch endpoints from etcd cluster member list: {}",
                                  Message(endpoints.status())));
    return connection;
  }
  auto client = connection.client->WithEndpoints(*std::move(endpoints));
  if (!client.ok()) {
    connection.outcome = {ExitCode::kBadArgs, Message(client.status())};
    return connection;
  }
  connection.client.reset(client->release());
  return connection;
}

}  // namespace cairn::ctl
