// proto/wire.cc: see wire.h.
#include "proto/wire.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace cairn::proto {

void AppendVarint(std::string& out, uint64_t value) {
  char buffer[kMaxVarintBytes];
  size_t n = 0;
  while (value >= 0x80) {
    buffer[n++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  buffer[n++] = static_cast<char>(value);
  out.append(buffer, n);
}

std::optional<uint64_t> TakeVarint(std::string_view& in) {
  uint64_t value = 0;
  for (size_t i = 0; i < in.size() && i < kMaxVarintBytes; ++i) {
    const auto byte = static_cast<uint8_t>(in[i]);
    // The tenth byte holds bit 63 alone.
    if (i + 1 == kMaxVarintBytes && byte > 1) return std::nullopt;
    value |= uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      in.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

bool WireReader::Fail(std::string_view at, const char* what) {
  error_ = what;
  rest_ = at;
  return false;
}

bool WireReader::Next(WireField& field) {
  if (rest_.empty() || error_ != nullptr) return false;
  const std::string_view start = rest_;
  field_begin_ = start.data();
  std::string_view in = rest_;
  const std::optional<uint64_t> tag = TakeVarint(in);
  if (!tag) return Fail(start, "broken tag");
  const uint64_t number = *tag >> 3;
  if (number == 0 || number >= (uint64_t{1} << 29)) return Fail(start, "field number out of range");
  field.number = static_cast<uint32_t>(number);
  field.value = 0;
  field.bytes = {};
  switch (*tag & 7) {
    case 0: {
      const std::optional<uint64_t> value = TakeVarint(in);
      if (!value) return Fail(start, "broken varint");
      field.type = WireType::kVarint;
      field.value = *value;
      break;
    }
    case 1:
      if (in.size() < 8) return Fail(start, "field cut off");
      field.type = WireType::kFixed64;
      field.value = LoadLE<uint64_t>(in.data());
      in.remove_prefix(8);
      break;
    case 2: {
      const std::optional<uint64_t> size = TakeVarint(in);
      if (!size) return Fail(start, "broken length");
      if (*size > in.size()) return Fail(start, "length goes past the end of the message");
      field.type = WireType::kBytes;
      field.bytes = in.substr(0, *size);
      in.remove_prefix(*size);
      break;
    }
    case 5:
      if (in.size() < 4) return Fail(start, "field cut off");
      field.type = WireType::kFixed32;
      field.value = LoadLE<uint32_t>(in.data());
      in.remove_prefix(4);
      break;
    default:
      return Fail(start, "unknown wire type");
  }
  field.raw = start.substr(0, start.size() - in.size());
  rest_ = in;
  return true;
}

void WireReader::Refuse(const char* what) {
  if (error_ != nullptr) return;
  error_ = what;
  if (field_begin_ != nullptr) {
    rest_ = std::string_view(field_begin_,
                             static_cast<size_t>(rest_.data() + rest_.size() - field_begin_));
  }
}

size_t WireReader::offset() const { return static_cast<size_t>(rest_.data() - begin_); }

Status WireReader::status(std::string_view message_name) const {
  if (error_ == nullptr) return absl::OkStatus();
  return absl::DataLossError(fmt::format("{}: byte {}: {}", message_name, offset(), error_));
}

void WireWriter::Tag(uint32_t field, WireType type) {
  AppendVarint(out_, uint64_t{field} << 3 | static_cast<uint64_t>(type));
}

void WireWriter::Varint(uint32_t field, uint64_t value) {
  Tag(field, WireType::kVarint);
  AppendVarint(out_, value);
}

void WireWriter::Bytes(uint32_t field, std::string_view value) {
  Header(field, value.size());
  out_.append(value);
}

void WireWriter::Fixed64(uint32_t field, uint64_t value) {
  Tag(field, WireType::kFixed64);
  char buffer[8];
  StoreLE(buffer, value);
  out_.append(buffer, sizeof buffer);
}

void WireWriter::Fixed32(uint32_t field, uint32_t value) {
  Tag(field, WireType::kFixed32);
  char buffer[4];
  StoreLE(buffer, value);
  out_.append(buffer, sizeof buffer);
}

void WireWriter::Header(uint32_t field, size_t size) {
  Tag(field, WireType::kBytes);
  AppendVarint(out_, size);
}

size_t WireWriter::BeginMessage(uint32_t field) {
  Tag(field, WireType::kBytes);
  return out_.size();
}

void WireWriter::EndMessage(size_t begin) {
  std::string length;
  AppendVarint(length, out_.size() - begin);
  out_.insert(begin, length);
}

}  // namespace cairn::proto
