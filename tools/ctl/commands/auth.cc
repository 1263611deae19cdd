// tools/ctl/commands/auth.cc: the commands auth enable, disable and status.
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/confirm.h"
#include "tools/ctl/format/auth.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using client::Client;
using client::Deadline;

Status Enable(Client& client, Deadline deadline) {
  etcdserverpb::AuthEnableResponse response;
  return client.Call(client::kAuthEnable, etcdserverpb::AuthEnableRequest(), response, deadline);
}

// The role root, for the user root.
Status GiveRoot(Client& client, Deadline deadline) {
  etcdserverpb::AuthRoleAddRequest add;
  add.set_name("root");
  etcdserverpb::AuthRoleAddResponse added;
  const Status role = client.Call(client::kRoleAdd, add, added, deadline);
  if (!role.ok() && Message(role) != "etcdserver: role name already exists") return role;
  etcdserverpb::AuthUserGrantRoleRequest grant;
  grant.set_user("root");
  grant.set_role("root");
  etcdserverpb::AuthUserGrantRoleResponse granted;
  return client.Call(client::kUserGrantRole, grant, granted, deadline);
}

Outcome RunEnable(cli::Invocation& in) {
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  Client& client = *connection.client;
  const Deadline deadline = CommandDeadline(in);
  Status enabled = Enable(client, deadline);
  if (Message(enabled) == "etcdserver: root user does not have root role") {
    CAIRN_RETURN_IF_ERROR(GiveRoot(client, deadline));
    enabled = Enable(client, deadline);
  }
  CAIRN_RETURN_IF_ERROR(enabled);
  return in.Print("Authentication Enabled\n");
}

Outcome RunDisable(cli::Invocation& in) {
  if (in.Bool("dry-run")) {
    return in.Print(
        "would disable authentication: who reaches the cluster could read and write every key\n");
  }
  Outcome confirmed = Confirm(
      in, "Disable authentication, so that who reaches the cluster can read and write every key?");
  if (!confirmed.status.ok()) return confirmed;
  return Ask(in, client::kAuthDisable, etcdserverpb::AuthDisableRequest(),
             [](const auto&) { return std::string("Authentication Disabled\n"); });
}

Outcome RunStatus(cli::Invocation& in) {
  return Ask(in, client::kAuthStatus, etcdserverpb::AuthStatusRequest(),
             [&](const auto& response) { return PrintAuthStatus(response, StyleOf(in)); });
}

}  // namespace

void AddAuth(cli::Program& program) {
  cli::Command& group = program.root().Add(
      "auth <enable or disable>",
      "Enable or disable authentication. Use `{prog} auth --help` to see subcommands");
  group.Long("Enable or disable authentication");

  cli::Command& disable = group.Add("disable", "Disables authentication");
  disable
      .Long(
          "Lets everybody who reaches the cluster read and write every key. Users and roles stay.\n"
          "On a terminal it asks before.")
      .Args(0, 0, "auth disable command does not accept any arguments", ExitCode::kBadArgs)
      .Example("{prog} auth disable --user root", "Asks for root's password.")
      .Exit(ExitCode::kBadConnection, "the user was refused")
      .Run(RunDisable);
  AddConfirmFlags(disable);

  group.Add("enable", "Enables authentication")
      .Long(
          "Demands a user and password of every client from now on. The user root must be there;\n"
          "the role root is made and granted to it where that is missing.")
      .Args(0, 0, "auth enable command does not accept any arguments", ExitCode::kBadArgs)
      .Example("{prog} user add root && {prog} auth enable", "From nothing.")
      .Run(RunEnable);

  group.Add("status", "Returns authentication status")
      .Long("Prints whether authentication is on, and the revision of users and roles.")
      .Args(0, 0, "auth status command does not accept any arguments", ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} auth status", "On or off.")
      .Run(RunStatus);
}

}  // namespace cairn::ctl
