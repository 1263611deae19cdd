// tests/fuzz/salvage_fuzz.cc: any bytes as a damaged db, and as a damaged log: salvage ends with a
// whole new one or with an error, and the input stays as it is.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "base/progress.h"
#include "bolt/check/page_list.h"
#include "bolt/db.h"
#include "mvcc/revision.h"
#include "mvcc/schema.h"
#include "offline/salvage/db.h"
#include "offline/salvage/wal.h"
#include "proto/kv_view.h"
#include "sim/mem_fs.h"
#include "wal/segment_name.h"

namespace cairn::offline {
namespace {

void Write(Fs& fs, const std::string& path, std::string_view bytes) {
  const auto file = fs.Open(path, {.write = true, .create = true});
  CAIRN_CHECK(file.ok() && (*file)->WriteAt(0, bytes).ok());
}

// Puts and deletions of 60 keys in several transactions of the file.
std::string WholeDb() {
  MemFs fs;
  ManualClock clock;
  const auto db =
      bolt::Db::Open(fs, clock, "/db", {.create = true, .page_size = 1024, .grow_bytes = 0});
  CAIRN_CHECK(db.ok());
  int64_t revision = 2;
  for (int t = 0; t < 6; ++t) {
    const auto tx = (*db)->BeginWrite();
    CAIRN_CHECK(tx.ok());
    const auto meta = (*tx)->root().CreateBucketIfNotExists(mvcc::kMetaBucket);
    const auto keys = (*tx)->root().CreateBucketIfNotExists(mvcc::kKeyBucket);
    CAIRN_CHECK(meta.ok() && keys.ok());
    const std::string mark = mvcc::EncodeCompactRevision(2);
    CAIRN_CHECK((*meta)->Put(mvcc::kFinishedCompactKey, mark).ok());
    CAIRN_CHECK((*meta)->Put(mvcc::kConsistentIndexKey, std::string(8, '\1')).ok());
    for (int i = 0; i < 20; ++i, ++revision) {
      const bool deleted = i % 4 == 3;
      const std::string key = "key" + std::to_string(revision * 7 % 60);
      const std::string content(i == 9 ? 1500 : 12, 'v');
      proto::KeyValueView kv;
      kv.key = key;
      if (!deleted) kv = {key, content, revision, revision, 1, 0};
      std::string value;
      proto::AppendKeyValue(value, kv);
      const mvcc::RevisionKeyBytes at(mvcc::RevisionKey{{revision, 0}, deleted});
      CAIRN_CHECK((*keys)->Put(at.view(), value).ok());
    }
    CAIRN_CHECK((*tx)->Commit().ok());
  }
  const auto file = fs.Open("/db", {});
  std::string bytes(*(*file)->Size(), '\0');
  CAIRN_CHECK(ReadExactly(**file, 0, bytes).ok());
  return bytes;
}

void SalvageAnyDb(std::string_view bytes) {
  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  const Context context{fs, clock, progress, 1};
  Write(fs, "/db", bytes);
  for (const bool doubtful : {false, true}) {
    const std::string output = doubtful ? "/more" : "/sure";
    const auto report = SalvageDb(context, {"/db", output, doubtful});
    CAIRN_CHECK(report.ok() == Exists(fs, output));
    if (!report.ok()) continue;
    const auto file = fs.Open(output, {});
    CAIRN_CHECK(file.ok());
    const auto layout = bolt::ReadLayout(**file);
    CAIRN_CHECK(layout.ok());
    const auto fault = [](const std::string& text) { return absl::DataLossError(text); };
    CAIRN_CHECK(bolt::CheckFile(**file, *layout, 0, progress, fault).ok());
  }
  const auto whole = ReadWholeFile(fs, "/db", bytes.size());
  CAIRN_CHECK(whole.ok() && *whole == bytes);
}

void SalvageAnyLog(std::string_view bytes) {
  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  CAIRN_CHECK(fs.MakeDir("/wal", 0700).ok());
  const std::string segment = "/wal/" + wal::FormatSegmentName({});
  Write(fs, segment, bytes);
  const auto report =
      SalvageWal({fs, clock, progress, 1}, {.wal_dir = "/wal", .output = "/out", .db = {}});
  CAIRN_CHECK(report.ok() == Exists(fs, "/out"));
  const auto whole = ReadWholeFile(fs, segment, bytes.size());
  CAIRN_CHECK(whole.ok() && *whole == bytes);
}

// The first byte says how the others are meant: as a db, as a log, or as changes of a whole db (two
// bytes where, one byte what).
void TryInput(std::string_view input) {
  if (input.empty()) return;
  const int mode = input[0] & 3;
  input.remove_prefix(1);
  if (mode == 0) return SalvageAnyDb(input);
  if (mode == 1) return SalvageAnyLog(input);
  static const std::string whole = WholeDb();
  std::string file = whole;
  for (; input.size() >= 3; input.remove_prefix(3)) {
    file[LoadLE<uint16_t>(input.data()) % file.size()] = input[2];
  }
  SalvageAnyDb(file);
}

}  // namespace
}  // namespace cairn::offline

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cairn::offline::TryInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
