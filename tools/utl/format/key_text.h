// tools/utl/format/key_text.h: keys and values of a db as lines for people and as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/inspect/kubernetes.h"
#include "proto/kv_view.h"
#include "render/json.h"

namespace cairn::utl {

// Whether all of it may be shown on a terminal as it is: UTF-8 without control characters, but for
// line ends and tabs where `lines` says so.
bool IsText(std::string_view bytes, bool lines);

// The text itself, or Go's quoted form of other bytes.
void AppendKeyText(std::string_view key, std::string* out);

// "Pod v1 default/web-1 (1234 bytes)", "encrypted by aescbc, key1 (88 bytes)".
std::string ObjectText(const offline::KubernetesObject& object, size_t bytes);

// What stands on a value's line: text as it is, a Kubernetes object in binary form by its name,
// other bytes in Go's quoted form.
void AppendValueText(std::string_view value, std::string* out);

// The fields of etcdctl's JSON (bytes as base64, none that is zero) in an open object, and
// "kubernetes" where the value is such an object. `with_value`: false leaves both away.
void AddKeyFields(const proto::KeyValueView& kv, bool with_value, render::JsonWriter* json);

}  // namespace cairn::utl
