// snap/v2_store_writer.cc: writes a v2 store as if etcd had made its nodes one by one; see
// v2_store.h.
//
// Every node carries the index of the change that made it, and the last thousand changes stand in
// the watcher hub's event queue: the whole text follows from the order of the changes.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "gotext/json.h"
#include "snap/v2_store.h"

namespace cairn::snap {

namespace {

constexpr size_t kQueueCapacity = 1000;

// A tree of keys in the making, and what happened to it.
class Tree {
 public:
  Tree() {
    root_.is_dir = true;
    Walk("/0");
    Walk("/1");
    // The two name spaces are there from the start.
    root_.children["0"].index = root_.children["1"].index = 0;
  }

  void Create(const std::string& path, std::string value) {
    ++creates_;
    Add("create", path, std::move(value));
  }
  void Set(const std::string& path, std::string value) {
    ++sets_;
    Add("set", path, std::move(value));
  }

  std::string ToJson() const {
    std::string out = "{\"Root\":";
    AppendNode(out, "/", root_);
    out += ",\"WatcherHub\":{\"EventHistory\":{\"Queue\":";
    AppendQueue(out);
    const size_t oldest = events_.size() - std::min(events_.size(), kQueueCapacity);
    out += fmt::format(",\"StartIndex\":{},\"LastIndex\":{}}}}}", events_.empty() ? 0 : oldest + 1,
                       events_.size());
    out += fmt::format(
        ",\"CurrentIndex\":{},\"Stats\":{{\"getsSuccess\":0,\"getsFail\":1,\"setsSuccess\":{},"
        "\"setsFail\":0,\"deleteSuccess\":0,\"deleteFail\":0,\"updateSuccess\":0,\"updateFail\":0,"
        "\"createSuccess\":{},\"createFail\":0,\"compareAndSwapSuccess\":0,"
        "\"compareAndSwapFail\":0,\"compareAndDeleteSuccess\":0,\"compareAndDeleteFail\":0,"
        "\"expireCount\":0,\"watchers\":0}},\"CurrentVersion\":2}}",
        events_.size(), sets_, creates_);
    return out;
  }

 private:
  struct Node {
    size_t index = 0;
    bool is_dir = false;
    std::string value;
    std::map<std::string, Node> children;  // by name, as Go sorts a map's keys
  };

  struct Event {
    const char* action;
    std::string path;
    std::string value;
  };

  // The node at `path`; missing ones are made as directories of the change that comes next.
  Node& Walk(std::string_view path) {
    Node* node = &root_;
    while (!path.empty()) {
      path.remove_prefix(1);
      const std::string_view name = path.substr(0, path.find('/'));
      path.remove_prefix(name.size());
      const auto [child, is_new] = node->children.try_emplace(std::string(name));
      node = &child->second;
      if (is_new) *node = {.index = events_.size() + 1, .is_dir = true};
    }
    return *node;
  }

  void Add(const char* action, const std::string& path, std::string value) {
    Node& node = Walk(path);
    node.is_dir = false;
    node.value = value;
    events_.push_back({.action = action, .path = path, .value = std::move(value)});
  }

  void AppendNode(std::string& out, const std::string& path, const Node& node) const {
    out += "{\"Path\":";
    AppendJsonString(path, &out);
    out += fmt::format(
        ",\"CreatedIndex\":{0},\"ModifiedIndex\":{0},\"ExpireTime\":\"0001-01-01T00:00:00Z\","
        "\"Value\":",
        node.index);
    AppendJsonString(node.value, &out);
    out += ",\"Children\":";
    if (!node.is_dir) {
      out += "null}";
      return;
    }
    out += '{';
    bool first = true;
    for (const auto& [name, child] : node.children) {
      if (!first) out += ',';
      first = false;
      AppendJsonString(name, &out);
      out += ':';
      AppendNode(out, path == "/" ? "/" + name : path + "/" + name, child);
    }
    out += "}}";
  }

  void AppendQueue(std::string& out) const {
    out += "{\"Events\":[";
    const size_t count = events_.size();
    for (size_t slot = 0; slot < kQueueCapacity; ++slot) {
      if (slot > 0) out += ',';
      if (slot >= count) {
        out += "null";
        continue;
      }
      // The newest event that fell into this slot of the ring.
      const size_t i = slot + (count - 1 - slot) / kQueueCapacity * kQueueCapacity;
      out += fmt::format("{{\"action\":\"{}\",\"node\":{{\"key\":", events_[i].action);
      AppendJsonString(events_[i].path, &out);
      out += ",\"value\":";
      AppendJsonString(events_[i].value, &out);
      out += fmt::format(",\"modifiedIndex\":{0},\"createdIndex\":{0}}}}}", i + 1);
    }
    out += fmt::format("],\"Size\":{},\"Front\":{},\"Back\":{},\"Capacity\":{}}}",
                       std::min(count, kQueueCapacity),
                       count > kQueueCapacity ? count % kQueueCapacity : 0, count % kQueueCapacity,
                       kQueueCapacity);
  }

  Node root_;
  std::vector<Event> events_;
  size_t creates_ = 0;
  size_t sets_ = 0;
};

std::string RaftAttributes(const V2Member& member) {
  std::string out = "{\"peerURLs\":";
  if (member.peer_urls.empty()) {
    out += "null";
  } else {
    AppendJsonStrings(member.peer_urls, &out);
  }
  if (member.is_learner) out += ",\"isLearner\":true";
  return out + "}";
}

std::string Attributes(const V2Member& member) {
  std::string out = "{";
  if (!member.name.empty()) {
    out += "\"name\":";
    AppendJsonString(member.name, &out);
    out += ',';
  }
  out += "\"clientURLs\":";
  AppendJsonStrings(member.client_urls, &out);
  return out + "}";
}

}  // namespace

std::string WriteV2Store(const V2Membership& membership) {
  Tree tree;
  for (const V2Member& member : membership.members) {
    const std::string path = fmt::format("/0/members/{:x}", member.id.value);
    tree.Create(path + "/raftAttributes", RaftAttributes(member));
    if (!member.client_urls.empty()) tree.Set(path + "/attributes", Attributes(member));
  }
  for (const MemberId id : membership.removed) {
    tree.Create(fmt::format("/0/removed_members/{:x}", id.value), "");
  }
  if (!membership.version.empty()) tree.Set("/0/version", membership.version);
  return tree.ToJson();
}

}  // namespace cairn::snap
