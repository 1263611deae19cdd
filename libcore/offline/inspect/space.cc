// offline/inspect/space.cc: see space.h.
//
// After a finished compaction at C a key has at most one record up to C that is no tombstone, and
// it lives unless there is a record of that key above C. So those above C are read first, and only
// their keys are remembered.
#include "offline/inspect/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "mvcc/boot_state.h"
#include "mvcc/schema.h"
#include "offline/inspect/kubernetes.h"
#include "offline/inspect/newest_records.h"
#include "offline/inspect/packing.h"
#include "offline/key_bucket.h"
#include "offline/key_prefix.h"
#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

// Rows by a text that is part of the key. References stay valid.
class Rows {
 public:
  // The row of `id`; a new one is made by make().
  template <typename Make>
  SpaceOf& At(std::string_view id, Make make) {
    if (last_ != nullptr && *last_id_ == id) return last_->space;
    auto it = index_.find(id);
    if (it == index_.end()) {
      if (rows_.size() >= kMaxSpaceRows) {
        others_.name = kOtherRows;
        return others_.space;
      }
      rows_.push_back(make());
      it = index_.emplace(std::string(id), &rows_.back()).first;
    }
    last_id_ = &it->first;
    last_ = it->second;
    return last_->space;
  }

  std::vector<SpaceRow> Take() {
    std::vector<SpaceRow> rows(std::make_move_iterator(rows_.begin()),
                               std::make_move_iterator(rows_.end()));
    if (!others_.name.empty()) rows.push_back(std::move(others_));
    return rows;
  }

 private:
  // Seeded: names come from a file that may be made to collide.
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view id) const { return HashKey(id).low; }
  };

  std::unordered_map<std::string, SpaceRow*, Hash, std::equal_to<>> index_;
  std::deque<SpaceRow> rows_;
  SpaceRow others_;
  const std::string* last_id_ = nullptr;
  SpaceRow* last_ = nullptr;
};

void SortRows(std::vector<SpaceRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const SpaceRow& a, const SpaceRow& b) {
    if (a.space.bytes() != b.space.bytes()) return a.space.bytes() > b.space.bytes();
    return std::tie(a.name, a.name_space) < std::tie(b.name, b.name_space);
  });
}

// Splits the records of bucket `key` among live, history and tombstones, in all rows of their key.
class KeySpace : public bolt::LeafVisitor {
 public:
  KeySpace(std::string path, uint64_t page_size, int64_t compacted, const SpaceOptions& options)
      : packing(page_size), path_(std::move(path)), compacted_(compacted), options_(options) {}

  void Begin(size_t) override {}

  Status Leaf(size_t ordinal, const bolt::PageView& page, int phase) override {
    for (size_t i = 0; i < page.count(); ++i) {
      const auto record = mvcc::ParseRevisionKey(page.key(i));
      if (!record.has_value()) return BadRevisionKey(path_, page.key(i));
      const bool settled = record->revision.main <= compacted_;
      if (settled != (phase == 1)) continue;  // its turn is in the other phase
      proto::KeyValueView kv;
      CAIRN_RETURN_IF_ERROR(DecodeRecord(path_, record->revision, page.value(i), kv));
      const uint64_t bytes = bolt::kElementSize + page.key(i).size() + page.value(i).size();
      packing.Add(page.key(i).size(), bytes);
      Choose(kv.key);
      if (settled) {
        Settled(kv.key, record->tombstone, bytes);
      } else {
        Changed(kv.key, {static_cast<uint32_t>(ordinal), static_cast<uint16_t>(i),
                         record->tombstone, static_cast<uint32_t>(bytes)});
      }
    }
    return absl::OkStatus();
  }

  SpaceOf total;
  SpaceOf not_kubernetes;
  Rows prefixes, resources;
  Packing packing;

 private:
  // Sets chosen_ to the rows that the key counts in.
  void Choose(std::string_view key) {
    chosen_[0] = &total;
    chosen_[1] = nullptr;
    if (options_.depth > 0) {
      const std::string_view prefix = RowPrefix(key, options_.depth);
      chosen_[1] = &prefixes.At(prefix, [&] { return SpaceRow{std::string(prefix), {}, {}}; });
    }
    const auto parsed = ParseKubernetesKey(key);
    if (!parsed.has_value()) {
      chosen_[2] = &not_kubernetes;
      return;
    }
    // Group, resource and namespace lie side by side in the key.
    const char* begin = parsed->group.empty() ? parsed->resource.data() : parsed->group.data();
    const bool split = options_.namespaces && !parsed->name_space.empty();
    const std::string_view last = split ? parsed->name_space : parsed->resource;
    const std::string_view id(begin, static_cast<size_t>(last.data() + last.size() - begin));
    chosen_[2] = &resources.At(id, [&] {
      SpaceRow row;
      row.name = parsed->resource;
      if (!parsed->group.empty()) row.name.append(".").append(parsed->group);
      if (split) row.name_space = parsed->name_space;
      return row;
    });
  }

  template <typename Change>
  void InEach(Change change) {
    for (SpaceOf* space : chosen_) {
      if (space != nullptr) change(*space);
    }
  }
  void AddLive(uint64_t bytes) {
    InEach([bytes](SpaceOf& s) { ++s.live_keys, s.live_bytes += bytes; });
  }
  void TakeLive(uint64_t bytes) {
    InEach([bytes](SpaceOf& s) { --s.live_keys, s.live_bytes -= bytes; });
  }
  void AddHistory(uint64_t bytes) {
    InEach([bytes](SpaceOf& s) { ++s.history_records, s.history_bytes += bytes; });
  }
  void AddTombstone(uint64_t bytes) {
    InEach([bytes](SpaceOf& s) { ++s.tombstones, s.tombstone_bytes += bytes; });
  }

  void Settled(std::string_view key, bool tombstone, uint64_t bytes) {
    if (tombstone) {
      AddTombstone(bytes);
    } else if (newest_.size() > 0 && newest_.Contains(HashKey(key))) {
      AddHistory(bytes);
    } else {
      AddLive(bytes);
    }
  }

  void Changed(std::string_view key, const PlacedRecord& record) {
    const NewestRecords::Result result = newest_.Add(HashKey(key), record);
    if (result.found == NewestRecords::Found::kNewer && !result.other.tombstone) {
      TakeLive(result.other.bytes);
      AddHistory(result.other.bytes);
    }
    if (record.tombstone) {
      AddTombstone(record.bytes);
    } else if (result.found == NewestRecords::Found::kOlder) {
      AddHistory(record.bytes);
    } else {
      AddLive(record.bytes);
    }
  }

  const std::string path_;
  const int64_t compacted_;
  const SpaceOptions options_;
  NewestRecords newest_;
  std::array<SpaceOf*, 3> chosen_ = {};
};

// The records of any other bucket.
class OtherSpace : public bolt::LeafVisitor {
 public:
  explicit OtherSpace(uint64_t page_size) : packing(page_size) {}
  void Begin(size_t) override {}
  Status Leaf(size_t, const bolt::PageView& page, int) override {
    for (size_t i = 0; i < page.count(); ++i) {
      packing.Add(page.key(i).size(),
                  bolt::kElementSize + page.key(i).size() + page.value(i).size());
    }
    return absl::OkStatus();
  }
  Packing packing;
};

// What the page list takes in its run: header and page numbers.
StatusOr<uint64_t> FreelistUsed(std::string_view run) {
  const bolt::FreelistView ids = bolt::FreelistView::Parse(run);
  if (!ids.fits()) return absl::DataLossError("freelist does not fit");
  return bolt::kPageHeaderSize + 8 * bolt::FreelistView::Words(ids.size());
}

// The bytes of one inline bucket, which lies in the value of its element.
struct InlineBytes {
  uint64_t records = 0, slack = 0;
};
StatusOr<InlineBytes> MeasureInline(const bolt::BucketRef& bucket) {
  InlineBytes bytes;
  if (bucket.header.root != 0) return bytes;
  CAIRN_ASSIGN_OR_RETURN(const bolt::PageView page, bolt::ParseInlineBucket(bucket.inline_value));
  bytes.slack = page.Slack().size();
  for (size_t i = 0; i < page.count(); ++i) {
    bytes.records += bolt::kElementSize + page.key(i).size() + page.value(i).size();
  }
  return bytes;
}

// A row a namespace, of rows by resource and namespace.
std::vector<SpaceRow> FoldNamespaces(const std::vector<SpaceRow>& resources) {
  std::map<std::string, SpaceOf> folded;
  for (const SpaceRow& row : resources) {
    folded[row.name == kOtherRows ? kOtherRows : row.name_space] += row.space;
  }
  std::vector<SpaceRow> rows;
  for (const auto& [name_space, space] : folded) rows.push_back({{}, name_space, space});
  return rows;
}

}  // namespace

SpaceOf& SpaceOf::operator+=(const SpaceOf& other) {
  live_keys += other.live_keys;
  live_bytes += other.live_bytes;
  history_records += other.history_records;
  history_bytes += other.history_bytes;
  tombstones += other.tombstones;
  tombstone_bytes += other.tombstone_bytes;
  return *this;
}

uint64_t SpaceReport::total() const {
  return keys.bytes() + other_bytes + overhead_bytes + slack_bytes + free_bytes + tail_bytes +
         digest_bytes;
}

int64_t SpaceReport::defragmentation_frees() const {
  return static_cast<int64_t>(file_bytes - digest_bytes) - static_cast<int64_t>(packed_bytes);
}

int64_t SpaceReport::defragmentation_frees_then() const {
  return static_cast<int64_t>(file_bytes - digest_bytes) -
         static_cast<int64_t>(compacted_packed_bytes);
}

StatusOr<SpaceReport> ReadSpace(const Context& context, const std::string& path,
                                const SpaceOptions& options) {
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Open(context, path));
  bolt::ReadTx tx = db.Read();
  SpaceReport report;
  report.file_bytes = db.file_size();
  report.page_size = db.meta().page_size;
  const uint64_t page_size = report.page_size;
  context.progress.Stage("measuring", tx.SizeBytes());

  bolt::Scanner scanner(db.file(), db.meta(), context.progress);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<bolt::NamedBucket> buckets, ScanBuckets(scanner, db));
  CAIRN_RETURN_IF_ERROR(FaultsAsStatus(scanner, path));
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
  KeySpace keys(path, page_size, boot.finished_compact, options);
  // Bytes in leaf pages that are not `other_bytes`: the root's elements, and the key bucket.
  uint64_t root_elements = 0, keys_in_pages = 0, inline_others = 0;
  for (const bolt::NamedBucket& bucket : buckets) {
    const bool is_keys = bucket.name == mvcc::kKeyBucket;
    const bool is_inline = bucket.bucket.header.root == 0;
    const uint64_t head = bolt::kElementSize + bucket.name.size() + bolt::kBucketHeaderSize;
    root_elements +=
        is_inline ? head - bolt::kBucketHeaderSize + bucket.bucket.inline_value.size() : head;
    auto content = MeasureInline(bucket.bucket);
    if (!content.ok()) return NameFile(content.status(), path);
    report.overhead_bytes += head + (is_inline ? bolt::kPageHeaderSize : 0);
    report.slack_bytes += content->slack;
    if (is_keys) {
      constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
      const int64_t first_changed = std::min(boot.finished_compact, kLast - 1) + 1;
      const mvcc::RevisionKeyBytes split(mvcc::RevisionKey{{first_changed, 0}, false});
      CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(
          bucket.bucket, keys, first_changed <= 0 ? std::string_view() : split.view()));
      if (!is_inline) keys_in_pages = keys.total.bytes();
    } else {
      OtherSpace others(page_size);
      CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(bucket.bucket, others));
      inline_others += content->records;
      report.packed_bytes += others.packing.PagesBytes();
    }
  }
  CAIRN_RETURN_IF_ERROR(scanner.CheckFree());
  CAIRN_RETURN_IF_ERROR(FaultsAsStatus(scanner, path));

  const bolt::Scanner::Fill& fill = scanner.fill();
  const uint64_t leaf_headers = fill.leaf_pages * bolt::kPageHeaderSize;
  const uint64_t elements = fill.leaf_bytes - fill.leaf_slack - leaf_headers;
  report.keys = keys.total;
  report.other_bytes = elements - root_elements - keys_in_pages + inline_others;
  report.overhead_bytes += fill.branch_bytes - fill.branch_slack + leaf_headers +
                           2 * (bolt::kPageHeaderSize + bolt::kMetaSize);
  report.slack_bytes += fill.branch_slack + fill.leaf_slack +
                        2 * (page_size - bolt::kPageHeaderSize - bolt::kMetaSize);
  uint64_t freelist_bytes = 0;
  if (db.meta().freelist != bolt::kNoFreelist) {
    CAIRN_ASSIGN_OR_RETURN(const bolt::PageRef run, tx.source().Read(PageId(db.meta().freelist)));
    auto used = FreelistUsed(run.bytes);
    if (!used.ok()) return NameFile(used.status(), path);
    freelist_bytes = run.bytes.size();
    report.overhead_bytes += *used;
    report.slack_bytes += freelist_bytes - *used;
  }
  // CheckFree has seen to it that no page is in use twice, and that all lie below the mark.
  report.free_bytes =
      tx.SizeBytes() - 2 * page_size - scanner.pages_reached() * page_size - freelist_bytes;
  report.tail_bytes = db.logical_size() - tx.SizeBytes();
  report.digest_bytes = db.file_size() - db.logical_size();

  // Metas and root; then the keys, of which a compaction leaves the living.
  report.packed_bytes += 3 * page_size;
  const uint64_t packed_keys = keys.packing.PagesBytes();
  const double left = keys.total.bytes() == 0 ? 1
                                              : static_cast<double>(keys.total.live_bytes) /
                                                    static_cast<double>(keys.total.bytes());
  const auto left_pages =
      static_cast<uint64_t>(std::ceil(static_cast<double>(packed_keys / page_size) * left));
  report.compacted_packed_bytes = report.packed_bytes + left_pages * page_size;
  report.packed_bytes += packed_keys;

  report.prefixes = keys.prefixes.Take();
  report.resources = keys.resources.Take();
  report.not_kubernetes = keys.not_kubernetes;
  if (options.namespaces) report.name_spaces = FoldNamespaces(report.resources);
  for (auto* rows : {&report.prefixes, &report.resources, &report.name_spaces}) SortRows(*rows);
  return report;
}

}  // namespace cairn::offline
