// tools/utl/commands/inspect_auth.cc: `cairnutl inspect auth`: users, roles and permissions that a
// db holds.
#include <fmt/format.h>

#include "gotext/quote.h"
#include "offline/inspect/member_records.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/record_text.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using cli::Format;
using offline::AuthRecords;

const char* Login(const auth::User& user) { return user.no_password ? "certificate" : "password"; }

std::string AsText(const AuthRecords& r) {
  std::string text = fmt::format("authentication {}, revision {}\n",
                                 r.enabled ? "enabled" : "disabled", r.revision);
  for (const auth::User& user : r.users) {
    text += fmt::format("user {}: roles {}{}\n", Printable(user.name), RolesText(user),
                        user.no_password ? ", no password" : "");
  }
  for (const auth::Role& role : r.roles) {
    text += fmt::format("role {}:{}\n", Printable(role.name), role.permissions.empty() ? " -" : "");
    for (const auth::Permission& permission : role.permissions) {
      text += "  " + PermissionText(permission) + "\n";
    }
  }
  return text;
}

std::string AsTable(const AuthRecords& r, render::Borders borders) {
  std::string text = fmt::format("authentication {}, revision {}\n",
                                 r.enabled ? "enabled" : "disabled", r.revision);
  std::vector<std::vector<std::string>> rows;
  for (const auth::User& user : r.users) {
    rows.push_back({user.name, RolesText(user), Login(user)});
  }
  text += render::Table({"user", "roles", "login"}, rows, borders);
  rows.clear();
  for (const auth::Role& role : r.roles) {
    if (role.permissions.empty()) rows.push_back({role.name, "-"});
    for (const auth::Permission& permission : role.permissions) {
      rows.push_back({role.name, PermissionText(permission)});
    }
  }
  return text + render::Table({"role", "permission"}, rows, borders);
}

std::string AsJson(const AuthRecords& r) {
  render::JsonWriter json;
  json.BeginObject().Field("enabled", r.enabled).Field("authRevision", r.revision);
  json.Key("users").BeginArray();
  for (const auth::User& user : r.users) WriteUser(user, json);
  json.EndArray().Key("roles").BeginArray();
  for (const auth::Role& role : r.roles) WriteRole(role, json);
  return json.EndArray().EndObject().text() + "\n";
}

cli::Outcome RunAuth(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const AuthRecords records, offline::ReadAuth(OfflineContext(in), path));
  return PrintRecords(in, path, records, AsJson, AsTable, AsText);
}

}  // namespace

cli::Command& AddInspectAuth(cli::Command& group) {
  cli::Command& command = group.Add("auth <path>", "Shows the users and roles that a db holds");
  command
      .Long(
          "Shows whether authentication is enabled, its revision, the users with their roles and "
          "the\n"
          "roles with their permissions. Passwords' hashes are not shown.\n"
          "The path is a snapshot, a db file or a data directory; it is only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect auth backup.db", "Who could do what when a snapshot was taken.")
      .Example("{prog} inspect auth /var/lib/etcd -w json | jq -r '.users[].user'",
               "The users of a stopped member.")
      .Exit(cli::ExitCode::kError, "the file can't be read, or is damaged");
  command.Run(RunAuth);
  return command;
}

}  // namespace cairn::utl
