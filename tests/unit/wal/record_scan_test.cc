// tests/unit/wal/record_scan_test.cc: records after damage are found, and what stands there
// instead can't make the search long.
#include "wal/record_scan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/random.h"
#include "log_samples.h"
#include "wal/file_crcs.h"
#include "wal/record.h"

namespace cairn::wal {

namespace {

// Content that can be read, and counts how much of it was; but for [bad_begin, bad_end).
class CountedFile : public File {
 public:
  explicit CountedFile(std::string bytes) : bytes_(std::move(bytes)) {}

  const std::string& path() const override { return path_; }
  StatusOr<size_t> ReadAt(uint64_t offset, std::span<char> out) const override {
    if (offset < bad_end && offset + out.size() > bad_begin) return absl::DataLossError("bad");
    const size_t size = offset >= bytes_.size() ? 0 : bytes_.copy(out.data(), out.size(), offset);
    read_bytes += size;
    return size;
  }
  Status WriteAt(uint64_t, std::string_view) override { return Never(); }
  Status WriteAtV(uint64_t, std::span<const std::string_view>) override { return Never(); }
  Status Sync() override { return Never(); }
  Status Truncate(uint64_t) override { return Never(); }
  Status Allocate(uint64_t) override { return Never(); }
  StatusOr<uint64_t> Size() const override { return bytes_.size(); }
  StatusOr<FileStat> Stat() const override { return Never(); }
  Status TakeOwner(const FileStat&) override { return Never(); }
  StatusOr<bool> TryLock(LockKind) override { return Never(); }
  void Advise(Access, uint64_t, uint64_t) const override {}
  void StartWriteback(uint64_t, uint64_t) const override {}

  mutable uint64_t read_bytes = 0;
  uint64_t bad_begin = 0, bad_end = 0;

 private:
  static Status Never() { return absl::UnimplementedError("only read"); }
  std::string path_ = "segment", bytes_;
};

// The data of all records found after `from`.
std::vector<std::string> Found(const File& file, uint64_t from) {
  NoProgress progress;
  std::vector<std::string> found;
  StatusOr<RecordScan> scan = RecordScan::Begin(file, from, progress);
  REQUIRE(scan.ok());
  while (true) {
    const auto run = scan->Next([&](const RecordView& record) {
      found.emplace_back(record.data);
      return absl::OkStatus();
    });
    REQUIRE_MESSAGE(run.ok(), Message(run.status()));
    if (!run->has_value()) return found;
  }
}

// A frame's beginning that says it has `total` bytes (a multiple of eight, 24 and more).
std::string PlantedHead(uint64_t total) {
  std::string head(8, '\0');
  const uint64_t record = total - 8;
  StoreLE(head.data(), record);
  head += std::string("\x08\x02\x10\x07", 4);
  for (uint64_t data : {uint64_t{1}, uint64_t{2}, uint64_t{3}, uint64_t{4}, uint64_t{5}}) {
    // A varint of `data` bytes for the length of what is left.
    const uint64_t left = record - 4 - 1 - data;
    if (data < 5 && left >> (7 * data) != 0) continue;
    head += '\x1a';
    for (uint64_t i = 0; i < data; ++i) {
      head += static_cast<char>((left >> (7 * i) & 0x7f) | (i + 1 < data ? 0x80 : 0));
    }
    return head;
  }
  return head;
}

}  // namespace

TEST_CASE("the checksum of every part of a file is told from one reading") {
  const uint64_t seed = SystemSeed();
  INFO("seed ", seed);
  Random random(seed);
  std::string bytes(100'000 + random.Below(5000), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.Below(256));
  CountedFile file(bytes);
  file.bad_begin = 40'000;
  file.bad_end = 40'010;
  NoProgress progress;
  const uint64_t from = random.Below(9000);
  FileCrcs crcs(file, bytes.size(), from);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t begin = from + random.Below(bytes.size() - from);
    const uint64_t size = random.Below(bytes.size() - begin + 1);
    const auto crc = crcs.Of(begin, size, progress, 0);
    REQUIRE(crc.ok());
    // Blocks are read as a whole.
    const bool readable = size == 0 || begin + size <= 36'864 || begin >= 40'960;
    REQUIRE(crc->has_value() == readable);
    if (readable) REQUIRE(**crc == Crc32c(std::string_view(bytes).substr(begin, size)));
  }
  const auto beyond = crcs.Of(bytes.size() - 1, 2, progress, 0);
  REQUIRE(beyond.ok());
  CHECK_FALSE(beyond->has_value());
}

TEST_CASE("records after damage are found, also after planted heads") {
  std::string bytes, tail;
  uint32_t crc = 7;
  std::vector<std::string> wanted;
  for (int i = 0; i < 60; ++i) {
    const std::string data = SampleData(i, i % 20 == 3 ? 30'000 : 50);
    AppendRecord(tail, RecordType::kEntry, data, crc);
    if (i > 0) wanted.push_back(data);
  }
  bytes = std::string(8, '\xff');
  for (int i = 0; i < 500; ++i) {
    std::string head = PlantedHead(4096 + i * 24);
    head.resize(24);
    bytes += head;
  }
  bytes += tail + std::string(4096, '\0');
  CountedFile file(bytes);
  CHECK(Found(file, 0) == wanted);
}

TEST_CASE("what is read is a small multiple of the file, whatever lengths stand in it") {
  for (const bool same_target : {false, true}) {
    // Heads everywhere; each is followed, 1 MiB on, by another that says it is as long.
    constexpr uint64_t kSize = 4 << 20, kLong = 1 << 20;
    std::string bytes;
    while (bytes.size() + 24 <= kSize) {
      const uint64_t at = bytes.size();
      uint64_t total = kLong / 24 * 24;
      if (same_target && at < kSize / 2) total = kSize / 2 / 24 * 24 + 24 - at;
      std::string head = PlantedHead(std::max<uint64_t>(total, 24));
      head.resize(24, 'x');
      bytes += head;
    }
    CountedFile file(bytes);
    CHECK(Found(file, 0).empty());
    CHECK(file.read_bytes <= 16 * kSize);
  }
}

}  // namespace cairn::wal
