// wal/record.cc: see record.h.
#include "wal/record.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"
#include "proto/wal_view.h"

namespace cairn::wal {

std::optional<FrameSize> DecodeFrameWord(uint64_t word) {
  const uint64_t top = word >> 56;
  FrameSize size;
  size.record_bytes = word & ((uint64_t{1} << 56) - 1);
  if (top != 0) {
    if (top < 0x81 || top > 0x87) return std::nullopt;
    size.padding_bytes = top & 7;
  }
  if (size.record_bytes == 0) return std::nullopt;
  if ((size.record_bytes + size.padding_bytes) % 8 != 0) return std::nullopt;
  return size;
}

void AppendRecord(std::string& out, RecordType type, std::string_view data, uint32_t& crc) {
  CAIRN_CHECK(type != RecordType::kCrc || data.empty());
  crc = ExtendCrc32c(crc, data);
  const size_t begin = out.size();
  out.append(kFrameWordBytes, '\0');
  proto::AppendWalRecordHead(out, static_cast<int64_t>(type), crc, data.size());
  out.append(data);
  const uint64_t record_bytes = out.size() - begin - kFrameWordBytes;
  const uint64_t padding = (8 - record_bytes % 8) % 8;
  out.append(padding, '\0');
  const uint64_t word = record_bytes | (padding == 0 ? 0 : (0x80 | padding) << 56);
  StoreLE(out.data() + begin, word);
}

}  // namespace cairn::wal
