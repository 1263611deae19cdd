// offline/inspect/keys_at.h: the user keys of a db as they were at a revision, in key order.
//
// Finding and reading are two steps. Find takes one pass over the key bucket and leaves what it
// found in memory: the keys and where their records lie, never the values. A reader then fetches
// the records in key order, a window at a time, in the file's order within a window: neither memory
// nor the number of reads grows with the scatter of the records over the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "mvcc/boot_state.h"
#include "mvcc/revision.h"
#include "offline/db_file.h"
#include "proto/kv_view.h"

namespace cairn::offline {

struct KeysAtOptions {
  // Keys that begin with any of these; empty: all keys.
  std::vector<std::string> prefixes;
  // Further choice by key; empty: all.
  std::function<bool(std::string_view key)> wanted;
  int64_t revision = 0;  // 0: the current one
};

// OutOfRange for a revision that ResolveRevision refused: etcd's text, and what `path` can answer.
Status CannotAnswer(const std::string& path, int64_t revision, const mvcc::BootState& boot);

// The keys that lived at one revision. About 40 bytes a key beside the key itself, and while it is
// made 16 bytes more and the dead keys too. Movable, not thread-safe; independent of the DbFile.
class KeyList {
 public:
  // Errors: CannotAnswer; DataLoss naming the page or record. `progress` gets the stage "indexing".
  static StatusOr<KeyList> Find(const DbFile& db, const KeysAtOptions& options, Progress& progress);

  int64_t revision() const { return revision_; }  // that was asked for, or the current one
  size_t size() const { return keys_.size(); }
  // The i-th key, ascending bytewise.
  std::string_view key(size_t i) const { return {keys_[i]->name(), keys_[i]->name_size}; }
  // Keys lie in memory as they lie in the file: who walks over many says a little ahead which one
  // comes. Any number is right.
  void Prefetch(size_t i) const {
    if (i < keys_.size()) __builtin_prefetch(keys_[i]);
  }
  // Of its newest record up to revision(). Where this is the same in two files of one cluster, so
  // are the records.
  mvcc::Revision modified(size_t i) const { return {keys_[i]->main, keys_[i]->sub}; }
  // Of the stored KeyValue.
  uint32_t record_bytes(size_t i) const { return keys_[i]->record_bytes; }

 private:
  friend class KeyReader;
  friend class KeyFinder;

  // Stands in an arena with the key's bytes after it.
  struct Key {
    int64_t main;
    uint64_t offset;  // of the record's revision key in the file, or in inline_bucket_
    uint32_t sub;
    uint32_t record_bytes;
    uint32_t name_size;
    bool tombstone;
    const char* name() const { return reinterpret_cast<const char*>(this + 1); }
  };

  int64_t revision_ = 0;
  uint64_t total_bytes_ = 0;  // of all records
  std::vector<Key*> keys_;
  std::vector<std::unique_ptr<char[]>> arena_;
  std::string inline_bucket_;  // the whole bucket when it has no page of its own
};

// Reads the records of a list, or of some of its keys. Memory: kWindowBytes, or one record when
// that is larger. Not thread-safe; the references must outlive it.
class KeyReader {
 public:
  // `which` are positions in the list, in the order in which they are read.
  KeyReader(const DbFile& db, const KeyList& list, std::vector<uint32_t> which);
  // The first `count` keys of the list.
  KeyReader(const DbFile& db, const KeyList& list, size_t count = SIZE_MAX);

  struct Record {
    size_t position = 0;  // in the list
    mvcc::Revision revision;
    proto::KeyValueView kv;
  };
  // The next record, nothing after the last one. Its bytes are good until the next call. Errors:
  // I/O; DataLoss naming the record.
  StatusOr<std::optional<Record>> Next();

  // Bytes of records after the ones that Next gave, and all of them: for a progress bar.
  uint64_t bytes_read() const { return bytes_read_; }
  uint64_t total_bytes() const { return total_bytes_; }

  static constexpr size_t kWindowBytes = 8 << 20;

 private:
  // A record that stands in window_, with its revision key before it.
  struct Place {
    uint64_t offset;  // in the file
    uint32_t at;      // in window_
    uint32_t bytes;   // of the stored KeyValue
    uint32_t position;
    uint32_t sub;
    int64_t main;
    uint64_t end() const { return offset + mvcc::kRevisionKeySize + bytes; }
  };

  size_t Position(size_t n) const { return which_.empty() ? n : which_[n]; }
  Status Fill();
  Status ReadRun(const std::vector<const Place*>& order, size_t first, size_t last);

  const DbFile& db_;
  const KeyList& list_;
  const std::vector<uint32_t> which_;  // empty: the first count_ of the list
  const size_t count_;
  size_t filled_ = 0;  // of count_, up to the window's end
  std::vector<Place> places_;
  size_t next_ = 0;  // in places_
  std::string window_;
  std::string run_;
  uint64_t bytes_read_ = 0, total_bytes_ = 0;
};

// Called for each key; an error stops the walk and comes out of it.
using KeyVisitor = std::function<Status(const KeyReader::Record& record)>;

// Reads all that `reader` gives, with the stage "reading".
Status ForEachKey(KeyReader& reader, Progress& progress, const KeyVisitor& visit);

// Find and ForEachKey in one; the revision that was read.
StatusOr<int64_t> ForEachKeyAt(const DbFile& db, const KeysAtOptions& options, Progress& progress,
                               const KeyVisitor& visit);

}  // namespace cairn::offline
