// tools/ctl/format/proto_json.h: any message of the v3 API as the JSON that etcdctl prints.
//
// It is what Go's encoding/json makes of the generated structs, not protobuf's own JSON: the names
// of the .proto in their order, zero values left out, numbers and enums as numbers, bytes as
// base64, a message that is set but empty as {}. A oneof is an object of its own under its name
// with a capital: {"Response":{"response_put":{..}}}.
#pragma once

#include <string>

#include <google/protobuf/message.h>

#include "mvccpb.pb.h"
#include "render/json.h"

namespace cairn::ctl {

std::string MessageJson(const google::protobuf::Message& message);

// As one value of a larger text.
void WriteMessage(const google::protobuf::Message& message, render::JsonWriter* out);
// The members alone, for an object that carries more than the message.
void WriteMembers(const google::protobuf::Message& message, render::JsonWriter* out);

// The same form, without the detour by reflection: a range can hold millions of them.
void AppendKeyValueJson(const mvccpb::KeyValue& kv, std::string* out);

}  // namespace cairn::ctl
