// tests/unit/bolt/model.h: what a bbolt file should hold, as plain maps, and comparing the two.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/random.h"
#include "bolt/db.h"

namespace cairn::bolt {

struct ModelBucket {
  std::map<std::string, std::string> values;
  std::map<std::string, ModelBucket> buckets;
  uint64_t sequence = 0;

  bool operator==(const ModelBucket&) const = default;
};

// Everything in a committed state, read with cursors from the first key to the last.
StatusOr<ModelBucket> ReadAll(ReadTx& tx);
// Everything that a write transaction sees; walked backwards and forwards, which must agree.
StatusOr<ModelBucket> ReadAll(Bucket& bucket);

// What random operations are like.
struct Shape {
  size_t key_space = 400;     // different keys a bucket
  size_t max_value = 300;     // bytes, of most values
  size_t huge_value = 20000;  // bytes, of one value in 40
  int nesting = 3;
};

// Does one random operation to both. The bucket and the model must agree before.
Status RandomOperation(Random& random, const Shape& shape, Bucket& bucket, ModelBucket& model);

// Every page is a meta, reachable, free, pending or of the stored freelist, and only one of these.
// `db` must have begun a write transaction and have none open.
Status CheckPages(Fs& fs, Db& db);

}  // namespace cairn::bolt
