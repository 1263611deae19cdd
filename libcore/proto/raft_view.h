// proto/raft_view.h: raftpb's Entry, HardState, ConfState, Snapshot and ConfChange as plain
// structs, decoded in place and encoded as etcd 3.7 writes them (formats.md, section 6).
//
// Decoders take what every release from 3.4 on writes: a missing scalar is 0, unknown fields are
// passed over, repeated ids come packed or not. A known field with the wrong wire type is an error.
// Views point into the bytes they were decoded from. Encoders append to `out`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"

namespace cairn::proto {

enum class EntryType : uint8_t { kNormal = 0, kConfChange = 1, kConfChangeV2 = 2 };

// raftpb.Entry. Type is written only when it isn't kNormal, term and index always, data unless it
// is empty.
struct EntryView {
  EntryType type = EntryType::kNormal;
  Term term;
  RaftIndex index;
  std::string_view data;
};

// raftpb.HardState; all three fields are always written.
struct HardState {
  Term term;
  MemberId vote;
  RaftIndex commit;

  bool empty() const { return *this == HardState{}; }
  friend bool operator==(const HardState&, const HardState&) = default;
};

// raftpb.ConfState. Servers write auto_leave even when false, etcdutl's restore leaves it out: an
// empty optional is a field that isn't there.
struct ConfState {
  std::vector<uint64_t> voters;
  std::vector<uint64_t> learners;
  std::vector<uint64_t> voters_outgoing;
  std::vector<uint64_t> learners_next;
  std::optional<bool> auto_leave;

  friend bool operator==(const ConfState&, const ConfState&) = default;
};

// raftpb.Snapshot with its SnapshotMetadata. Conf state, index and term are always written.
struct SnapshotView {
  std::string_view data;
  ConfState conf_state;
  RaftIndex index;
  Term term;
};

enum class ConfChangeType : uint8_t {
  kAddNode = 0,
  kRemoveNode = 1,
  kUpdateNode = 2,
  kAddLearner = 3
};

// raftpb.ConfChange. An id of 0 (bootstrap and restore) is left out; type and node id are always
// written, the context unless it is empty.
struct ConfChangeView {
  uint64_t id = 0;
  ConfChangeType type = ConfChangeType::kAddNode;
  MemberId node_id;
  std::string_view context;
};

StatusOr<EntryView> DecodeEntry(std::string_view bytes);
StatusOr<HardState> DecodeHardState(std::string_view bytes);
StatusOr<ConfState> DecodeConfState(std::string_view bytes);
StatusOr<SnapshotView> DecodeSnapshot(std::string_view bytes);
StatusOr<ConfChangeView> DecodeConfChange(std::string_view bytes);

void AppendEntry(std::string& out, const EntryView& entry);
void AppendHardState(std::string& out, const HardState& state);
void AppendConfState(std::string& out, const ConfState& state);
void AppendSnapshot(std::string& out, const SnapshotView& snapshot);
void AppendConfChange(std::string& out, const ConfChangeView& change);

// Bytes that AppendEntry adds.
size_t EntrySize(const EntryView& entry);

}  // namespace cairn::proto
