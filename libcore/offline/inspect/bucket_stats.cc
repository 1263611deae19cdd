// offline/inspect/bucket_stats.cc: see bucket_stats.h.
#include "offline/inspect/bucket_stats.h"

#include <algorithm>

#include "base/crc32c.h"
#include "mvcc/schema.h"

namespace cairn::offline {

namespace {

class Count : public bolt::SurveyVisitor {
 public:
  Count(const DamagedDb& db, BucketReport& report) : db_(db), report_(report) {}

  uint32_t hash() const { return hash_; }

  bool Enter(const std::vector<std::string>& bucket, const bolt::BucketHeader& header) override {
    const bool inlined = header.root == 0;
    if (bucket.size() == 1) {
      BucketStats stats;
      stats.name = bucket[0];
      stats.inlined = inlined;
      report_.buckets.push_back(std::move(stats));
      hash_ = ExtendCrc32c(hash_, bucket[0]);
    } else {
      ++Current().buckets;
    }
    if (inlined) ++Current().inline_buckets;
    levels_.push_back({inlined, 0, 0});
    return true;
  }
  void Leave(const std::vector<std::string>&) override {
    const Levels left = levels_.back();
    levels_.pop_back();
    const uint64_t depth = left.own + left.deepest_inside;
    if (levels_.empty()) {
      Current().depth = depth;
    } else {
      levels_.back().deepest_inside = std::max(levels_.back().deepest_inside, depth);
    }
  }
  Status Page(const bolt::SurveyedPage& page) override {
    if (page.bucket.empty()) return absl::OkStatus();
    BucketStats& stats = Current();
    Levels& levels = levels_.back();
    levels.own = std::max<uint64_t>(levels.own, page.depth + 1);
    const uint64_t pages = uint64_t{page.header.overflow} + 1;
    uint64_t used = bolt::kPageHeaderSize;
    if (!page.view.is_leaf()) {
      for (size_t i = 0; i < page.view.count(); ++i) {
        used += bolt::kElementSize + page.view.key(i).size();
      }
      ++stats.branch_pages;
      stats.branch_overflow += pages - 1;
      stats.branch_in_use += used;
      stats.branch_alloc += pages * db_.layout().page_size;
      return absl::OkStatus();
    }
    const bool hashed = page.bucket.size() == 1;
    for (size_t i = 0; i < page.view.count(); ++i) {
      const std::string_view key = page.view.key(i);
      const std::string_view value = page.view.value(i);
      used += bolt::kElementSize + key.size() + value.size();
      if (hashed && !Ignored(stats.name, key)) {
        hash_ = ExtendCrc32c(hash_, key);
        if (!page.view.is_bucket(i)) hash_ = ExtendCrc32c(hash_, value);
      }
    }
    stats.keys += page.view.count();
    if (levels.inlined) {
      stats.inline_in_use += used;
    } else {
      ++stats.leaf_pages;
      stats.leaf_overflow += pages - 1;
      stats.leaf_in_use += used;
      stats.leaf_alloc += pages * db_.layout().page_size;
    }
    return absl::OkStatus();
  }
  Status Fault(const bolt::SurveyFault& fault) override {
    report_.problems.Add(db_.ProblemText(fault));
    return absl::OkStatus();
  }

 private:
  // The heights of a bucket that is being visited.
  struct Levels {
    bool inlined = false;
    uint64_t own = 0;
    uint64_t deepest_inside = 0;  // of the buckets in it
  };

  BucketStats& Current() { return report_.buckets.back(); }
  static bool Ignored(std::string_view bucket, std::string_view key) {
    return bucket == mvcc::kMetaBucket &&
           (key == mvcc::kConsistentIndexKey || key == mvcc::kTermKey ||
            key == mvcc::kStorageVersionKey);
  }

  const DamagedDb& db_;
  BucketReport& report_;
  std::vector<Levels> levels_;
  uint32_t hash_ = 0;
};

}  // namespace

StatusOr<BucketReport> ReadBuckets(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(context, path));
  CAIRN_RETURN_IF_ERROR(db.NeedMeta());
  const bolt::Meta& meta = *db.layout().meta;
  BucketReport report;
  db.AddLayoutProblems(report.problems);
  const uint64_t of_layout = report.problems.count();
  context.progress.Stage("reading buckets", meta.high_water * meta.page_size);
  Count count(db, report);
  bolt::Survey survey(db.file(), meta, context.progress, count);
  CAIRN_RETURN_IF_ERROR(survey.Walk());
  if (report.problems.count() == of_layout) report.hash = count.hash();
  return report;
}

}  // namespace cairn::offline
