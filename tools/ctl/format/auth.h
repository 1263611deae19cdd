// tools/ctl/format/auth.h: the answers to `user …`, `role …` and `auth status`.
#pragma once

#include <string>
#include <string_view>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// Formats: simple, json, protobuf, and fields where nothing else is said.
std::string PrintUserAdd(std::string_view user, const etcdserverpb::AuthUserAddResponse& response,
                         const Style& style);
// No fields. `user get --detail` is the line `User: NAME`, then for each role a blank line and
// PrintRoleGet.
std::string PrintUserGet(std::string_view user, const etcdserverpb::AuthUserGetResponse& response,
                         const Style& style);
// No fields.
std::string PrintUserList(const etcdserverpb::AuthUserListResponse& response, const Style& style);
std::string PrintUserDelete(std::string_view user,
                            const etcdserverpb::AuthUserDeleteResponse& response,
                            const Style& style);
std::string PrintUserPassword(const etcdserverpb::AuthUserChangePasswordResponse& response,
                              const Style& style);
std::string PrintUserGrantRole(std::string_view user, std::string_view role,
                               const etcdserverpb::AuthUserGrantRoleResponse& response,
                               const Style& style);
std::string PrintUserRevokeRole(std::string_view user, std::string_view role,
                                const etcdserverpb::AuthUserRevokeRoleResponse& response,
                                const Style& style);

std::string PrintRoleAdd(std::string_view role, const etcdserverpb::AuthRoleAddResponse& response,
                         const Style& style);
std::string PrintRoleGet(std::string_view role, const etcdserverpb::AuthRoleGetResponse& response,
                         const Style& style);
std::string PrintRoleList(const etcdserverpb::AuthRoleListResponse& response, const Style& style);
std::string PrintRoleDelete(std::string_view role,
                            const etcdserverpb::AuthRoleDeleteResponse& response,
                            const Style& style);
std::string PrintRoleGrantPermission(std::string_view role,
                                     const etcdserverpb::AuthRoleGrantPermissionResponse& response,
                                     const Style& style);
// `key` and `range_end` as they were sent: an end of "\0" is open.
std::string PrintRoleRevokePermission(
    std::string_view role, std::string_view key, std::string_view range_end,
    const etcdserverpb::AuthRoleRevokePermissionResponse& response, const Style& style);

// No fields.
std::string PrintAuthStatus(const etcdserverpb::AuthStatusResponse& response, const Style& style);

}  // namespace cairn::ctl
