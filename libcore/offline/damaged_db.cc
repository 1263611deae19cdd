// offline/damaged_db.cc: see damaged_db.h.
#include "offline/damaged_db.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "offline/file_kind.h"

namespace cairn::offline {

namespace {

class PairsOf : public bolt::SurveyVisitor {
 public:
  PairsOf(const DamagedDb& db, const std::vector<std::string>& names, bool reverse,
          Problems& problems, const PairVisitor& visit)
      : db_(db),
        names_(names),
        reverse_(reverse),
        problems_(problems),
        visit_(visit),
        found_(names.empty()) {}

  bool found() const { return found_; }
  bool enough() const { return enough_; }

  bool Enter(const std::vector<std::string>& bucket, const bolt::BucketHeader&) override {
    if (bucket.size() > names_.size() ||
        !std::equal(bucket.begin(), bucket.end(), names_.begin())) {
      return false;
    }
    found_ = found_ || bucket.size() == names_.size();
    return true;
  }
  Status Page(const bolt::SurveyedPage& page) override {
    if (!page.view.is_leaf() || page.bucket.size() != names_.size()) return absl::OkStatus();
    const size_t count = page.view.count();
    for (size_t n = 0; n < count; ++n) {
      const size_t i = reverse_ ? count - 1 - n : n;
      CAIRN_ASSIGN_OR_RETURN(
          const bool more, visit_({page.view.key(i), page.view.value(i), page.view.is_bucket(i)}));
      if (!more) {
        enough_ = true;
        return absl::AbortedError("enough");
      }
    }
    return absl::OkStatus();
  }
  Status Fault(const bolt::SurveyFault& fault) override {
    problems_.Add(db_.ProblemText(fault));
    return absl::OkStatus();
  }

 private:
  const DamagedDb& db_;
  const std::vector<std::string>& names_;
  const bool reverse_;
  Problems& problems_;
  const PairVisitor& visit_;
  bool found_;
  bool enough_ = false;
};

}  // namespace

void Problems::Add(std::string line) {
  if (seen_.contains(line)) return;
  ++count_;
  if (lines_.size() >= kMaxLines) return;
  seen_.insert(line);
  lines_.push_back(std::move(line));
}

StatusOr<DamagedDb> DamagedDb::Open(const Context& context, const std::string& path) {
  DamagedDb db;
  CAIRN_ASSIGN_OR_RETURN(db.file_, OpenShared(context, path));
  CAIRN_ASSIGN_OR_RETURN(db.layout_, bolt::ReadLayout(*db.file_));
  if (!db.layout_.meta.has_value()) {
    const Status none = db.NeedMeta();
    if (const Status s = ExplainNoDb(*db.file_, none); s != none) return s;
  }
  return db;
}

Status DamagedDb::NeedMeta() const {
  if (layout_.meta.has_value()) return absl::OkStatus();
  return absl::DataLossError(fmt::format("invalid database: {}: meta page 0: {}; meta page 1: {}",
                                         path(), layout_.meta_faults[0], layout_.meta_faults[1]));
}

void DamagedDb::AddLayoutProblems(Problems& problems) const {
  for (int i = 0; i < 2; ++i) {
    if (layout_.meta_faults[i].empty()) continue;
    problems.Add(fmt::format("page {} (offset {}): meta page: {}", i,
                             static_cast<uint64_t>(i) * layout_.page_size, layout_.meta_faults[i]));
  }
  if (layout_.meta.has_value() && layout_.pages_in_file() < layout_.meta->high_water) {
    problems.Add(fmt::format("offset {}: the file is cut short: {} pages of {}",
                             layout_.logical_size, layout_.pages_in_file(),
                             layout_.meta->high_water));
  }
}

std::string DamagedDb::ProblemText(const bolt::SurveyFault& fault) const {
  return fmt::format("page {} (offset {}): {}", fault.page, fault.page * layout_.page_size,
                     fault.what);
}

StatusOr<bool> ForEachPair(const DamagedDb& db, const std::vector<std::string>& names, bool reverse,
                           Progress& progress, Problems& problems, const PairVisitor& visit) {
  PairsOf pairs(db, names, reverse, problems, visit);
  bolt::Survey survey(db.file(), *db.layout().meta, progress, pairs);
  survey.set_reverse(reverse);
  const Status status = survey.Walk();
  if (!pairs.enough()) CAIRN_RETURN_IF_ERROR(status);
  return pairs.found();
}

}  // namespace cairn::offline
