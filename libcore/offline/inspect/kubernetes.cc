// offline/inspect/kubernetes.cc: see kubernetes.h.
#include "offline/inspect/kubernetes.h"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "proto/wire.h"

namespace cairn::offline {

namespace {

using proto::WireField;
using proto::WireReader;

constexpr std::string_view kPrefixes[] = {"/registry/", "/kubernetes.io/", "/openshift.io/"};
// Resources whose place has two names.
constexpr std::string_view kOfTwoNames[] = {"services/specs",        "services/endpoints",
                                            "oauth/clients",         "oauth/accesstokens",
                                            "oauth/authorizetokens", "oauth/clientauthorizations"};
constexpr std::string_view kProtobufMagic("k8s\0", 4);
constexpr std::string_view kEncrypted = "k8s:enc:";

// Takes what stands before the next `mark` off the front; nothing when there is none.
std::optional<std::string_view> TakeUntil(std::string_view& rest, char mark) {
  const size_t at = rest.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return taken;
}

// apiVersion and kind are identifiers with dots, dashes and slashes; anything else is no envelope.
bool IsTypeName(std::string_view text) {
  return text.size() <= 512 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '/' || c == '_';
         });
}

// "aescbc:v1:key1:" and the cipher text.
std::optional<KubernetesObject> ParseEncrypted(std::string_view rest) {
  const auto provider = TakeUntil(rest, ':');
  const auto version = TakeUntil(rest, ':');
  const auto key = TakeUntil(rest, ':');
  if (!provider || !version || !key || provider->empty() || key->empty()) return std::nullopt;
  if (!IsTypeName(*provider) || version->size() < 2 || version->front() != 'v') return std::nullopt;
  KubernetesObject object;
  object.form = KubernetesObject::Form::kEncrypted;
  object.provider = *provider;
  object.key_name = *key;
  return object;
}

// Calls take(field) for each field of a message; false when the message is damaged.
template <typename Take>
bool ForEachField(std::string_view message, Take take) {
  WireReader reader(message);
  WireField field;
  while (reader.Next(field)) take(field);
  return reader.ok();
}

std::optional<KubernetesObject> ParseProtobuf(std::string_view bytes) {
  KubernetesObject object;
  std::string_view type_meta, raw, encoding;
  bool whole = ForEachField(bytes, [&](const WireField& field) {
    if (field.IsBytes(1)) type_meta = field.bytes;
    if (field.IsBytes(2)) raw = field.bytes;
    if (field.IsBytes(3)) encoding = field.bytes;
  });
  whole = whole && ForEachField(type_meta, [&](const WireField& field) {
            if (field.IsBytes(1)) object.api_version = field.bytes;
            if (field.IsBytes(2)) object.kind = field.bytes;
          });
  if (!whole || object.kind.empty() || !IsTypeName(object.kind) ||
      !IsTypeName(object.api_version)) {
    return std::nullopt;
  }
  if (!encoding.empty()) return object;  // the object itself is packed
  std::string_view meta;
  whole = ForEachField(raw, [&](const WireField& field) {
    if (field.IsBytes(1)) meta = field.bytes;
  });
  whole = whole && ForEachField(meta, [&](const WireField& field) {
            if (field.IsBytes(1)) object.name = field.bytes;
            if (field.IsBytes(3)) object.name_space = field.bytes;
          });
  if (!whole) return std::nullopt;
  return object;
}

// Takes apiVersion, kind, metadata.name and metadata.namespace out of a document, whatever else is
// in it and however deep.
class ObjectSax : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit ObjectSax(KubernetesObject& object) : object_(object) {}

  bool null() override { return Scalar(); }
  bool boolean(bool) override { return Scalar(); }
  bool number_integer(number_integer_t) override { return Scalar(); }
  bool number_unsigned(number_unsigned_t) override { return Scalar(); }
  bool number_float(number_float_t, const string_t&) override { return Scalar(); }
  bool binary(binary_t&) override { return Scalar(); }
  bool string(string_t& text) override {
    if (depth_ == 1 && key_ == "apiVersion") object_.api_version = text;
    if (depth_ == 1 && key_ == "kind") object_.kind = text;
    if (depth_ == 2 && in_metadata_ && key_ == "name") object_.name = text;
    if (depth_ == 2 && in_metadata_ && key_ == "namespace") object_.name_space = text;
    return Scalar();
  }
  bool key(string_t& text) override {
    if (depth_ <= 2) key_ = text;
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 1) in_metadata_ = key_ == "metadata";
    ++depth_;
    key_.clear();
    return true;
  }
  bool end_object() override { return Leave(); }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return false;
    if (depth_ == 1) in_metadata_ = false;
    ++depth_;
    key_.clear();
    return true;
  }
  bool end_array() override { return Leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool Scalar() const { return depth_ > 0; }
  bool Leave() {
    --depth_;
    key_.clear();
    return true;
  }

  KubernetesObject& object_;
  size_t depth_ = 0;
  bool in_metadata_ = false;
  std::string key_;
};

std::optional<KubernetesObject> ParseJson(std::string_view text) {
  KubernetesObject object;
  object.form = KubernetesObject::Form::kJson;
  try {
    ObjectSax sax(object);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &sax)) return std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
  if (object.kind.empty() || !IsTypeName(object.kind) || !IsTypeName(object.api_version)) {
    return std::nullopt;
  }
  return object;
}

}  // namespace

std::optional<KubernetesKey> ParseKubernetesKey(std::string_view key) {
  const auto prefix = std::find_if(std::begin(kPrefixes), std::end(kPrefixes),
                                   [key](std::string_view one) { return key.starts_with(one); });
  if (prefix == std::end(kPrefixes)) return std::nullopt;
  std::string_view rest = key.substr(prefix->size());
  KubernetesKey parsed;
  // A group has a dot, as it has to be a domain; a resource has none.
  const std::string_view first = rest.substr(0, rest.find('/'));
  if (first.find('.') != std::string_view::npos) {
    parsed.group = first;
    if (first.size() == rest.size()) return std::nullopt;
    rest.remove_prefix(first.size() + 1);
  }
  for (const std::string_view two : kOfTwoNames) {
    if (parsed.group.empty() && rest.starts_with(two) && rest.substr(two.size()).starts_with('/')) {
      parsed.resource = rest.substr(0, two.size());
      rest.remove_prefix(two.size() + 1);
    }
  }
  if (parsed.resource.empty()) {
    const auto resource = TakeUntil(rest, '/');
    if (!resource.has_value()) return std::nullopt;
    parsed.resource = *resource;
  }
  bool with_namespace = false;
  if (const auto name_space = TakeUntil(rest, '/'); name_space.has_value()) {
    parsed.name_space = *name_space;
    with_namespace = true;
  }
  parsed.name = rest;
  if (parsed.resource.empty() || parsed.name.empty() ||
      parsed.name.find('/') != std::string_view::npos ||
      (with_namespace && parsed.name_space.empty())) {
    return std::nullopt;
  }
  return parsed;
}

std::optional<KubernetesObject> ParseKubernetesValue(std::string_view value) {
  if (value.starts_with(kProtobufMagic)) return ParseProtobuf(value.substr(kProtobufMagic.size()));
  if (value.starts_with(kEncrypted)) return ParseEncrypted(value.substr(kEncrypted.size()));
  if (value.starts_with('{')) return ParseJson(value);
  return std::nullopt;
}

}  // namespace cairn::offline
