// tools/ctl/format/auth.cc: see auth.h.
#include "tools/ctl/format/auth.h"

#include <utility>

#include <fmt/format.h>

#include "client/key_prefix.h"
#include "gotext/quote.h"
#include "tools/ctl/format/pieces.h"

namespace cairn::ctl {

namespace {

using authpb::Permission;
using render::Format;

constexpr std::string_view kOpenEnd("\0", 1);

bool IsMessage(const Style& style) {
  return style.format == Format::kJson || style.format == Format::kProtobuf;
}

std::string RangeText(std::string_view key, std::string_view range_end) {
  return range_end == kOpenEnd ? fmt::format("[{}, <open ended>", key)
                               : fmt::format("[{}, {})", key, range_end);
}

void AppendPermission(const Permission& permission, std::string* out) {
  *out += '\t';
  if (permission.range_end().empty()) {
    *out += permission.key();
  } else {
    *out += RangeText(permission.key(), permission.range_end());
    if (!permission.key().empty() &&
        client::PrefixEnd(permission.key()) == permission.range_end()) {
      *out += " (prefix " + permission.key() + ")";
    }
  }
  *out += '\n';
}

std::string Permissions(std::string_view role, const etcdserverpb::AuthRoleGetResponse& response) {
  std::string read = "KV Read:\n", write = "KV Write:\n";
  // root may do everything, and no permission says so.
  if (role == "root" && response.perm().empty()) {
    read += "\t[, <open ended>\n";
    write += "\t[, <open ended>\n";
  }
  for (const Permission& permission : response.perm()) {
    const Permission::Type type = permission.permtype();
    if (type == Permission::READ || type == Permission::READWRITE) {
      AppendPermission(permission, &read);
    }
    if (type == Permission::WRITE || type == Permission::READWRITE) {
      AppendPermission(permission, &write);
    }
  }
  return read + write;
}

template <typename Names>
std::string Lines(const Names& names) {
  std::string out;
  for (const std::string& name : names) out += fmt::format("{}\n", Printable(name));
  return out;
}

}  // namespace

std::string PrintUserAdd(std::string_view user, const etcdserverpb::AuthUserAddResponse& response,
                         const Style& style) {
  return PrintDone(response, style, fmt::format("User {} created", user));
}

std::string PrintUserGet(std::string_view user, const etcdserverpb::AuthUserGetResponse& response,
                         const Style& style) {
  if (IsMessage(style)) return PrintMessage(response, style.format);
  std::string out = fmt::format("User: {}\nRoles:", Printable(user));
  for (const std::string& role : response.roles()) out += fmt::format(" {}", Printable(role));
  return out + "\n";
}

std::string PrintUserList(const etcdserverpb::AuthUserListResponse& response, const Style& style) {
  if (IsMessage(style)) return PrintMessage(response, style.format);
  return Lines(response.users());
}

std::string PrintUserDelete(std::string_view user,
                            const etcdserverpb::AuthUserDeleteResponse& response,
                            const Style& style) {
  return PrintDone(response, style, fmt::format("User {} deleted", user));
}

std::string PrintUserPassword(const etcdserverpb::AuthUserChangePasswordResponse& response,
                              const Style& style) {
  return PrintDone(response, style, "Password updated");
}

std::string PrintUserGrantRole(std::string_view user, std::string_view role,
                               const etcdserverpb::AuthUserGrantRoleResponse& response,
                               const Style& style) {
  return PrintDone(response, style, fmt::format("Role {} is granted to user {}", role, user));
}

std::string PrintUserRevokeRole(std::string_view user, std::string_view role,
                                const etcdserverpb::AuthUserRevokeRoleResponse& response,
                                const Style& style) {
  return PrintDone(response, style, fmt::format("Role {} is revoked from user {}", role, user));
}

std::string PrintRoleAdd(std::string_view role, const etcdserverpb::AuthRoleAddResponse& response,
                         const Style& style) {
  return PrintDone(response, style, fmt::format("Role {} created", role));
}

std::string PrintRoleGet(std::string_view role, const etcdserverpb::AuthRoleGetResponse& response,
                         const Style& style) {
  if (IsMessage(style)) return PrintMessage(response, style.format);
  if (style.format != Format::kFields) {
    return fmt::format("Role {}\n{}", role, Permissions(role, response));
  }
  render::Fields out;
  AddHeader(response.header(), style.hex, &out);
  for (const Permission& permission : response.perm()) {
    // etcdctl has two blanks here.
    out.Add("PermType", fmt::format(" {}", EnumName(Permission::Type_Name<Permission::Type>,
                                                    permission.permtype())))
        .Add("Key", QuoteGo(permission.key()))
        .Add("RangeEnd", QuoteGo(permission.range_end()));
  }
  return std::move(out).text();
}

std::string PrintRoleList(const etcdserverpb::AuthRoleListResponse& response, const Style& style) {
  if (IsMessage(style)) return PrintMessage(response, style.format);
  if (style.format != Format::kFields) return Lines(response.roles());
  render::Fields out;
  AddHeader(response.header(), style.hex, &out);
  std::string line = "\"Roles\" :";
  for (const std::string& role : response.roles()) line += fmt::format(" {}", QuoteGo(role));
  return out.Line(line).text();
}

std::string PrintRoleDelete(std::string_view role,
                            const etcdserverpb::AuthRoleDeleteResponse& response,
                            const Style& style) {
  return PrintDone(response, style, fmt::format("Role {} deleted", role));
}

std::string PrintRoleGrantPermission(std::string_view role,
                                     const etcdserverpb::AuthRoleGrantPermissionResponse& response,
                                     const Style& style) {
  return PrintDone(response, style, fmt::format("Role {} updated", role));
}

std::string PrintRoleRevokePermission(
    std::string_view role, std::string_view key, std::string_view range_end,
    const etcdserverpb::AuthRoleRevokePermissionResponse& response, const Style& style) {
  const std::string what = range_end.empty() ? fmt::format("key {}", key)
                                             : fmt::format("range {}", RangeText(key, range_end));
  return PrintDone(response, style,
                   fmt::format("Permission of {} is revoked from role {}", what, role));
}

std::string PrintAuthStatus(const etcdserverpb::AuthStatusResponse& response, const Style& style) {
  if (IsMessage(style)) return PrintMessage(response, style.format);
  return fmt::format("Authentication Status: {}\nAuthRevision: {}\n", response.enabled(),
                     response.authrevision());
}

}  // namespace cairn::ctl
