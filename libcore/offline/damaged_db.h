// offline/damaged_db.h: a backend file opened for looking at it, however damaged it is: what can be
// read is given out, what can't is remembered with its place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/check/survey.h"
#include "offline/db_file.h"

namespace cairn::offline {

// What could not be read: "page 7 (offset 28672): header says page 0". The same line is kept once,
// and lines beyond the limit are only counted.
class Problems {
 public:
  static constexpr size_t kMaxLines = 100;

  void Add(std::string line);
  const std::vector<std::string>& lines() const { return lines_; }
  uint64_t count() const { return count_; }
  bool none() const { return count_ == 0; }

 private:
  std::vector<std::string> lines_;
  std::set<std::string> seen_;
  uint64_t count_ = 0;
};

// One state of the file: that of the valid meta with the higher transaction. The file is locked
// (shared flock) as long as this lives and is never written. Movable, not thread-safe.
class DamagedDb {
 public:
  // Errors: as DbFile::Open, but a file that is cut short or has no valid meta opens.
  static StatusOr<DamagedDb> Open(const Context& context, const std::string& path);

  const File& file() const { return *file_; }
  const std::string& path() const { return file_->path(); }
  const bolt::FileLayout& layout() const { return layout_; }
  // DataLoss, with the reasons, when neither meta is valid.
  Status NeedMeta() const;
  // A broken meta, pages that the file lacks.
  void AddLayoutProblems(Problems& problems) const;
  // The fault with its page and offset.
  std::string ProblemText(const bolt::SurveyFault& fault) const;

 private:
  std::unique_ptr<File> file_;
  bolt::FileLayout layout_;
};

struct Pair {
  std::string_view key, value;  // good during the call
  bool is_bucket = false;
};
// Returns whether to go on.
using PairVisitor = std::function<StatusOr<bool>(const Pair& pair)>;

// The pairs of the bucket that `names` lead to (the buckets in buckets; none: the root bucket) in
// key order, those on pages that can't be read left out and told to `problems`. Returns whether
// there is such a bucket. NeedMeta must hold.
StatusOr<bool> ForEachPair(const DamagedDb& db, const std::vector<std::string>& names, bool reverse,
                           Progress& progress, Problems& problems, const PairVisitor& visit);

}  // namespace cairn::offline
