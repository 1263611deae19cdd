// tools/ctl/commands/role.cc: the commands role add, delete, get, list, grant-permission and
// revoke-permission.
#include <fmt/format.h>

#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/auth.h"
#include "tools/ctl/permission_range.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;

Outcome RunAdd(cli::Invocation& in) {
  etcdserverpb::AuthRoleAddRequest request;
  request.set_name(in.args()[0]);
  return Ask(in, client::kRoleAdd, request, [&](const auto& response) {
    return PrintRoleAdd(request.name(), response, StyleOf(in));
  });
}

Outcome RunDelete(cli::Invocation& in) {
  etcdserverpb::AuthRoleDeleteRequest request;
  request.set_role(in.args()[0]);
  return Ask(in, client::kRoleDelete, request, [&](const auto& response) {
    return PrintRoleDelete(request.role(), response, StyleOf(in));
  });
}

Outcome RunGet(cli::Invocation& in) {
  etcdserverpb::AuthRoleGetRequest request;
  request.set_role(in.args()[0]);
  return Ask(in, client::kRoleGet, request, [&](const auto& response) {
    return PrintRoleGet(request.role(), response, StyleOf(in));
  });
}

Outcome RunList(cli::Invocation& in) {
  return Ask(in, client::kRoleList, etcdserverpb::AuthRoleListRequest(),
             [&](const auto& response) { return PrintRoleList(response, StyleOf(in)); });
}

// The words from `first` on, with --prefix and --from-key.
StatusOr<KeyRange> ReadRange(cli::Invocation& in, ptrdiff_t first) {
  return ReadPermissionRange({in.args().begin() + first, in.args().end()}, in.Bool("prefix"),
                             in.Bool("from-key"), SurplusOf(in));
}

// In any case of letters.
Outcome ReadType(const std::string& text, authpb::Permission::Type& type) {
  std::string upper = text;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (authpb::Permission::Type_Parse(upper, &type)) return absl::OkStatus();
  return BadArgs(
      fmt::format("invalid permission type: {} (there are read, write and readwrite)", text));
}

Outcome RunGrant(cli::Invocation& in) {
  etcdserverpb::AuthRoleGrantPermissionRequest request;
  authpb::Permission& permission = *request.mutable_perm();
  authpb::Permission::Type type{};
  if (Outcome read = ReadType(in.args()[1], type); !read.status.ok()) return read;
  const auto range = ReadRange(in, 2);
  if (!range.ok()) return BadArgs(Message(range.status()));
  request.set_name(in.args()[0]);
  permission.set_permtype(type);
  permission.set_key(range->key);
  permission.set_range_end(range->end);
  return Ask(in, client::kRoleGrantPermission, request, [&](const auto& response) {
    return PrintRoleGrantPermission(request.name(), response, StyleOf(in));
  });
}

Outcome RunRevoke(cli::Invocation& in) {
  const auto range = ReadRange(in, 1);
  if (!range.ok()) return BadArgs(Message(range.status()));
  etcdserverpb::AuthRoleRevokePermissionRequest request;
  request.set_role(in.args()[0]);
  request.set_key(range->key);
  request.set_range_end(range->end);
  return Ask(in, client::kRoleRevokePermission, request, [&](const auto& response) {
    // The key as it was typed, which may be empty.
    return PrintRoleRevokePermission(request.role(), in.args()[1], request.range_end(), response,
                                     StyleOf(in));
  });
}

// A subcommand whose first argument is a role.
cli::Command& AddOfRole(cli::Command& group, std::string_view use, std::string_view summary,
                        size_t min_args, size_t max_args, std::string_view wrong_args) {
  cli::Command& command = group.Add(use, summary);
  command.Args(min_args, max_args, wrong_args, ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kRole)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent");
  return command;
}

}  // namespace

void AddRole(cli::Program& program) {
  cli::Command& group = program.root().Add(
      "role <subcommand>", "Role related commands. Use `{prog} role --help` to see subcommands");
  group.Long("Role related commands");

  AddOfRole(group, "add <role name>", "Adds a new role", 1, 1,
            "role add command requires role name as its argument")
      .Long("Adds a role that permits nothing yet.")
      .ArgKind(cli::ValueKind::kAny)
      .Example("{prog} role add readers", "A role.")
      .Run(RunAdd);

  AddOfRole(group, "delete <role name>", "Deletes a role", 1, 1,
            "role delete command requires role name as its argument")
      .Long("Deletes a role, and takes it from all users.")
      .Example("{prog} role delete readers", "One role.")
      .Run(RunDelete);

  AddOfRole(group, "get <role name>", "Gets detailed information of a role", 1, 1,
            "role get command requires role name as its argument")
      .Long("Prints which keys a role may read and write.")
      .Example("{prog} role get readers", "What readers may do.")
      .Run(RunGet);

  group.Add("list", "Lists all roles")
      .Long("Prints the names of all roles, one a line.")
      .Args(0, 0, "role list command requires no arguments", ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} role list", "All of them.")
      .Run(RunList);

  cli::Command& grant =
      AddOfRole(group, "grant-permission [options] <role name> <permission type> <key> [endkey]",
                "Grants a key to a role", 3, SIZE_MAX,
                "role grant command requires role name, permission type, and key [endkey] as its "
                "argument");
  grant
      .Long(
          "Lets a role read, write or readwrite a key, the keys from KEY up to (and without)\n"
          "ENDKEY, or those with a prefix.")
      .ArgKinds({{cli::ValueKind::kRole},
                 {cli::ValueKind::kAny, {"read", "write", "readwrite"}},
                 {cli::ValueKind::kKey},
                 {cli::ValueKind::kKey}})
      .Example("{prog} role grant-permission readers read /config/ --prefix", "All below /config/.")
      .Example("{prog} role grant-permission admins readwrite \"\" --prefix", "Every key.")
      .Run(RunGrant);
  grant.Bool("prefix", false, "grant a prefix permission");
  grant.Bool("from-key", false,
             "grant a permission of keys that are greater than or equal to the given key using "
             "byte compare");

  cli::Command& revoke = AddOfRole(
      group, "revoke-permission <role name> <key> [endkey]", "Revokes a key from a role", 2,
      SIZE_MAX,
      "role revoke-permission command requires role name and key [endkey] as its argument");
  revoke
      .Long(
          "Takes back one permission, which must be named as it was granted: a part of a range\n"
          "can't be revoked.")
      .ArgKinds({{cli::ValueKind::kRole}, {cli::ValueKind::kKey}, {cli::ValueKind::kKey}})
      .Example("{prog} role revoke-permission readers /config/ --prefix", "All below /config/.")
      .Run(RunRevoke);
  revoke.Bool("prefix", false, "revoke a prefix permission");
  revoke.Bool("from-key", false,
              "revoke a permission of keys that are greater than or equal to the given key using "
              "byte compare");
}

}  // namespace cairn::ctl
