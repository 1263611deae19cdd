// offline/log_entry.h: what an entry of the log asks for: the requests of etcd 3.4 to 3.7.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/raft_view.h"

namespace google::protobuf {
class Message;
}

namespace cairn::offline {

// One entry, decoded.
struct DecodedEntry {
  uint64_t index = 0, term = 0;
  proto::EntryType type = proto::EntryType::kNormal;
  // "Empty" (what a new leader appends), "ConfigChange", "ConfigChangeV2", "Request" (the v2
  // API's), "InternalRaftRequest" (none that is known), "IRRPut", "IRRTxn", …, "Unknown".
  std::string_view kind;
  std::string_view path;  // of the segment
  uint64_t offset = 0;    // of its record
  uint64_t data_bytes = 0;
  uint64_t request_id = 0;
  std::string user;           // who asked, where auth was on
  bool overwritten = false;   // a later entry has taken its place
  std::string_view unparsed;  // the data of an "Unknown" entry, else empty
  // etcdserverpb.InternalRaftRequest, etcdserverpb.Request, raftpb.ConfChange or ConfChangeV2,
  // without passwords and tokens (kRemovedSecret stands there); null for "Empty" and "Unknown".
  const google::protobuf::Message* request = nullptr;
};

inline constexpr std::string_view kRemovedSecret = "<value removed>";

// Decodes entries one after the other.
class EntryDecoder {
 public:
  EntryDecoder();
  ~EntryDecoder();

  // Fills what the entry itself tells. Views and the request are good until the next call.
  void Decode(const proto::EntryView& entry, DecodedEntry& out);

 private:
  void DecodeRequest(std::string_view data, DecodedEntry& out);

  std::array<std::unique_ptr<google::protobuf::Message>, 4> messages_;
};

// Every kind, in the order of the messages' fields.
const std::vector<std::string>& EntryKinds();

// What may be asked for by name (inspect wal --type): the kinds, and the two names of
// etcd-dump-logs for many: "Normal" (all but changes of the membership) and "InternalRaftRequest"
// (every request of the v3 API, and empty entries). Adds the kinds after `name`, in any case, to
// `kinds`; false for a name that is none.
bool AddEntryKinds(std::string_view name, std::vector<std::string>& kinds);

}  // namespace cairn::offline
