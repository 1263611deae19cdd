// tests/unit/auth/auth_record_test.cc: users and roles, byte for byte and broken.
#include <doctest/doctest.h>

#include "auth/auth_records.h"

namespace cairn::auth {
namespace {

using std::string_literals::operator""s;

TEST_CASE("a user ends with options, though they be empty") {
  const User user{"bob", "$2a$", {"r", "w"}, true, false};
  const std::string bytes = "\x0a\3bob\x12\4$2a$\x1a\1r\x1a\1w\x22\0"s;
  CHECK(EncodeUser(user) == bytes);
  CHECK(*DecodeUser("bob", bytes) == user);
  const User no_password{"eve", "", {}, true, true};
  CHECK(EncodeUser(no_password) == "\x0a\3eve\x22\2\x08\1"s);
  CHECK(*DecodeUser("eve", EncodeUser(no_password)) == no_password);
  CHECK_FALSE(DecodeUser("old", "\x0a\3old")->has_options);
}

TEST_CASE("a role is a name and its permissions") {
  const Role role{"reader",
                  {{PermissionType::kRead, "a", "b"}, {PermissionType::kReadWrite, "k", ""}}};
  const std::string bytes = "\x0a\6reader\x12\6\x12\1a\x1a\1b\x12\5\x08\2\x12\1k"s;
  CHECK(EncodeRole(role) == bytes);
  CHECK(*DecodeRole("reader", bytes) == role);
  CHECK(EncodeRole({"root", {}}) == "\x0a\4root"s);
}

TEST_CASE("damage and foreign names are told") {
  CHECK(Message(DecodeUser("alice", EncodeUser({"bob", "", {}, true, false})).status()) ==
        "user alice: the value says its name is bob");
  CHECK(Message(DecodeRole("a", EncodeRole({"b", {}})).status()) ==
        "role a: the value says its name is b");
  const std::string user = EncodeUser({"bob", "hash", {"r"}, true, true});
  for (size_t size = 0; size < user.size(); ++size) {
    const auto cut = DecodeUser("bob", user.substr(0, size));
    if (!cut.ok()) CHECK(cut.status().code() == absl::StatusCode::kDataLoss);
  }
  CHECK_FALSE(DecodeRole("r", "\x0a\1r\x12\2\x08\3"s).ok());
  CHECK_FALSE(DecodeRole("r", "\x0a\1r\x10\2"s).ok());
  CHECK_FALSE(DecodeUser("r", "\x0a\1r\x22\1\x08"s).ok());
}

TEST_CASE("the switch is one byte and the revision eight") {
  CHECK(*DecodeAuthEnabled(EncodeAuthEnabled(true)));
  CHECK_FALSE(*DecodeAuthEnabled(EncodeAuthEnabled(false)));
  CHECK_FALSE(DecodeAuthEnabled("").ok());
  CHECK_FALSE(DecodeAuthEnabled("\2").ok());
  CHECK(EncodeAuthRevision(9) == "\0\0\0\0\0\0\0\x09"s);
  CHECK(*DecodeAuthRevision(EncodeAuthRevision(9)) == 9);
  CHECK_FALSE(DecodeAuthRevision("1234567").ok());
}

}  // namespace
}  // namespace cairn::auth
