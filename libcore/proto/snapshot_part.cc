// proto/snapshot_part.cc: see snapshot_part.h.
#include "proto/snapshot_part.h"

#include <algorithm>
#include <optional>

#include "proto/wire.h"

namespace cairn::proto {

namespace {

constexpr uint64_t kRemainingBytes = 2;
constexpr uint64_t kBlob = 3;
constexpr uint64_t kVersion = 4;

// Takes bytes off the front of the pieces.
class PieceReader {
 public:
  explicit PieceReader(std::span<const std::string_view> pieces) : pieces_(pieces) {
    for (const std::string_view piece : pieces) left_ += piece.size();
  }

  uint64_t left() const { return left_; }

  std::optional<uint64_t> Varint() {
    uint64_t value = 0;
    for (size_t n = 0; n < kMaxVarintBytes && left_ > 0; ++n) {
      const auto byte = static_cast<uint8_t>(Next(1)[0]);
      if (n == kMaxVarintBytes - 1 && byte > 1) return std::nullopt;
      value |= uint64_t{byte & 0x7fU} << (7 * n);
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  // Gives `take` the next `size` bytes, which there must be, piece by piece.
  template <typename Take>
  void Bytes(uint64_t size, Take take) {
    while (size > 0) {
      const std::string_view bytes = Next(size);
      take(bytes);
      size -= bytes.size();
    }
  }

 private:
  // At least 1 byte and at most `most`; there must be one.
  std::string_view Next(uint64_t most) {
    while (pieces_[0].size() == at_) {
      pieces_ = pieces_.subspan(1);
      at_ = 0;
    }
    const std::string_view bytes =
        pieces_[0].substr(at_, static_cast<size_t>(std::min<uint64_t>(most, SIZE_MAX)));
    at_ += bytes.size();
    left_ -= bytes.size();
    return bytes;
  }

  std::span<const std::string_view> pieces_;
  size_t at_ = 0;  // in the first piece
  uint64_t left_ = 0;
};

// The size of a field's bytes after its tag; for a varint its value is taken.
std::optional<uint64_t> TakeSize(PieceReader& reader, WireType type, uint64_t& value) {
  switch (type) {
    case WireType::kVarint: {
      const std::optional<uint64_t> varint = reader.Varint();
      if (!varint.has_value()) return std::nullopt;
      value = *varint;
      return 0;
    }
    case WireType::kBytes:
      return reader.Varint();
    case WireType::kFixed64:
      return 8;
    case WireType::kFixed32:
      return 4;
  }
  return std::nullopt;
}

}  // namespace

Status DecodeSnapshotPart(std::span<const std::string_view> pieces, SnapshotPart& part) {
  part.remaining_bytes = 0;
  part.blob.clear();
  part.blob_bytes = 0;
  part.version.clear();
  PieceReader reader(pieces);
  const auto damaged = [] {
    return absl::DataLossError("the snapshot's stream holds no SnapshotResponse");
  };
  while (reader.left() > 0) {
    const std::optional<uint64_t> tag = reader.Varint();
    if (!tag.has_value() || *tag >> 3 == 0 || *tag >> 32 != 0) return damaged();
    const uint64_t field = *tag >> 3;
    const auto type = static_cast<WireType>(*tag & 7);
    uint64_t value = 0;
    const std::optional<uint64_t> size = TakeSize(reader, type, value);
    if (!size.has_value() || *size > reader.left()) return damaged();
    const bool bytes = type == WireType::kBytes;
    if (field == kRemainingBytes && type == WireType::kVarint) {
      part.remaining_bytes = value;
    } else if (field == kBlob && bytes) {
      part.blob.clear();
      part.blob_bytes = *size;
      reader.Bytes(*size, [&](std::string_view piece) { part.blob.push_back(piece); });
    } else if (field == kVersion && bytes) {
      part.version.clear();
      reader.Bytes(*size, [&](std::string_view piece) { part.version += piece; });
    } else if (field >= kRemainingBytes && field <= kVersion) {
      return damaged();  // with another type
    } else {
      reader.Bytes(*size, [](std::string_view /*piece*/) {});
    }
  }
  return absl::OkStatus();
}

}  // namespace cairn::proto
