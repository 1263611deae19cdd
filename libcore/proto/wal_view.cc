// proto/wal_view.cc: see wal_view.h.
#include "proto/wal_view.h"

#include "proto/wire.h"

namespace cairn::proto {

namespace {

constexpr const char* kWrongType = "field has the wrong wire type";

void Take(WireReader& reader, const WireField& field, uint64_t& to) {
  if (field.type != WireType::kVarint) return reader.Refuse(kWrongType);
  to = field.value;
}

void Take(WireReader& reader, const WireField& field, std::string_view& to) {
  if (field.type != WireType::kBytes) return reader.Refuse(kWrongType);
  to = field.bytes;
}

// uint32 fields keep the low 32 bits, as every protobuf decoder does.
void Take(WireReader& reader, const WireField& field, uint32_t& to) {
  uint64_t value = 0;
  Take(reader, field, value);
  to = static_cast<uint32_t>(value);
}

}  // namespace

StatusOr<WalRecordView> DecodeWalRecord(std::string_view bytes) {
  WalRecordView record;
  uint64_t type = 0;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1:
        Take(reader, field, type);
        break;
      case 2:
        Take(reader, field, record.crc);
        break;
      case 3:
        Take(reader, field, record.data);
        break;
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("walpb.Record"));
  record.type = static_cast<int64_t>(type);
  return record;
}

StatusOr<WalSnapshot> DecodeWalSnapshot(std::string_view bytes) {
  WalSnapshot snapshot;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case 1:
        Take(reader, field, snapshot.index.value);
        break;
      case 2:
        Take(reader, field, snapshot.term.value);
        break;
      case 3: {
        std::string_view conf;
        Take(reader, field, conf);
        CAIRN_ASSIGN_OR_RETURN(snapshot.conf_state, DecodeConfState(conf));
        break;
      }
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("walpb.Snapshot"));
  return snapshot;
}

StatusOr<MemberMetadata> DecodeMemberMetadata(std::string_view bytes) {
  MemberMetadata metadata;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1) Take(reader, field, metadata.node_id.value);
    if (field.number == 2) Take(reader, field, metadata.cluster_id.value);
  }
  CAIRN_RETURN_IF_ERROR(reader.status("etcdserverpb.Metadata"));
  return metadata;
}

StatusOr<SnapFileView> DecodeSnapFile(std::string_view bytes) {
  SnapFileView file;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1) Take(reader, field, file.crc);
    if (field.number == 2) Take(reader, field, file.data);
  }
  CAIRN_RETURN_IF_ERROR(reader.status("snappb.snapshot"));
  return file;
}

void AppendWalSnapshot(std::string& out, const WalSnapshot& snapshot) {
  WireWriter writer(out);
  writer.Varint(1, snapshot.index.value);
  writer.Varint(2, snapshot.term.value);
  if (snapshot.conf_state) {
    const size_t conf = writer.BeginMessage(3);
    AppendConfState(out, *snapshot.conf_state);
    writer.EndMessage(conf);
  }
}

void AppendMemberMetadata(std::string& out, const MemberMetadata& metadata) {
  WireWriter writer(out);
  writer.Varint(1, metadata.node_id.value);
  writer.Varint(2, metadata.cluster_id.value);
}

void AppendSnapFile(std::string& out, const SnapFileView& file) {
  WireWriter writer(out);
  writer.Varint(1, file.crc);
  writer.Bytes(2, file.data);
}

void AppendWalRecordHead(std::string& out, int64_t type, uint32_t crc, size_t data_size) {
  WireWriter writer(out);
  writer.Int(1, type);
  writer.Varint(2, crc);
  if (data_size > 0) writer.Header(3, data_size);
}

}  // namespace cairn::proto
