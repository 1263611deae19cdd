// tests/unit/offline/sample_store.h: a db of puts and deletions in memory, and what it should hold
// at each revision.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bolt/db.h"
#include "mvcc/revision.h"
#include "mvcc/schema.h"
#include "offline/db_file.h"
#include "proto/kv_view.h"
#include "sim/mem_fs.h"

namespace cairn::offline {

// Writes what etcd's store would. Revisions begin at 2, one a call of Commit.
class SampleStore {
 public:
  static constexpr const char* kPath = "/store.db";

  struct Value {
    std::string value;
    int64_t create = 0, mod = 0, sub = 0, version = 0, lease = 0;
    friend bool operator==(const Value&, const Value&) = default;
  };
  using State = std::map<std::string, Value>;

  void Put(const std::string& key, const std::string& value, int64_t lease = 0) {
    Value& now = state_[key];
    now = {value, now.version == 0 ? revision_ : now.create, revision_, sub_, now.version + 1,
           lease};
    proto::KeyValueView kv{key, value, now.create, now.mod, now.version, lease};
    Add(false, kv);
  }
  void Delete(const std::string& key) {
    state_.erase(key);
    proto::KeyValueView kv;
    kv.key = key;
    Add(true, kv);
  }
  void Commit() {
    states_[revision_++] = state_;
    sub_ = 0;
  }
  // Raw, for records that no etcd writes.
  void Raw(const std::string& key, const std::string& value) { records_.emplace_back(key, value); }
  void Meta(std::string_view key, const std::string& value) { meta_[std::string(key)] = value; }
  void CompactedAt(int64_t revision) {
    Meta(mvcc::kScheduledCompactKey, mvcc::EncodeCompactRevision(revision));
    Meta(mvcc::kFinishedCompactKey, mvcc::EncodeCompactRevision(revision));
  }

  int64_t last_revision() const { return revision_ - 1; }
  const State& At(int64_t revision) const { return states_.at(revision); }

  // Makes the file anew and opens it.
  DbFile Open(uint32_t page_size = 4096) {
    (void)fs.RemoveFile(kPath);
    {
      const auto db = bolt::Db::Open(fs, clock, kPath,
                                     {.create = true, .page_size = page_size, .grow_bytes = 0});
      REQUIRE(db.ok());
      // Several transactions, so that pages don't lie in the order of keys.
      size_t next = 0;
      do {
        const auto tx = (*db)->BeginWrite();
        REQUIRE(tx.ok());
        const auto key = (*tx)->root().CreateBucketIfNotExists(mvcc::kKeyBucket);
        const auto meta = (*tx)->root().CreateBucketIfNotExists(mvcc::kMetaBucket);
        REQUIRE((key.ok() && meta.ok()));
        for (const auto& [name, value] : meta_) REQUIRE((*meta)->Put(name, value).ok());
        for (size_t n = 0; n < 100 && next < records_.size(); ++n, ++next) {
          REQUIRE((*key)->Put(records_[next].first, records_[next].second).ok());
        }
        REQUIRE((*tx)->Commit().ok());
      } while (next < records_.size());
    }
    auto file = DbFile::Open(context, kPath);
    REQUIRE_MESSAGE(file.ok(), file.status().ToString());
    return std::move(*file);
  }

  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  Context context{fs, clock, progress, 1};

 private:
  void Add(bool tombstone, const proto::KeyValueView& kv) {
    std::string bytes;
    proto::AppendKeyValue(bytes, kv);
    const mvcc::RevisionKeyBytes key(mvcc::RevisionKey{{revision_, sub_++}, tombstone});
    records_.emplace_back(key.view(), bytes);
  }

  int64_t revision_ = 2, sub_ = 0;
  State state_;
  std::map<int64_t, State> states_;
  std::vector<std::pair<std::string, std::string>> records_;
  std::map<std::string, std::string> meta_;
};

}  // namespace cairn::offline
