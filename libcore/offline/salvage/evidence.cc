// offline/salvage/evidence.cc: see evidence.h.
#include "offline/salvage/evidence.h"

#include <algorithm>
#include <functional>

#include "base/check.h"
#include "base/crc32c.h"
#include "offline/salvage/key_record.h"
#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

// The rows of each key, in order of revision.
std::vector<KeyRow*> ByKey(KeyTable& table) {
  std::vector<KeyRow*> rows;
  rows.reserve(table.size());
  for (KeyRow& row : table) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const KeyRow* a, const KeyRow* b) {
    return a->key != b->key ? a->key < b->key : a->at < b->at;
  });
  return rows;
}

}  // namespace

Verdict Judge(const Evidence& evidence, bool compaction_known) {
  if (evidence.copies_differ || evidence.page_lacks_it) return Verdict::kDropped;
  if (evidence.above_compaction) return Verdict::kAccepted;
  if (!compaction_known) {
    if (evidence.later_all_seen) return Verdict::kAccepted;
    if (evidence.superseded || evidence.deletion) return Verdict::kUnverified;
  } else {
    if (evidence.superseded) return Verdict::kDropped;
    if (evidence.deletion) return evidence.at_compaction ? Verdict::kAccepted : Verdict::kDropped;
    if (evidence.later_all_seen) return Verdict::kAccepted;
  }
  switch (evidence.successor) {
    case Successor::kNone:
      return Verdict::kUnverified;
    case Successor::kNext:
      return Verdict::kAccepted;
    case Successor::kOther:
      break;
  }
  return Verdict::kDropped;
}

KeyRow MakeRow(std::string_view key, std::string_view value, uint64_t page, uint32_t element,
               RecordSource source) {
  const mvcc::RevisionKey at = *mvcc::ParseRevisionKey(key);
  proto::KeyValueView kv;
  CAIRN_CHECK(proto::DecodeKeyValue(value, kv).ok());  // it has no fault
  KeyRow row;
  row.at = at.revision;
  row.deletion = at.tombstone;
  row.key = std::hash<std::string_view>()(kv.key);
  row.create = static_cast<uint32_t>(kv.create_revision);
  row.version = static_cast<uint32_t>(kv.version);
  row.page = page;
  row.element = static_cast<uint16_t>(element);
  row.source = source;
  if (row.orphan()) row.crc = ExtendCrc32c(Crc32c(key), value);
  return row;
}

NeverCompacted FindBound(KeyTable& table) {
  NeverCompacted never{INT64_MAX, 0};
  // The key of a deletion proves nothing.
  for (const KeyRow& row : table) {
    if (!row.deletion && !row.orphan()) never.high = std::max(never.high, row.at.main);
  }
  const KeyRow* first = nullptr;  // of the key, in a tree
  for (const KeyRow* const row : ByKey(table)) {
    if (first != nullptr && first->key != row->key) first = nullptr;
    if (row->deletion || row->at.main > never.high) continue;
    if (first == nullptr) {
      if (!row->orphan()) first = row;
    } else if (row->at.main > first->at.main) {
      never.low = std::min(never.low, row->at.main - 1);
    }
  }
  return never;
}

void AddHistory(KeyTable& table, const NeverCompacted& never) {
  const std::vector<KeyRow*> rows = ByKey(table);
  const KeyRow* next = nullptr;      // the key's next revision
  const KeyRow* standing = nullptr;  // the next one that stands for certain
  for (size_t end = rows.size(); end > 0;) {
    size_t begin = end - 1;  // of the copies of one revision
    const KeyRow& last = *rows[begin];
    while (begin > 0 && rows[begin - 1]->key == last.key && rows[begin - 1]->at == last.at) --begin;
    if (next != nullptr && next->key != last.key) next = standing = nullptr;
    const KeyRow* stands = standing;
    for (size_t i = begin; i < end; ++i) {
      KeyRow& row = *rows[i];
      row.superseded = next != nullptr && next->at.main <= never.low;
      if (standing != nullptr && !standing->deletion) {
        const bool follows =
            standing->create == row.create && standing->version == row.version + 1;
        row.successor = follows ? Successor::kNext : Successor::kOther;
      }
      if (!row.orphan() || never.Has(row.at)) stands = &row;
    }
    next = &last;
    standing = stands;
    end = begin;
  }
}

int64_t LastHole(const KeyTable& table, const std::vector<LostRevisions>& lost,
                 std::optional<int64_t> compacted) {
  int64_t hole = 0;
  for (auto row = table.begin(); row != table.end();) {
    const mvcc::Revision at = row->at;
    bool in_tree = false;
    bool linked = false;
    for (; row != table.end() && row->at == at; ++row) {
      in_tree = in_tree || !row->orphan();
      linked = linked || row->linked;
    }
    if (compacted.has_value() && at.main > *compacted) break;
    if (row == table.end()) {
      // Without a compacted revision what follows is a loss of its own.
      if (compacted.has_value() && at.main < *compacted) hole = *compacted;
      break;
    }
    const RevisionInterval between{{at, true}, {row->at, false}};
    linked = linked || (in_tree && Within(between, lost).empty());
    if (!linked || !mvcc::Follows(at, row->at)) hole = at.main;
  }
  return hole;
}

}  // namespace cairn::offline
