// snap/v2_store_edit.cc: puts another membership into a v2 store and keeps all else; see
// v2_store.h.
#include <exception>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "gotext/json.h"
#include "snap/v2_store.h"

namespace cairn::snap {

namespace {

using Json = nlohmann::json;

Json Node(const std::string& path, const std::string& value, bool is_dir, const Json& index) {
  return Json{{"Path", path},           {"CreatedIndex", index},
              {"ModifiedIndex", index}, {"ExpireTime", "0001-01-01T00:00:00Z"},
              {"Value", value},         {"Children", is_dir ? Json::object() : Json()}};
}

std::string RaftAttributes(const V2Member& member) {
  std::string out = "{\"peerURLs\":";
  AppendJsonStrings(member.peer_urls, &out);
  if (member.is_learner) out += ",\"isLearner\":true";
  return out + "}";
}

// Throws what nlohmann throws; caught below.
std::string Edit(std::string_view text, std::span<const V2Member> members) {
  Json json = Json::parse(text);
  const Json index = json.value("CurrentIndex", Json(0));
  Json& root = json["Root"];
  if (!root.is_object()) root = Node("/", "", true, index);
  Json& spaces = root["Children"];
  if (!spaces.is_object()) spaces = Json::object();
  Json& cluster = spaces["0"];
  if (!cluster.is_object()) cluster = Node("/0", "", true, index);
  Json& parts = cluster["Children"];
  if (!parts.is_object()) parts = Json::object();
  if (parts.contains("removed_members")) {
    parts["removed_members"] = Node("/0/removed_members", "", true, index);
  }
  Json list = Node("/0/members", "", true, index);
  for (const V2Member& member : members) {
    const std::string id = fmt::format("{:x}", member.id.value);
    const std::string path = "/0/members/" + id;
    Json node = Node(path, "", true, index);
    node["Children"]["raftAttributes"] =
        Node(path + "/raftAttributes", RaftAttributes(member), false, index);
    list["Children"][id] = std::move(node);
  }
  parts["members"] = std::move(list);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

StatusOr<std::string> ReplaceV2Members(std::string_view json, std::span<const V2Member> members) {
  // What is no store is not edited.
  CAIRN_RETURN_IF_ERROR(ParseV2Store(json).status());
  try {
    return Edit(json, members);
  } catch (const std::exception& e) {
    return absl::DataLossError(fmt::format("v2 store: {}", e.what()));
  }
}

}  // namespace cairn::snap
