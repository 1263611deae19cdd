// snap/v2_store.cc: reads a v2 store; see v2_store.h.
#include "snap/v2_store.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cairn::snap {

namespace {

using Json = nlohmann::json;

Status NotAStore(std::string_view what) {
  return absl::DataLossError(fmt::format("v2 store: {}", what));
}

// Brackets open at once, outside of strings.
size_t DepthOf(std::string_view json) {
  size_t depth = 0;
  size_t deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

// The child called `name` of a node, or nullptr.
const Json* Child(const Json* node, std::string_view name) {
  if (node == nullptr || !node->is_object()) return nullptr;
  const auto children = node->find("Children");
  if (children == node->end() || !children->is_object()) return nullptr;
  const auto child = children->find(std::string(name));
  return child == children->end() ? nullptr : &*child;
}

const Json::object_t* Children(const Json* node) {
  if (node == nullptr || !node->is_object()) return nullptr;
  const auto children = node->find("Children");
  if (children == node->end()) return nullptr;
  return children->get_ptr<const Json::object_t*>();
}

std::optional<MemberId> ParseId(std::string_view hex) {
  uint64_t id = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), id, 16);
  if (error != std::errc() || end != hex.data() + hex.size() || id == 0) return std::nullopt;
  return MemberId(id);
}

// The JSON inside a leaf's Value. Throws what nlohmann throws; caught in ParseV2Store.
Json ValueOf(const Json& leaf) {
  return Json::parse(leaf.at("Value").get_ref<const std::string&>());
}

std::vector<std::string> Strings(const Json& object, const char* name) {
  const auto list = object.find(name);
  if (list == object.end() || list->is_null()) return {};
  return list->get<std::vector<std::string>>();
}

StatusOr<V2Member> ReadMember(std::string_view hex, const Json& node) {
  const std::optional<MemberId> id = ParseId(hex);
  if (!id) return NotAStore(fmt::format("/0/members/{}: not a member id", hex));
  V2Member member;
  member.id = *id;
  const Json* raft = Child(&node, "raftAttributes");
  if (raft == nullptr) {
    return NotAStore(fmt::format("/0/members/{}: raftAttributes key doesn't exist", hex));
  }
  const Json raft_value = ValueOf(*raft);
  member.peer_urls = Strings(raft_value, "peerURLs");
  member.is_learner = raft_value.value("isLearner", false);
  if (const Json* attributes = Child(&node, "attributes")) {
    const Json value = ValueOf(*attributes);
    member.name = value.value("name", std::string());
    member.client_urls = Strings(value, "clientURLs");
  }
  return member;
}

// etcd's own rule: anything below /1 and the like, and under /2 (auth) what has children of its
// own.
bool HasUserKeys(const Json& root) {
  const Json::object_t* spaces = Children(&root);
  if (spaces == nullptr) return false;
  for (const auto& [name, space] : *spaces) {
    const Json::object_t* children = Children(&space);
    if (name == "0" || children == nullptr || children->empty()) continue;
    if (name != "2") return true;
    for (const auto& [key, node] : *children) {
      const Json::object_t* below = Children(&node);
      if (below != nullptr && !below->empty()) return true;
    }
  }
  return false;
}

StatusOr<V2Store> ReadStore(std::string_view text) {
  const Json json = Json::parse(text);
  if (!json.is_object()) return NotAStore("not a JSON object");
  V2Store store;
  const auto root = json.find("Root");
  if (root == json.end()) return store;
  const Json* cluster = Child(&*root, "0");
  if (const Json::object_t* members = Children(Child(cluster, "members"))) {
    for (const auto& [hex, node] : *members) {
      CAIRN_ASSIGN_OR_RETURN(V2Member member, ReadMember(hex, node));
      store.membership.members.push_back(std::move(member));
    }
  }
  if (const Json::object_t* removed = Children(Child(cluster, "removed_members"))) {
    for (const auto& [hex, node] : *removed) {
      const std::optional<MemberId> id = ParseId(hex);
      if (!id) return NotAStore(fmt::format("/0/removed_members/{}: not a member id", hex));
      store.membership.removed.push_back(*id);
    }
  }
  if (const Json* version = Child(cluster, "version")) {
    store.membership.version = version->at("Value").get<std::string>();
  }
  // Names are sorted as text, and ids are unpadded.
  std::sort(store.membership.members.begin(), store.membership.members.end(),
            [](const V2Member& a, const V2Member& b) { return a.id < b.id; });
  std::sort(store.membership.removed.begin(), store.membership.removed.end());
  store.has_user_keys = HasUserKeys(*root);
  return store;
}

}  // namespace

StatusOr<V2Store> ParseV2Store(std::string_view json) {
  if (DepthOf(json) > kMaxV2StoreDepth) {
    return absl::InvalidArgumentError(
        fmt::format("v2 store: nested more than {} levels deep", kMaxV2StoreDepth));
  }
  try {
    return ReadStore(json);
  } catch (const std::exception& e) {
    return NotAStore(e.what());
  }
}

}  // namespace cairn::snap
