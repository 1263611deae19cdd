// tests/fuzz/snapshotpart_fuzz.cc: any bytes, cut anywhere, as a part of a snapshot's stream.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "proto/snapshot_part.h"
#include "proto/wire.h"

namespace proto = cairn::proto;

// The first byte says how far apart the cuts are.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t step = size_t{data[0]} + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<std::string_view> pieces;
  for (size_t at = 0; at < bytes.size(); at += step) pieces.push_back(bytes.substr(at, step));
  proto::SnapshotPart part;
  if (!proto::DecodeSnapshotPart(pieces, part).ok()) return 0;
  // What the walk over the whole bytes finds.
  proto::WireReader reader(bytes);
  proto::WireField field;
  uint64_t remaining = 0;
  std::string_view blob, version;
  while (reader.Next(field)) {
    if (field.IsVarint(2)) remaining = field.value;
    if (field.IsBytes(3)) blob = field.bytes;
    if (field.IsBytes(4)) version = field.bytes;
  }
  CAIRN_CHECK(reader.status("SnapshotResponse").ok());
  std::string joined;
  for (const std::string_view piece : part.blob) joined += piece;
  CAIRN_CHECK(joined == blob && part.blob_bytes == blob.size());
  CAIRN_CHECK(part.version == version && part.remaining_bytes == remaining);
  return 0;
}
