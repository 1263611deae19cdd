// auth/auth_records.cc: encoding and checks of auth records.
#include "auth/auth_records.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "proto/wire.h"

namespace cairn::auth {
namespace {

using proto::WireField;
using proto::WireReader;
using proto::WireType;
using proto::WireWriter;

// Refuses a field of the wrong type and gives false then.
bool Expect(WireReader& reader, const WireField& field, WireType type) {
  if (field.type == type) return true;
  reader.Refuse(type == WireType::kBytes ? "not a byte string" : "not a number");
  return false;
}

Status DecodeOptions(std::string_view bytes, User& user) {
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1 && Expect(reader, field, WireType::kVarint)) {
      user.no_password = field.AsBool();
    }
  }
  return reader.status("authpb.UserAddOptions");
}

StatusOr<Permission> DecodePermission(std::string_view bytes) {
  Permission permission;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1 && Expect(reader, field, WireType::kVarint)) {
      if (field.value > 2) reader.Refuse("unknown kind of permission");
      permission.type = static_cast<PermissionType>(field.value & 3);
    }
    if (field.number == 2 && Expect(reader, field, WireType::kBytes)) permission.key = field.bytes;
    if (field.number == 3 && Expect(reader, field, WireType::kBytes)) {
      permission.range_end = field.bytes;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("authpb.Permission"));
  return permission;
}

Status CheckName(std::string_view kind, std::string_view key, std::string_view name) {
  if (key == name) return absl::OkStatus();
  return absl::DataLossError(fmt::format("{} {}: the value says its name is {}", kind, key, name));
}

}  // namespace

std::string EncodeAuthEnabled(bool enabled) { return std::string(1, enabled ? '\1' : '\0'); }

StatusOr<bool> DecodeAuthEnabled(std::string_view value) {
  if (value.size() != 1 || (value[0] != '\0' && value[0] != '\1')) {
    return absl::DataLossError(
        fmt::format("auth/authEnabled: not a byte 0 or 1 ({} bytes)", value.size()));
  }
  return value[0] == '\1';
}

std::string EncodeAuthRevision(uint64_t revision) {
  std::string value(8, '\0');
  StoreBE64(value.data(), revision);
  return value;
}

StatusOr<uint64_t> DecodeAuthRevision(std::string_view value) {
  if (value.size() != 8) {
    return absl::DataLossError(
        fmt::format("auth/authRevision: {} bytes where 8 are due", value.size()));
  }
  return LoadBE64(value.data());
}

std::string EncodeUser(const User& user) {
  std::string out;
  WireWriter writer(out);
  writer.BytesNonEmpty(1, user.name);
  writer.BytesNonEmpty(2, user.password);
  for (const std::string& role : user.roles) writer.Bytes(3, role);
  if (user.has_options) {
    const size_t begin = writer.BeginMessage(4);
    if (user.no_password) writer.Bool(1, true);
    writer.EndMessage(begin);
  }
  return out;
}

std::string EncodeRole(const Role& role) {
  std::string out;
  WireWriter writer(out);
  writer.BytesNonEmpty(1, role.name);
  for (const Permission& permission : role.permissions) {
    const size_t begin = writer.BeginMessage(2);
    writer.VarintNonZero(1, static_cast<uint64_t>(permission.type));
    writer.BytesNonEmpty(2, permission.key);
    writer.BytesNonEmpty(3, permission.range_end);
    writer.EndMessage(begin);
  }
  return out;
}

StatusOr<User> DecodeUser(std::string_view key, std::string_view value) {
  User user;
  user.has_options = false;
  Status options;
  WireReader reader(value);
  WireField field;
  while (reader.Next(field)) {
    if (field.number < 1 || field.number > 4) continue;
    if (!Expect(reader, field, WireType::kBytes)) break;
    if (field.number == 1) user.name = field.bytes;
    if (field.number == 2) user.password = field.bytes;
    if (field.number == 3) user.roles.emplace_back(field.bytes);
    if (field.number == 4) {
      user.has_options = true;
      options = DecodeOptions(field.bytes, user);
      if (!options.ok()) break;
    }
  }
  if (options.ok()) options = reader.status("authpb.User");
  if (!options.ok()) return Annotate(options, fmt::format("user {}", key));
  CAIRN_RETURN_IF_ERROR(CheckName("user", key, user.name));
  return user;
}

StatusOr<Role> DecodeRole(std::string_view key, std::string_view value) {
  Role role;
  Status inner;
  WireReader reader(value);
  WireField field;
  while (reader.Next(field)) {
    if (field.number != 1 && field.number != 2) continue;
    if (!Expect(reader, field, WireType::kBytes)) break;
    if (field.number == 1) {
      role.name = field.bytes;
      continue;
    }
    auto permission = DecodePermission(field.bytes);
    if (!permission.ok()) {
      inner = permission.status();
      break;
    }
    role.permissions.push_back(*std::move(permission));
  }
  if (inner.ok()) inner = reader.status("authpb.Role");
  if (!inner.ok()) return Annotate(inner, fmt::format("role {}", key));
  CAIRN_RETURN_IF_ERROR(CheckName("role", key, role.name));
  return role;
}

}  // namespace cairn::auth
