// tests/unit/offline/random_history.h: key buckets as a store could have written them, from a seed.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "mvcc/revision.h"
#include "offline/inspect/key_index.h"
#include "proto/kv_view.h"

namespace cairn::offline {

struct HistoryRecord {
  mvcc::RevisionKey revision;
  std::string key;
  std::string value;  // the encoded KeyValue
  int64_t create_revision = 0;
  int64_t version = 0;
};

// Whether a transaction may change a key twice. The API refuses that but for nested transactions;
// etcd's own rules disagree with each other there: a compaction at the revision at which a key was
// deleted and put again loses the put.
enum class KeyTwice { kNo, kYes };

// Transactions of one to four changes over few keys, so that lives and deaths of a key are many.
inline std::vector<HistoryRecord> MakeHistory(Random& random, int transactions,
                                              KeyTwice key_twice) {
  struct Life {
    int64_t create = 0;
    int64_t version = 0;
  };
  std::map<std::string, Life> lives;
  std::vector<HistoryRecord> history;
  for (int64_t main = 2; main < 2 + transactions; ++main) {
    const auto changes = static_cast<int64_t>(1 + random.Below(4));
    std::set<std::string> changed;
    for (int64_t sub = 0; sub < changes; ++sub) {
      HistoryRecord record;
      do {
        record.key = fmt::format("k{}", random.Below(7));
      } while (key_twice == KeyTwice::kNo && changed.count(record.key) != 0);
      changed.insert(record.key);
      Life& life = lives[record.key];
      record.revision = {{main, sub}, life.version > 0 && random.OneIn(3)};
      proto::KeyValueView kv;
      kv.key = record.key;
      const std::string value(random.Below(5), 'v');
      if (record.revision.tombstone) {
        life = {};
      } else {
        if (life.version++ == 0) life.create = main;
        kv.create_revision = life.create;
        kv.mod_revision = main;
        kv.version = life.version;
        kv.value = value;
        record.create_revision = life.create;
        record.version = life.version;
      }
      proto::AppendKeyValue(record.value, kv);
      history.push_back(record);
    }
  }
  return history;
}

inline KeyIndex Build(const std::vector<HistoryRecord>& history) {
  KeyIndex index;
  for (const HistoryRecord& r : history) {
    proto::KeyValueView kv;
    REQUIRE(proto::DecodeKeyValue(r.value, kv).ok());
    REQUIRE(index.Add(r.revision, kv).ok());
  }
  return index;
}

}  // namespace cairn::offline
