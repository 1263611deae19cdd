// proto/wal_view.h: what the files of a member wrap their data in: walpb.Record and walpb.Snapshot,
// snappb.snapshot and etcdserverpb.Metadata (formats.md, sections 4 and 5). Same rules as
// raft_view.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"
#include "proto/raft_view.h"

namespace cairn::proto {

// walpb.Record. Type and crc are always written. A crc record has no data; an empty data field and
// a missing one are told apart on neither side.
struct WalRecordView {
  int64_t type = 0;
  uint32_t crc = 0;
  std::string_view data;
};

// walpb.Snapshot. Index and term are always written. The conf state is there from 3.5 on, except in
// the (0, 0) record that every log begins with.
struct WalSnapshot {
  RaftIndex index;
  Term term;
  std::optional<ConfState> conf_state;

  friend bool operator==(const WalSnapshot&, const WalSnapshot&) = default;
};

// etcdserverpb.Metadata, the first data of every segment; both ids are always written.
struct MemberMetadata {
  MemberId node_id;
  ClusterId cluster_id;

  friend bool operator==(const MemberMetadata&, const MemberMetadata&) = default;
};

// snappb.snapshot, the wrapper of a `.snap` file; `crc` is the CRC-32C of `data`.
struct SnapFileView {
  uint32_t crc = 0;
  std::string_view data;
};

StatusOr<WalRecordView> DecodeWalRecord(std::string_view bytes);
StatusOr<WalSnapshot> DecodeWalSnapshot(std::string_view bytes);
StatusOr<MemberMetadata> DecodeMemberMetadata(std::string_view bytes);
StatusOr<SnapFileView> DecodeSnapFile(std::string_view bytes);

void AppendWalSnapshot(std::string& out, const WalSnapshot& snapshot);
void AppendMemberMetadata(std::string& out, const MemberMetadata& metadata);
void AppendSnapFile(std::string& out, const SnapFileView& file);

// What stands before a record's data; with `data_size` bytes appended after it the record is
// whole.
void AppendWalRecordHead(std::string& out, int64_t type, uint32_t crc, size_t data_size);

}  // namespace cairn::proto
