// tests/unit/ctl/auth_test.cc: users, roles and auth status print as in etcdctl.
#include "tools/ctl/format/auth.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

namespace pb = etcdserverpb;

TEST_CASE("user commands in simple") {
  CHECK(PrintUserAdd("alice", {}, kSimple) == "User alice created\n");
  CHECK(PrintUserDelete("carol", {}, kSimple) == "User carol deleted\n");
  CHECK(PrintUserPassword({}, kSimple) == "Password updated\n");
  CHECK(PrintUserGrantRole("alice", "r1", {}, kSimple) == "Role r1 is granted to user alice\n");
  CHECK(PrintUserRevokeRole("alice", "r2", {}, kSimple) == "Role r2 is revoked from user alice\n");
  CHECK(PrintUserGet("alice", {}, kSimple) == "User: alice\nRoles:\n");
  CHECK(PrintUserGet("alice", Make<pb::AuthUserGetResponse>("roles: ['r1', 'r2']"), kSimple) ==
        "User: alice\nRoles: r1 r2\n");
  CHECK(PrintUserList(Make<pb::AuthUserListResponse>("users: [':pw', 'alice']"), kSimple) ==
        ":pw\nalice\n");
}

TEST_CASE("user commands in json and fields") {
  CHECK(PrintUserAdd("bob", Make<pb::AuthUserAddResponse>(45, ""), kJson) == HeaderJson(45, ""));
  CHECK(PrintUserAdd("carol", Make<pb::AuthUserAddResponse>(45, ""), kFields) ==
        HeaderFields(45, ""));
  CHECK(PrintUserAdd("carol", Make<pb::AuthUserAddResponse>(45, ""), kFieldsHex) ==
        HeaderFieldsHex(45, ""));
  CHECK(PrintUserList(Make<pb::AuthUserListResponse>(45, "users: [':pw', 'alice']"), kJson) ==
        HeaderJson(45, R"(,"users":[":pw","alice"])"));
  CHECK(PrintUserGet("alice", Make<pb::AuthUserGetResponse>(45, ""), kJson) == HeaderJson(45, ""));
  CHECK(PrintUserGrantRole("alice", "r2", Make<pb::AuthUserGrantRoleResponse>(45, ""), kJson) ==
        HeaderJson(45, ""));
}

TEST_CASE("role commands") {
  CHECK(PrintRoleAdd("r1", {}, kSimple) == "Role r1 created\n");
  CHECK(PrintRoleAdd("r2", Make<pb::AuthRoleAddResponse>(45, ""), kJson) == HeaderJson(45, ""));
  CHECK(PrintRoleAdd("r3", Make<pb::AuthRoleAddResponse>(45, ""), kFields) == HeaderFields(45, ""));
  CHECK(PrintRoleDelete("r3", {}, kSimple) == "Role r3 deleted\n");
  CHECK(PrintRoleGrantPermission("r1", {}, kSimple) == "Role r1 updated\n");
  const auto list = Make<pb::AuthRoleListResponse>(45, "roles: ['r1', 'r2', 'r3']");
  CHECK(PrintRoleList(list, kSimple) == "r1\nr2\nr3\n");
  CHECK(PrintRoleList(list, kJson) == HeaderJson(45, R"(,"roles":["r1","r2","r3"])"));
  CHECK(PrintRoleList(list, kFields) == HeaderFields(45, "\"Roles\" : \"r1\" \"r2\" \"r3\"\n"));
  CHECK(PrintRoleList(Make<pb::AuthRoleListResponse>(45, ""), kFields) ==
        HeaderFields(45, "\"Roles\" :\n"));
}

constexpr char kPermissions[] = R"(
    perm { key: "\000" range_end: "\000" }
    perm { permType: WRITE key: 'bar' range_end: 'baz' }
    perm { key: 'foo' }
    perm { permType: READWRITE key: 'pre' range_end: 'prf' }
    perm { permType: READWRITE key: 'zz' range_end: "\000" })";

TEST_CASE("role get") {
  const auto role = Make<pb::AuthRoleGetResponse>(45, kPermissions);
  using std::string_literals::operator""s;
  CHECK(PrintRoleGet("r1", role, kSimple) ==
        "Role r1\nKV Read:\n\t[\0, <open ended>\n\tfoo\n\t[pre, prf) (prefix pre)\n"
        "\t[zz, <open ended>\nKV Write:\n\t[bar, baz)\n\t[pre, prf) (prefix pre)\n"
        "\t[zz, <open ended>\n"s);
  CHECK(PrintRoleGet("r1", role, kJson) ==
        HeaderJson(45, R"(,"perm":[{"key":"AA==","range_end":"AA=="},)"
                       R"({"permType":1,"key":"YmFy","range_end":"YmF6"},{"key":"Zm9v"},)"
                       R"({"permType":2,"key":"cHJl","range_end":"cHJm"},)"
                       R"({"permType":2,"key":"eno=","range_end":"AA=="}])"));
  CHECK(PrintRoleGet("r1", role, kFields) ==
        HeaderFields(45,
                     "\"PermType\" :  READ\n\"Key\" : \"\\x00\"\n\"RangeEnd\" : \"\\x00\"\n"
                     "\"PermType\" :  WRITE\n\"Key\" : \"bar\"\n\"RangeEnd\" : \"baz\"\n"
                     "\"PermType\" :  READ\n\"Key\" : \"foo\"\n\"RangeEnd\" : \"\"\n"
                     "\"PermType\" :  READWRITE\n\"Key\" : \"pre\"\n\"RangeEnd\" : \"prf\"\n"
                     "\"PermType\" :  READWRITE\n\"Key\" : \"zz\"\n\"RangeEnd\" : \"\\x00\"\n"));
}

TEST_CASE("role get of root, which has no permissions, shows that all is open") {
  CHECK(PrintRoleGet("root", {}, kSimple) ==
        "Role root\nKV Read:\n\t[, <open ended>\nKV Write:\n\t[, <open ended>\n");
  CHECK(PrintRoleGet("other", {}, kSimple) == "Role other\nKV Read:\nKV Write:\n");
}

TEST_CASE("a prefix is told by its end, also where bytes of 255 have no next") {
  const auto read = [](const std::string& key, const std::string& end) {
    pb::AuthRoleGetResponse role;
    role.add_perm()->set_key(key);
    role.mutable_perm(0)->set_range_end(end);
    return PrintRoleGet("r", role, kSimple);
  };
  CHECK(read("a\xff", "b") == "Role r\nKV Read:\n\t[a\xff, b) (prefix a\xff)\nKV Write:\n");
  CHECK(read("\xff", std::string(1, '\0')) ==
        "Role r\nKV Read:\n\t[\xff, <open ended> (prefix \xff)\nKV Write:\n");
  CHECK(read("", std::string(1, '\0')) == "Role r\nKV Read:\n\t[, <open ended>\nKV Write:\n");
  CHECK(read("a", "c") == "Role r\nKV Read:\n\t[a, c)\nKV Write:\n");
}

TEST_CASE("role revoke-permission") {
  const std::string_view open("\0", 1);
  CHECK(PrintRoleRevokePermission("r1", "foo", "", {}, kSimple) ==
        "Permission of key foo is revoked from role r1\n");
  CHECK(PrintRoleRevokePermission("r1", "bar", "baz", {}, kSimple) ==
        "Permission of range [bar, baz) is revoked from role r1\n");
  CHECK(PrintRoleRevokePermission("r1", "zz", open, {}, kSimple) ==
        "Permission of range [zz, <open ended> is revoked from role r1\n");
  CHECK(PrintRoleRevokePermission("r1", "", open, {}, kSimple) ==
        "Permission of range [, <open ended> is revoked from role r1\n");
}

TEST_CASE("auth status") {
  const auto off = Make<pb::AuthStatusResponse>(45, "authRevision: 1");
  CHECK(PrintAuthStatus(off, kSimple) == "Authentication Status: false\nAuthRevision: 1\n");
  CHECK(PrintAuthStatus(off, kJson) == HeaderJson(45, R"(,"authRevision":1)"));
  const auto on = Make<pb::AuthStatusResponse>(45, "enabled: true authRevision: 32");
  CHECK(PrintAuthStatus(on, kSimple) == "Authentication Status: true\nAuthRevision: 32\n");
  CHECK(PrintAuthStatus(on, kJson) == HeaderJson(45, R"(,"enabled":true,"authRevision":32)"));
}

}  // namespace
}  // namespace cairn::ctl
