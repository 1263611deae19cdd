// bolt/bulk_loader.h: writing a new bbolt file from keys that come in order, without a transaction.
//
// Pages are written once, in ascending order, in large writes on a thread of their own; memory is
// one page a level and tree, a few write buffers, and what waits to be packed into leaves
// (leaf_packing.h): 256 KiB, of large values eight (five, when they are of more than 16 MiB). The
// freelist of such a file is empty and not stored.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/background_writer.h"
#include "base/fs.h"
#include "bolt/format.h"

namespace cairn::bolt {

struct BulkLoadOptions {
  uint32_t page_size = 4096;
  // Pages are filled up to this part of their size; up to four larger elements share a run.
  double fill = 1.0;
  uint64_t txid = 1;  // of the newer meta
};

// Writes one file. Begin and end buckets properly nested, add each bucket's keys (and sub-buckets)
// in ascending order, then Finish. After any error the file is rubbish. Not thread-safe. `file`
// must outlive it and be empty.
class BulkLoader {
 public:
  BulkLoader(File& file, const BulkLoadOptions& options);
  ~BulkLoader();

  Status BeginBucket(std::string_view name, uint64_t sequence);
  Status Add(std::string_view key, std::string_view value);
  Status EndBucket();
  // Writes what is left and both metas, and syncs. Returns the logical size in bytes.
  StatusOr<uint64_t> Finish();

 private:
  class Tree;

  StatusOr<uint64_t> WriteRun(std::string run);

  Status FlushBuffer();

  File& file_;
  const BulkLoadOptions options_;
  BackgroundWriter writer_;
  std::vector<std::unique_ptr<Tree>> open_;  // the root bucket first
  AlignedBytes buffer_;
  uint64_t buffer_offset_ = 0;
  uint64_t next_page_ = 2;
};

}  // namespace cairn::bolt
