// proto/wire.h: the Protocol Buffers wire format (protobuf.dev, "Encoding"): varints, tags, a
// checked walk over the fields of a message, and an appending writer. The hot messages and all that
// is read from disk are decoded with these; generated classes serve the cold RPCs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace cairn::proto {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

inline constexpr size_t kMaxVarintBytes = 10;

// Bytes that `value` takes as a varint, 1 to 10.
constexpr size_t VarintSize(uint64_t value) {
  size_t n = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++n;
  }
  return n;
}
constexpr size_t TagSize(uint32_t field) { return VarintSize(uint64_t{field} << 3); }

void AppendVarint(std::string& out, uint64_t value);

// Takes a varint off the front of `in`; nothing, and `in` unchanged, when it is cut off or more
// than 64 bits long.
std::optional<uint64_t> TakeVarint(std::string_view& in);

// One field as it stands in a message. Views point into the message.
struct WireField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t value = 0;      // kVarint, kFixed64, kFixed32
  std::string_view bytes;  // kBytes: a string, bytes or a message
  std::string_view raw;    // tag and all, for splicing the field into another message

  int64_t AsInt64() const { return static_cast<int64_t>(value); }
  int32_t AsInt32() const { return static_cast<int32_t>(value); }
  bool AsBool() const { return value != 0; }
  bool IsVarint(uint32_t n) const { return number == n && type == WireType::kVarint; }
  bool IsBytes(uint32_t n) const { return number == n && type == WireType::kBytes; }
};

// Walks the fields of one encoded message, checking every length against the bytes there are. The
// message must outlive the reader. A walk ends at the end of the message or at the first damage:
//
//   WireReader reader(bytes);
//   WireField field;
//   while (reader.Next(field)) { if (field.IsVarint(1)) ... }
//   CAIRN_RETURN_IF_ERROR(reader.status("raftpb.Entry"));
//
// Unknown fields come through like any other and are skipped by not looking at them. Groups, which
// no release of etcd writes, are refused. A field that a decoder knows with another wire type is
// the decoder's to refuse: see Refuse().
class WireReader {
 public:
  explicit WireReader(std::string_view message) : begin_(message.data()), rest_(message) {}

  // The next field, or false at the end or at damage.
  bool Next(WireField& field);

  // Ends the walk at the field returned last: it has a type or value that its number can't have.
  void Refuse(const char* what);

  bool ok() const { return error_ == nullptr; }
  // Where in the message the walk stands: after the last field, or at the broken one.
  size_t offset() const;
  // OK, or DataLoss "MESSAGE_NAME: byte N: what".
  Status status(std::string_view message_name) const;

 private:
  bool Fail(std::string_view at, const char* what);

  const char* begin_;
  std::string_view rest_;
  const char* field_begin_ = nullptr;
  const char* error_ = nullptr;
};

// Appends fields to a string, in the order of the calls. `out` must outlive the writer.
class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  // The plain forms write the field even when it is zero or empty (an explicitly set proto2 field,
  // a member of a oneof, an element of a repeated field); the NonZero forms leave it out then
  // (proto3).
  void Varint(uint32_t field, uint64_t value);
  void Bytes(uint32_t field, std::string_view value);
  void Bool(uint32_t field, bool value) { Varint(field, value ? 1 : 0); }
  // int32, int64 and enums: negative values take ten bytes, as everywhere in protobuf.
  void Int(uint32_t field, int64_t value) { Varint(field, static_cast<uint64_t>(value)); }
  void Fixed64(uint32_t field, uint64_t value);
  void Fixed32(uint32_t field, uint32_t value);
  void VarintNonZero(uint32_t field, uint64_t value) {
    if (value != 0) Varint(field, value);
  }
  void IntNonZero(uint32_t field, int64_t value) {
    if (value != 0) Int(field, value);
  }
  void BytesNonEmpty(uint32_t field, std::string_view value) {
    if (!value.empty()) Bytes(field, value);
  }

  // Tag and length of a bytes field or message whose `size` bytes the caller appends next.
  void Header(uint32_t field, size_t size);

  // A message inside this one whose size isn't known yet: what is written between Begin and End is
  // its content. Begin's result goes to the matching End.
  size_t BeginMessage(uint32_t field);
  void EndMessage(size_t begin);

  std::string& out() { return out_; }

 private:
  void Tag(uint32_t field, WireType type);

  std::string& out_;
};

}  // namespace cairn::proto
