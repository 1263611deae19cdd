// tools/utl/format/key_text.cc: see key_text.h.
#include "tools/utl/format/key_text.h"

#include <fmt/format.h>

#include "gotext/quote.h"

namespace cairn::utl {

namespace {

using offline::KubernetesObject;

std::string_view FormName(KubernetesObject::Form form) {
  switch (form) {
    case KubernetesObject::Form::kProtobuf:
      return "protobuf";
    case KubernetesObject::Form::kJson:
      return "json";
    case KubernetesObject::Form::kEncrypted:
      return "encrypted";
  }
  return "";
}

void AddObject(const KubernetesObject& object, std::string_view key, render::JsonWriter* json) {
  const auto add = [&](std::string_view name, std::string_view text) {
    if (!text.empty()) json->Field(name, text);
  };
  json->Key("kubernetes").BeginObject().Field("form", FormName(object.form));
  if (const auto place = offline::ParseKubernetesKey(key)) {
    add("group", place->group);
    add("resource", place->resource);
  }
  add("apiVersion", object.api_version);
  add("kind", object.kind);
  add("namespace", object.name_space);
  add("name", object.name);
  add("provider", object.provider);
  add("keyName", object.key_name);
  json->EndObject();
}

}  // namespace

bool IsText(std::string_view bytes, bool lines) {
  while (!bytes.empty()) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    if (byte < 0x80) {
      const bool printable = byte >= 0x20 && byte != 0x7f;
      if (!printable && !(lines && (byte == '\n' || byte == '\t'))) return false;
      bytes.remove_prefix(1);
      continue;
    }
    const Utf8Rune rune = DecodeUtf8(bytes);
    if (!rune.valid || !IsPrintable(rune.code)) return false;
    bytes.remove_prefix(rune.length);
  }
  return true;
}

void AppendKeyText(std::string_view key, std::string* out) {
  if (IsText(key, false)) {
    *out += key;
  } else {
    *out += QuoteGo(key);
  }
}

std::string ObjectText(const KubernetesObject& object, size_t bytes) {
  std::string text;
  if (object.form == KubernetesObject::Form::kEncrypted) {
    text = fmt::format("encrypted by {}, {}", object.provider, object.key_name);
  } else {
    text = fmt::format("{} {}", object.kind, object.api_version);
    if (!object.name_space.empty() || !object.name.empty()) text += ' ';
    if (!object.name_space.empty()) text += object.name_space + "/";
    text += object.name;
  }
  text += fmt::format(" ({} bytes)", bytes);
  return IsText(text, false) ? text : QuoteGo(text);
}

void AppendValueText(std::string_view value, std::string* out) {
  if (IsText(value, true)) {
    *out += value;
  } else if (const auto object = offline::ParseKubernetesValue(value)) {
    *out += ObjectText(*object, value.size());
  } else {
    *out += QuoteGo(value);
  }
}

void AddKeyFields(const proto::KeyValueView& kv, bool with_value, render::JsonWriter* json) {
  const auto number = [&](std::string_view name, int64_t value) {
    if (value != 0) json->Field(name, value);
  };
  json->Key("key").Base64(kv.key);
  number("create_revision", kv.create_revision);
  number("mod_revision", kv.mod_revision);
  number("version", kv.version);
  if (with_value && !kv.value.empty()) json->Key("value").Base64(kv.value);
  number("lease", kv.lease);
  if (!with_value) return;
  if (const auto object = offline::ParseKubernetesValue(kv.value)) AddObject(*object, kv.key, json);
}

}  // namespace cairn::utl
