// proto/kv_view.cc: the long way of decoding a KeyValue, and its encoder.
#include "proto/kv_view.h"

namespace cairn::proto {

Status DecodeKeyValueStrictly(std::string_view bytes, KeyValueView& out) {
  KeyValueView kv;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    const bool is_bytes = field.type == WireType::kBytes;
    const bool is_varint = field.type == WireType::kVarint;
    switch (field.number) {
      case 1:
      case 5:
        if (!is_bytes) reader.Refuse("not a byte string");
        (field.number == 1 ? kv.key : kv.value) = field.bytes;
        break;
      case 2:
      case 3:
      case 4:
      case 6:
        if (!is_varint) reader.Refuse("not a number");
        (field.number == 2   ? kv.create_revision
         : field.number == 3 ? kv.mod_revision
         : field.number == 4 ? kv.version
                             : kv.lease) = field.AsInt64();
        break;
      default:
        break;
    }
  }
  CAIRN_RETURN_IF_ERROR(reader.status("mvccpb.KeyValue"));
  out = kv;
  return absl::OkStatus();
}

void AppendKeyValue(std::string& out, const KeyValueView& kv) {
  WireWriter writer(out);
  writer.BytesNonEmpty(1, kv.key);
  writer.IntNonZero(2, kv.create_revision);
  writer.IntNonZero(3, kv.mod_revision);
  writer.IntNonZero(4, kv.version);
  writer.BytesNonEmpty(5, kv.value);
  writer.IntNonZero(6, kv.lease);
}

}  // namespace cairn::proto
