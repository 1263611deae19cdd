// tools/utl/format/message_json.h: a protobuf message as JSON, for entries of the log.
//
// The names of the .proto, enums by name, bytes as base64, members of a oneof as plain fields, as
// protobuf's own JSON has them, which its libraries can read back; but 64-bit numbers are numbers,
// as everywhere in etcd's output. Zero values of proto3 are left out.
#pragma once

#include <google/protobuf/message.h>

#include "render/json.h"

namespace cairn::utl {

// Writes one object.
void WriteMessage(const google::protobuf::Message& message, render::JsonWriter& json);

}  // namespace cairn::utl
