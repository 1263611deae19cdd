// proto/kv_view.h: decodes and encodes mvccpb.KeyValue without allocating (docs/formats.md, section
// 2). It runs over every record of a key bucket, so the fields that etcd writes take a short way;
// anything else in the bytes is still read by the letter of the format.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/status.h"
#include "proto/wire.h"

namespace cairn::proto {

// A KeyValue as stored. Views point into the decoded bytes. A field that is absent is zero or
// empty: a tombstone has only its key, the mark of `restore --bump-revision` has nothing at all.
struct KeyValueView {
  std::string_view key;
  std::string_view value;
  int64_t create_revision = 0;
  int64_t mod_revision = 0;
  int64_t version = 0;
  int64_t lease = 0;

  friend bool operator==(const KeyValueView&, const KeyValueView&) = default;
};

// The long way: any well-formed encoding; DataLoss that names the byte otherwise.
Status DecodeKeyValueStrictly(std::string_view bytes, KeyValueView& out);

namespace kv_internal {

// A varint of up to nine bytes at p < end; nullptr when it is longer or cut off.
inline const char* ShortVarint(const char* p, const char* end, uint64_t& value) {
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    if (p == end) return nullptr;
    const uint64_t byte = static_cast<unsigned char>(*p++);
    v |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = v;
      return p;
    }
  }
  return nullptr;
}

}  // namespace kv_internal

// Decodes `bytes`; `out` is set as a whole or, on an error, in no way to be relied on.
inline Status DecodeKeyValue(std::string_view bytes, KeyValueView& out) {
  KeyValueView kv;
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  while (p != end) {
    const auto tag = static_cast<unsigned char>(*p++);
    uint64_t v = 0;
    // All other tags, and varints of ten bytes (negative numbers), are rare.
    if (tag != 0x0a && tag != 0x10 && tag != 0x18 && tag != 0x20 && tag != 0x2a && tag != 0x30) {
      return DecodeKeyValueStrictly(bytes, out);
    }
    p = kv_internal::ShortVarint(p, end, v);
    if (p == nullptr) return DecodeKeyValueStrictly(bytes, out);
    switch (tag) {
      case 0x10:
        kv.create_revision = static_cast<int64_t>(v);
        break;
      case 0x18:
        kv.mod_revision = static_cast<int64_t>(v);
        break;
      case 0x20:
        kv.version = static_cast<int64_t>(v);
        break;
      case 0x30:
        kv.lease = static_cast<int64_t>(v);
        break;
      default:
        if (v > static_cast<uint64_t>(end - p)) return DecodeKeyValueStrictly(bytes, out);
        (tag == 0x0a ? kv.key : kv.value) = std::string_view(p, v);
        p += v;
    }
  }
  out = kv;
  return absl::OkStatus();
}

// Appends the encoding that every release of etcd writes and hashes: fields ascending, none that is
// zero.
void AppendKeyValue(std::string& out, const KeyValueView& kv);

}  // namespace cairn::proto
