// auth/auth_records.h: the records of the buckets auth, authUsers and authRoles (docs/formats.md,
// section 2). They are hashed, so encoding gives etcd's bytes exactly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::auth {

// Keys of the auth bucket.
inline constexpr std::string_view kAuthEnabledKey = "authEnabled";
inline constexpr std::string_view kAuthRevisionKey = "authRevision";

// authEnabled: one byte, 0 or 1. A missing key means off.
std::string EncodeAuthEnabled(bool enabled);
StatusOr<bool> DecodeAuthEnabled(std::string_view value);
// authRevision: u64BE.
std::string EncodeAuthRevision(uint64_t revision);
StatusOr<uint64_t> DecodeAuthRevision(std::string_view value);

// authpb.User, under its name.
struct User {
  std::string name;
  std::string password;  // the bcrypt text; empty for no_password
  std::vector<std::string> roles;
  // Present, though empty (22 00), in what etcd writes; absent in records of releases before 3.4.
  bool has_options = true;
  bool no_password = false;
  friend bool operator==(const User&, const User&) = default;
};

enum class PermissionType { kRead = 0, kWrite = 1, kReadWrite = 2 };

// authpb.Permission. An empty range_end is one key, "\0" everything from key on.
struct Permission {
  PermissionType type = PermissionType::kRead;
  std::string key;
  std::string range_end;
  friend bool operator==(const Permission&, const Permission&) = default;
};

// authpb.Role, under its name.
struct Role {
  std::string name;
  std::vector<Permission> permissions;
  friend bool operator==(const Role&, const Role&) = default;
};

std::string EncodeUser(const User& user);
std::string EncodeRole(const Role& role);

// `key` is the record's key. Errors: DataLoss "user NAME: …" for damage, or a value of another
// name.
StatusOr<User> DecodeUser(std::string_view key, std::string_view value);
StatusOr<Role> DecodeRole(std::string_view key, std::string_view value);

}  // namespace cairn::auth
