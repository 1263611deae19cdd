// proto/raft_view.cc: see raft_view.h.
#include "proto/raft_view.h"

#include "proto/wire.h"

namespace cairn::proto {

namespace {

constexpr const char* kWrongType = "field has the wrong wire type";

// The field's varint into `to`; another wire type ends the walk.
void Take(WireReader& reader, const WireField& field, uint64_t& to) {
  if (field.type != WireType::kVarint) return reader.Refuse(kWrongType);
  to = field.value;
}

void Take(WireReader& reader, const WireField& field, std::string_view& to) {
  if (field.type != WireType::kBytes) return reader.Refuse(kWrongType);
  to = field.bytes;
}

void TakeRepeated(WireReader& reader, const WireField& field, std::vector<uint64_t>& to) {
  if (field.type == WireType::kVarint) {
    to.push_back(field.value);
    return;
  }
  if (field.type != WireType::kBytes) return reader.Refuse(kWrongType);
  std::string_view packed = field.bytes;
  while (!packed.empty()) {
    const std::optional<uint64_t> value = TakeVarint(packed);
    if (!value) return reader.Refuse("broken varint in a packed list");
    to.push_back(*value);
  }
}

Status DecodeMetadata(std::string_view bytes, SnapshotView& to) {
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1: {
        std::string_view conf;
        Take(reader, field, conf);
        CAIRN_ASSIGN_OR_RETURN(to.conf_state, DecodeConfState(conf));
        break;
      }
      case 2:
        Take(reader, field, to.index.value);
        break;
      case 3:
        Take(reader, field, to.term.value);
        break;
      default:
        break;
    }
  }
  return reader.status("raftpb.SnapshotMetadata");
}

}  // namespace

StatusOr<EntryView> DecodeEntry(std::string_view bytes) {
  EntryView entry;
  uint64_t type = 0;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1:
        Take(reader, field, type);
        if (type > 2) reader.Refuse("entry type is none of 0, 1, 2");
        break;
      case 2:
        Take(reader, field, entry.term.value);
        break;
      case 3:
        Take(reader, field, entry.index.value);
        break;
      case 4:
        Take(reader, field, entry.data);
        break;
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("raftpb.Entry"));
  entry.type = static_cast<EntryType>(type);
  return entry;
}

StatusOr<HardState> DecodeHardState(std::string_view bytes) {
  HardState state;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1:
        Take(reader, field, state.term.value);
        break;
      case 2:
        Take(reader, field, state.vote.value);
        break;
      case 3:
        Take(reader, field, state.commit.value);
        break;
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("raftpb.HardState"));
  return state;
}

StatusOr<ConfState> DecodeConfState(std::string_view bytes) {
  ConfState state;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1:
        TakeRepeated(reader, field, state.voters);
        break;
      case 2:
        TakeRepeated(reader, field, state.learners);
        break;
      case 3:
        TakeRepeated(reader, field, state.voters_outgoing);
        break;
      case 4:
        TakeRepeated(reader, field, state.learners_next);
        break;
      case 5: {
        uint64_t value = 0;
        Take(reader, field, value);
        state.auto_leave = value != 0;
        break;
      }
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("raftpb.ConfState"));
  return state;
}

StatusOr<SnapshotView> DecodeSnapshot(std::string_view bytes) {
  SnapshotView snapshot;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1) {
      Take(reader, field, snapshot.data);
    } else if (field.number == 2) {
      std::string_view metadata;
      Take(reader, field, metadata);
      CAIRN_RETURN_IF_ERROR(DecodeMetadata(metadata, snapshot));
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("raftpb.Snapshot"));
  return snapshot;
}

StatusOr<ConfChangeView> DecodeConfChange(std::string_view bytes) {
  ConfChangeView change;
  uint64_t type = 0;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1:
        Take(reader, field, change.id);
        break;
      case 2:
        Take(reader, field, type);
        if (type > 3) reader.Refuse("conf change type is none of 0 to 3");
        break;
      case 3:
        Take(reader, field, change.node_id.value);
        break;
      case 4:
        Take(reader, field, change.context);
        break;
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("raftpb.ConfChange"));
  change.type = static_cast<ConfChangeType>(type);
  return change;
}

void AppendEntry(std::string& out, const EntryView& entry) {
  WireWriter writer(out);
  writer.VarintNonZero(1, static_cast<uint64_t>(entry.type));
  writer.Varint(2, entry.term.value);
  writer.Varint(3, entry.index.value);
  writer.BytesNonEmpty(4, entry.data);
}

size_t EntrySize(const EntryView& entry) {
  size_t size = 2 + VarintSize(entry.term.value) + VarintSize(entry.index.value);
  if (entry.type != EntryType::kNormal) size += 2;
  if (!entry.data.empty()) size += 1 + VarintSize(entry.data.size()) + entry.data.size();
  return size;
}

void AppendHardState(std::string& out, const HardState& state) {
  WireWriter writer(out);
  writer.Varint(1, state.term.value);
  writer.Varint(2, state.vote.value);
  writer.Varint(3, state.commit.value);
}

void AppendConfState(std::string& out, const ConfState& state) {
  WireWriter writer(out);
  for (const uint64_t id : state.voters) writer.Varint(1, id);
  for (const uint64_t id : state.learners) writer.Varint(2, id);
  for (const uint64_t id : state.voters_outgoing) writer.Varint(3, id);
  for (const uint64_t id : state.learners_next) writer.Varint(4, id);
  if (state.auto_leave) writer.Bool(5, *state.auto_leave);
}

void AppendSnapshot(std::string& out, const SnapshotView& snapshot) {
  WireWriter writer(out);
  writer.BytesNonEmpty(1, snapshot.data);
  const size_t metadata = writer.BeginMessage(2);
  const size_t conf = writer.BeginMessage(1);
  AppendConfState(out, snapshot.conf_state);
  writer.EndMessage(conf);
  writer.Varint(2, snapshot.index.value);
  writer.Varint(3, snapshot.term.value);
  writer.EndMessage(metadata);
}

void AppendConfChange(std::string& out, const ConfChangeView& change) {
  WireWriter writer(out);
  writer.VarintNonZero(1, change.id);
  writer.Varint(2, static_cast<uint64_t>(change.type));
  writer.Varint(3, change.node_id.value);
  writer.BytesNonEmpty(4, change.context);
}

}  // namespace cairn::proto
