// tests/fuzz/wal_fuzz.cc: any bytes as the two segments of a log, read, repaired and appended to.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "sim/mem_fs.h"
#include "wal/log_writer.h"
#include "wal/repair.h"

namespace cairn::wal {
namespace {

void Put(Fs& fs, const std::string& path, std::string_view bytes) {
  const auto file = fs.Open(path, {.write = true, .create = true});
  CAIRN_CHECK(file.ok() && (*file)->WriteAt(0, bytes).ok());
}

// The first byte says where the second segment begins, 255 that there is none.
void ReadAny(std::string_view input) {
  if (input.empty()) return;
  const auto split = static_cast<uint8_t>(input[0]);
  input.remove_prefix(1);
  MemFs fs;
  CAIRN_CHECK(fs.MakeDir("/wal", 0700).ok());
  const size_t first = split == 255 ? input.size() : input.size() * split / 255;
  Put(fs, "/wal/" + FormatSegmentName({}), input.substr(0, first));
  if (split != 255) {
    Put(fs, "/wal/" + FormatSegmentName({.sequence = 1, .index = RaftIndex(2)}),
        input.substr(first));
  }
  (void)ValidSnapshotEntries(fs, "/wal");
  EntryCollector collector;
  const auto read = ReadLog(fs, "/wal", {}, collector);
  const auto repaired = RepairTornTail(fs, "/wal");
  if (!read.ok() || !repaired.ok()) return;
  // What could be read is still there when it is opened for writing, and it can go on.
  EntryCollector again;
  const auto opened = Log::Open(fs, "/wal", {}, again, {.segment_bytes = 4096});
  CAIRN_CHECK(opened.ok());
  CAIRN_CHECK(again.entries().size() == collector.entries().size());
  const RaftIndex last = opened->log->last_index();
  if (last.value == UINT64_MAX) return;
  const proto::EntryView entry{.term = Term(1), .index = RaftIndex(last.value + 1), .data = "x"};
  CAIRN_CHECK(opened->log->Append({&entry, 1}, {}).ok());
  CAIRN_CHECK(opened->log->Commit().ok());
}

}  // namespace
}  // namespace cairn::wal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cairn::wal::ReadAny({reinterpret_cast<const char*>(data), size});
  return 0;
}
