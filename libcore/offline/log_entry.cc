// offline/log_entry.cc: see log_entry.h.
#include "offline/log_entry.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <limits>
#include <map>

#include "cluster/entry_versions.h"
#include "etcdserverpb_disk.pb.h"
#include "etcdserverpb_internal.pb.h"
#include "raftpb.pb.h"

namespace cairn::offline {

namespace {

using etcdserverpb::InternalRaftRequest;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kEmpty = "Empty";
constexpr std::string_view kUnknown = "Unknown";
constexpr std::string_view kV2Request = "Request";
constexpr std::string_view kV3Request = "InternalRaftRequest";
constexpr std::string_view kConfChange = "ConfigChange";
constexpr std::string_view kConfChangeV2 = "ConfigChangeV2";
constexpr std::string_view kNormal = "Normal";

// auth_user_add: IRRAuthUserAdd.
std::string KindOfField(std::string_view name) {
  std::string kind = "IRR";
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    kind += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return kind;
}

// The requests by their fields in InternalRaftRequest.
const std::map<int, std::string>& KindsByField() {
  static const auto* const kinds = [] {
    auto* map = new std::map<int, std::string>;
    const auto* type = InternalRaftRequest::descriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->name() == "header") {
        continue;
      }
      map->emplace(field->number(), KindOfField(field->name()));
    }
    return map;
  }();
  return *kinds;
}

std::string_view KindOf(const InternalRaftRequest& request) {
  std::vector<const FieldDescriptor*> fields;
  request.GetReflection()->ListFields(request, &fields);
  for (const FieldDescriptor* field : fields) {
    const auto kind = KindsByField().find(field->number());
    if (kind != KindsByField().end()) return kind->second;
  }
  return kV3Request;
}

void Remove(std::string* secret) {
  if (!secret->empty()) *secret = kRemovedSecret;
}

void RemoveSecrets(InternalRaftRequest& request) {
  if (request.has_authenticate()) {
    Remove(request.mutable_authenticate()->mutable_password());
    Remove(request.mutable_authenticate()->mutable_simple_token());
  }
  if (request.has_auth_user_add()) {
    Remove(request.mutable_auth_user_add()->mutable_password());
    Remove(request.mutable_auth_user_add()->mutable_hashedpassword());
  }
  if (request.has_auth_user_change_password()) {
    Remove(request.mutable_auth_user_change_password()->mutable_password());
    Remove(request.mutable_auth_user_change_password()->mutable_hashedpassword());
  }
}

bool Parse(std::string_view data, google::protobuf::Message& message) {
  return data.size() <= static_cast<size_t>(std::numeric_limits<int>::max()) &&
         message.ParseFromArray(data.data(), static_cast<int>(data.size()));
}

bool SameLetters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

EntryDecoder::EntryDecoder() {
  messages_[0] = std::make_unique<InternalRaftRequest>();
  messages_[1] = std::make_unique<etcdserverpb::Request>();
  messages_[2] = std::make_unique<raftpb::ConfChange>();
  messages_[3] = std::make_unique<raftpb::ConfChangeV2>();
}

EntryDecoder::~EntryDecoder() = default;

void EntryDecoder::DecodeRequest(std::string_view data, DecodedEntry& out) {
  if (data.empty()) {
    out.kind = kEmpty;
    return;
  }
  if (cluster::IsV2Request(data)) {
    if (!Parse(data, *messages_[1])) return;
    const auto& request = static_cast<const etcdserverpb::Request&>(*messages_[1]);
    out.kind = kV2Request;
    out.request_id = request.id();
    out.request = &request;
    return;
  }
  auto& request = static_cast<InternalRaftRequest&>(*messages_[0]);
  if (!Parse(data, request)) return;
  RemoveSecrets(request);
  out.kind = KindOf(request);
  out.request_id = request.header().id() != 0 ? request.header().id() : request.id();
  out.user = request.header().username();
  out.request = &request;
}

void EntryDecoder::Decode(const proto::EntryView& entry, DecodedEntry& out) {
  out.index = entry.index.value;
  out.term = entry.term.value;
  out.type = entry.type;
  out.kind = kUnknown;
  out.data_bytes = entry.data.size();
  out.request_id = 0;
  out.user.clear();
  out.request = nullptr;
  switch (entry.type) {
    case proto::EntryType::kNormal:
      DecodeRequest(entry.data, out);
      break;
    case proto::EntryType::kConfChange:
      if (Parse(entry.data, *messages_[2])) {
        out.kind = kConfChange;
        out.request_id = static_cast<const raftpb::ConfChange&>(*messages_[2]).id();
        out.request = messages_[2].get();
      }
      break;
    case proto::EntryType::kConfChangeV2:
      if (Parse(entry.data, *messages_[3])) {
        out.kind = kConfChangeV2;
        out.request = messages_[3].get();
      }
      break;
  }
  out.unparsed = out.kind == kUnknown ? entry.data : std::string_view();
}

const std::vector<std::string>& EntryKinds() {
  static const auto* const kinds = [] {
    auto* all = new std::vector<std::string>{std::string(kEmpty), std::string(kConfChange),
                                             std::string(kConfChangeV2), std::string(kV2Request),
                                             std::string(kV3Request)};
    for (const auto& [number, kind] : KindsByField()) all->push_back(kind);
    all->emplace_back(kUnknown);
    return all;
  }();
  return *kinds;
}

bool AddEntryKinds(std::string_view name, std::vector<std::string>& kinds) {
  const bool normal = SameLetters(name, kNormal);
  const bool v3 = SameLetters(name, kV3Request);
  bool found = normal || v3;
  for (const std::string& kind : EntryKinds()) {
    const bool conf = kind == kConfChange || kind == kConfChangeV2;
    const bool request = kind.starts_with("IRR") || kind == kV3Request || kind == kEmpty;
    const bool named = SameLetters(name, kind);
    if ((normal && !conf) || (v3 && request) || named) kinds.push_back(kind);
    found = found || named;
  }
  return found;
}

}  // namespace cairn::offline
