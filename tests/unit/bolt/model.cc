// tests/unit/bolt/model.cc: see model.h.
#include "model.h"

#include <fmt/format.h>

#include "bolt/page_walk.h"
#include "bolt/tx_cursor.h"

namespace cairn::bolt {

namespace {

Status Fault(std::string_view what) { return absl::InternalError(std::string(what)); }

StatusOr<ModelBucket> ReadBucket(PageSource& source, const BucketRef& ref) {
  ModelBucket model;
  model.sequence = ref.header.sequence;
  Cursor cursor(source, ref);
  std::string last;
  CAIRN_ASSIGN_OR_RETURN(auto item, cursor.First());
  while (item.has_value()) {
    const std::string key(item->key);
    if (!last.empty() && last >= key) return Fault("keys out of order at " + key);
    last = key;
    if (item->is_bucket) {
      CAIRN_ASSIGN_OR_RETURN(const BucketRef below, ParseBucket(item->value));
      CAIRN_ASSIGN_OR_RETURN(model.buckets[key], ReadBucket(source, below));
    } else {
      model.values[key] = std::string(item->value);
    }
    // The way from the root must lead to the key too.
    Cursor finder(source, ref);
    CAIRN_ASSIGN_OR_RETURN(const auto found, finder.Find(key));
    if (!found.has_value()) return Fault("cannot find " + key);
    CAIRN_ASSIGN_OR_RETURN(item, cursor.Next());
  }
  return model;
}

std::string RandomKey(Random& random, const Shape& shape) {
  const uint64_t n = random.Below(shape.key_space);
  std::string key = fmt::format("{:04}", n);
  // A few long ones; the length belongs to the key.
  if (n % 37 == 0) key.append(n % 700, 'k');
  return key;
}

std::string RandomValue(Random& random, const Shape& shape) {
  const size_t limit = random.OneIn(40) ? shape.huge_value : shape.max_value;
  return std::string(random.Below(limit + 1), static_cast<char>('a' + random.Below(26)));
}

}  // namespace

StatusOr<ModelBucket> ReadAll(ReadTx& tx) {
  return ReadBucket(tx.source(), BucketRef{tx.meta().root, {}});
}

StatusOr<ModelBucket> ReadAll(Bucket& bucket) {
  ModelBucket model;
  model.sequence = bucket.sequence();
  std::vector<std::string> forward;
  std::vector<std::string> backward;
  TxCursor cursor(bucket);
  CAIRN_ASSIGN_OR_RETURN(auto item, cursor.First());
  while (item.has_value()) {
    forward.emplace_back(item->key);
    if (!item->is_bucket) model.values[forward.back()] = std::string(item->value);
    if (item->is_bucket) model.buckets[forward.back()];
    CAIRN_ASSIGN_OR_RETURN(item, cursor.Next());
  }
  CAIRN_ASSIGN_OR_RETURN(item, cursor.Last());
  while (item.has_value()) {
    backward.emplace(backward.begin(), item->key);
    CAIRN_ASSIGN_OR_RETURN(item, cursor.Prev());
  }
  if (forward != backward) return Fault("walking back meets other keys");
  for (auto& [name, below] : model.buckets) {
    CAIRN_ASSIGN_OR_RETURN(Bucket* const child, bucket.OpenBucket(name));
    CAIRN_ASSIGN_OR_RETURN(below, ReadAll(*child));
  }
  return model;
}

Status RandomOperation(Random& random, const Shape& shape, Bucket& bucket, ModelBucket& model) {
  // Half of the operations go further down where there is a way.
  if (shape.nesting > 0 && !model.buckets.empty() && random.Below(8) < 7) {
    auto it = model.buckets.begin();
    std::advance(it, static_cast<ptrdiff_t>(random.Below(model.buckets.size())));
    CAIRN_ASSIGN_OR_RETURN(Bucket* const child, bucket.OpenBucket(it->first));
    Shape below = shape;
    --below.nesting;
    if (random.OneIn(4)) below.max_value /= 8;
    return RandomOperation(random, below, *child, it->second);
  }
  const bool is_root = shape.nesting == 3;
  const std::string key = RandomKey(random, shape);
  const uint64_t what = random.Below(100);
  if (is_root || what < 3) {
    const std::string name = fmt::format("b{}", random.Below(is_root ? 5 : 3));
    if (random.OneIn(12)) {
      const Status status = bucket.DeleteBucket(name);
      if (model.buckets.erase(name) == 1) return status;
      return absl::IsNotFound(status) ? absl::OkStatus() : Fault("deleted a missing bucket");
    }
    CAIRN_RETURN_IF_ERROR(bucket.CreateBucketIfNotExists(name).status());
    model.buckets[name];
    return absl::OkStatus();
  }
  if (what < 5) {
    model.sequence = random.Next();
    return bucket.SetSequence(model.sequence);
  }
  if (what < 50) {
    const std::string value = RandomValue(random, shape);
    model.values[key] = value;
    return bucket.Put(key, value);
  }
  if (what < 55) {
    // A whole range goes, with a cursor.
    TxCursor cursor(bucket);
    CAIRN_ASSIGN_OR_RETURN(auto item, cursor.Seek(key));
    for (uint64_t n = random.Below(60); n > 0 && item.has_value(); --n) {
      if (!item->is_bucket) {
        const std::string victim(item->key);
        CAIRN_RETURN_IF_ERROR(bucket.Delete(victim));
        if (model.values.erase(victim) != 1) return Fault("cursor met a key that isn't there");
      }
      CAIRN_ASSIGN_OR_RETURN(item, cursor.Next());
    }
    return absl::OkStatus();
  }
  if (what < 80) {
    model.values.erase(key);
    return bucket.Delete(key);
  }
  CAIRN_ASSIGN_OR_RETURN(const auto value, bucket.Get(key));
  const auto it = model.values.find(key);
  if (value.has_value() != (it != model.values.end())) return Fault("Get: presence of " + key);
  if (value.has_value() && *value != it->second) return Fault("Get: value of " + key);
  return absl::OkStatus();
}

Status CheckPages(Fs& fs, Db& db) {
  const Meta meta = db.meta();
  CAIRN_ASSIGN_OR_RETURN(const auto file, fs.Open(db.path(), {}));
  WindowSource source(*file, meta.page_size, meta.high_water, 1 << 20);
  PageWalk walk(source);
  CAIRN_RETURN_IF_ERROR(walk.AddTree(PageId(meta.root.root)));
  const Db::PageCounts counts = db.page_counts();
  const uint64_t reached = walk.reached().size();
  if (2 + reached + counts.free + counts.pending + counts.freelist != meta.high_water) {
    return Fault(fmt::format("{} reachable + {} free + {} pending + {} of the list + 2 are not {}",
                             reached, counts.free, counts.pending, counts.freelist,
                             meta.high_water));
  }
  if (meta.freelist == kNoFreelist) return absl::OkStatus();
  PageRun run;
  CAIRN_ASSIGN_OR_RETURN(const Freelist stored, Freelist::Read(source, meta, &run));
  if (stored.free_count() != counts.free + counts.pending) return Fault("stored list differs");
  CAIRN_RETURN_IF_ERROR(walk.AddRun(run));
  return stored.CheckInUse(walk.runs(), meta.high_water);
}

}  // namespace cairn::bolt
