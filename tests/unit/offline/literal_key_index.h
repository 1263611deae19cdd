// tests/unit/offline/literal_key_index.h: the rules for one key's generations, written as
// docs/formats.md tells them and with no thought for speed, for the key index to be compared with.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mvcc/revision.h"

namespace cairn::offline {

struct LiteralGeneration {
  mvcc::Revision created;
  int64_t version = 0;
  std::vector<mvcc::Revision> changes;
};

// At least one generation; only the last may be empty.
struct LiteralKey {
  std::vector<LiteralGeneration> generations{LiteralGeneration{}};

  // False for a tombstone of a dead key.
  bool Apply(const mvcc::RevisionKey& record, int64_t stored_create, int64_t stored_version,
             bool first) {
    LiteralGeneration& last = generations.back();
    if (first) {
      last = {record.tombstone ? mvcc::Revision{} : mvcc::Revision{stored_create, 0},
              record.tombstone ? 1 : stored_version,
              {record.revision}};
    } else {
      if (record.tombstone && last.changes.empty()) return false;
      if (last.changes.empty()) last.created = record.revision;
      last.changes.push_back(record.revision);
      ++last.version;
    }
    if (record.tombstone) generations.emplace_back();
    return true;
  }

  struct Seen {
    mvcc::Revision modified, created;
    int64_t version;
  };
  std::optional<Seen> Get(int64_t revision) const {
    for (size_t g = generations.size(); g-- > 0;) {
      const LiteralGeneration& gen = generations[g];
      if (gen.changes.empty() || gen.changes.front().main > revision) continue;
      if (g + 1 != generations.size() && gen.changes.back().main <= revision) return std::nullopt;
      for (size_t i = gen.changes.size(); i-- > 0;) {
        if (gen.changes[i].main > revision) continue;
        const auto newer = static_cast<int64_t>(gen.changes.size() - i - 1);
        return Seen{gen.changes[i], gen.created, gen.version - newer};
      }
    }
    return std::nullopt;
  }

  void Keep(int64_t revision, bool drop_tombstone, std::set<mvcc::Revision>& keep) const {
    size_t g = 0;
    while (g + 1 < generations.size() && generations[g].changes.back().main < revision) ++g;
    const LiteralGeneration& gen = generations[g];
    for (size_t i = gen.changes.size(); i-- > 0;) {
      if (gen.changes[i].main > revision) continue;
      const bool is_tombstone = i + 1 == gen.changes.size() && g + 1 < generations.size();
      if (!is_tombstone || !drop_tombstone) keep.insert(gen.changes[i]);
      return;
    }
  }

  bool live() const { return !generations.back().changes.empty(); }
};

using LiteralKeyIndex = std::map<std::string, LiteralKey>;

}  // namespace cairn::offline
