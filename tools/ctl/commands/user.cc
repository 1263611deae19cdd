// tools/ctl/commands/user.cc: the commands user add, delete, get, list, passwd, grant-role and
// revoke-role.
#include <fmt/format.h>

#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/auth.h"
#include "tools/ctl/new_password.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;

// The request of `user add`: the password comes with the name, by flag, from stdin or from a
// terminal, in that order of what is given.
Outcome ReadAdd(cli::Invocation& in, etcdserverpb::AuthUserAddRequest& request) {
  const std::string& name = in.args()[0];
  request.set_name(name);
  if (in.Bool("no-password")) {
    request.mutable_options()->set_no_password(true);
    return absl::OkStatus();
  }
  request.mutable_options()->set_no_password(false);
  if (in.Changed("new-user-password")) {
    request.set_password(in.String("new-user-password"));
    // etcdctl asks then, as if it had not been given.
    if (!request.password().empty()) return absl::OkStatus();
    if (!in.program().compat()) return RefuseEmptyPassword("");
  }
  if (const size_t colon = name.find(':'); colon != std::string::npos) {
    if (colon == 0) return BadArgs("empty user name is not allowed");
    request.set_name(name.substr(0, colon));
    request.set_password(name.substr(colon + 1));
    return RefuseEmptyPassword(request.password());
  }
  if (!in.Bool("interactive")) return ReadNewPassword(in, *request.mutable_password());
  return AskNewPassword(name, *request.mutable_password());
}

Outcome RunAdd(cli::Invocation& in) {
  etcdserverpb::AuthUserAddRequest request;
  if (Outcome read = ReadAdd(in, request); !read.status.ok()) return read;
  return Ask(in, client::kUserAdd, request, [&](const auto& response) {
    return PrintUserAdd(request.name(), response, StyleOf(in));
  });
}

Outcome RunDelete(cli::Invocation& in) {
  etcdserverpb::AuthUserDeleteRequest request;
  request.set_name(in.args()[0]);
  return Ask(in, client::kUserDelete, request, [&](const auto& response) {
    return PrintUserDelete(request.name(), response, StyleOf(in));
  });
}

Outcome RunGet(cli::Invocation& in) {
  const std::string& name = in.args()[0];
  const bool detail = in.Bool("detail");
  if (in.format() == Format::kFields && !detail) {
    return {ExitCode::kBadFeature, "fields not supported as output format"};
  }
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  etcdserverpb::AuthUserGetRequest request;
  request.set_name(name);
  etcdserverpb::AuthUserGetResponse user;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kUserGet, request, user, CommandDeadline(in)));
  if (!detail) return in.Print(PrintUserGet(name, user, StyleOf(in)));
  std::string text = fmt::format("User: {}\n", name);
  for (const std::string& role : user.roles()) {
    etcdserverpb::AuthRoleGetRequest get;
    get.set_role(role);
    etcdserverpb::AuthRoleGetResponse response;
    CAIRN_RETURN_IF_ERROR(client.Call(client::kRoleGet, get, response, CommandDeadline(in)));
    text += fmt::format("\n{}", PrintRoleGet(role, response, StyleOf(in)));
  }
  return in.Print(text);
}

Outcome RunList(cli::Invocation& in) {
  return Ask(in, client::kUserList, etcdserverpb::AuthUserListRequest(),
             [&](const auto& response) { return PrintUserList(response, StyleOf(in)); });
}

Outcome RunPasswd(cli::Invocation& in) {
  etcdserverpb::AuthUserChangePasswordRequest request;
  request.set_name(in.args()[0]);
  Outcome read = in.Bool("interactive")
                     ? AskNewPassword(request.name(), *request.mutable_password())
                     : ReadNewPassword(in, *request.mutable_password());
  if (!read.status.ok()) return read;
  return Ask(in, client::kUserChangePassword, request,
             [&](const auto& response) { return PrintUserPassword(response, StyleOf(in)); });
}

Outcome RunGrantRole(cli::Invocation& in) {
  etcdserverpb::AuthUserGrantRoleRequest request;
  request.set_user(in.args()[0]);
  request.set_role(in.args()[1]);
  return Ask(in, client::kUserGrantRole, request, [&](const auto& response) {
    return PrintUserGrantRole(request.user(), request.role(), response, StyleOf(in));
  });
}

Outcome RunRevokeRole(cli::Invocation& in) {
  etcdserverpb::AuthUserRevokeRoleRequest request;
  request.set_name(in.args()[0]);
  request.set_role(in.args()[1]);
  return Ask(in, client::kUserRevokeRole, request, [&](const auto& response) {
    return PrintUserRevokeRole(request.name(), request.role(), response, StyleOf(in));
  });
}

constexpr std::initializer_list<Format> kChangeFormats = {Format::kSimple, Format::kJson,
                                                          Format::kFields, Format::kProtobuf};

// A subcommand whose first argument is a user.
cli::Command& AddOfUser(cli::Command& group, std::string_view use, std::string_view summary,
                        size_t args, std::string_view wrong_args) {
  cli::Command& command = group.Add(use, summary);
  command.Args(args, args, wrong_args, ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kUser)
      .Formats(kChangeFormats)
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent");
  return command;
}

}  // namespace

void AddUser(cli::Program& program) {
  cli::Command& group = program.root().Add(
      "user <subcommand>", "User related commands. Use `{prog} user --help` to see subcommands");
  group.Long("User related commands");

  cli::Command& add =
      AddOfUser(group, "add <user name or user:password> [options]", "Adds a new user", 1,
                "user add command requires user name as its argument");
  add.Long(
         "Adds a user. Without a password on the command line it is asked for twice, without echo\n"
         "on a terminal; a script gives it as the first line of stdin, with --interactive=false. "
         "An\n"
         "empty password is refused: --no-password is the way to want none. Other users of the\n"
         "machine can see command lines.")
      .ArgKind(cli::ValueKind::kAny)
      .Example("{prog} user add operator", "Asks for the password.")
      .Example("{prog} user add operator --interactive=false < password-file", "In a script.")
      .Example("{prog} user add client1 --no-password", "Known by its certificate's CN alone.")
      .Run(RunAdd);
  add.Bool("interactive", true, "read password from stdin instead of interactive terminal");
  add.String("new-user-password", "", "supply password from the command line flag");
  add.Bool("no-password", false, "create a user without password (CN based auth only)");

  AddOfUser(group, "delete <user name>", "Deletes a user", 1,
            "user delete command requires user name as its argument")
      .Long("Deletes a user; its roles stay.")
      .Example("{prog} user delete operator", "One user.")
      .Run(RunDelete);

  cli::Command& get =
      AddOfUser(group, "get <user name> [options]", "Gets detailed information of a user", 1,
                "user get command requires user name as its argument");
  get.Long("Prints a user's roles, with --detail also what they permit.")
      .Example("{prog} user get operator --detail", "What operator may do.")
      .Run(RunGet);
  get.Bool("detail", false, "show permissions of roles granted to the user");

  group.Add("list", "Lists all users")
      .Long("Prints the names of all users, one a line.")
      .Args(0, 0, "user list command requires no arguments", ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} user list", "All of them.")
      .Run(RunList);

  cli::Command& passwd =
      AddOfUser(group, "passwd <user name> [options]", "Changes password of user", 1,
                "user passwd command requires user name as its argument");
  passwd.Long("Sets a new password, which is read as by `{prog} user add`.")
      .Example("{prog} user passwd operator", "Asks for the new password.")
      .Run(RunPasswd);
  passwd.Bool("interactive", true,
              "if true, read password from stdin instead of interactive terminal");

  AddOfUser(group, "grant-role <user name> <role name>", "Grants a role to a user", 2,
            "user grant command requires user name and role name as its argument")
      .Long("Gives a user all that a role permits.")
      .ArgKinds({{cli::ValueKind::kUser}, {cli::ValueKind::kRole}})
      .Example("{prog} user grant-role operator readers", "A role for operator.")
      .Run(RunGrantRole);

  AddOfUser(group, "revoke-role <user name> <role name>", "Revokes a role from a user", 2,
            "user revoke-role requires user name and role name as its argument")
      .Long("Takes a role from a user.")
      .ArgKinds({{cli::ValueKind::kUser}, {cli::ValueKind::kRole}})
      .Example("{prog} user revoke-role operator readers", "One role of operator.")
      .Run(RunRevokeRole);
}

}  // namespace cairn::ctl
