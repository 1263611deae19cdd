// offline/key_bucket.h: reading the key bucket record by record: boot state, index, errors that
// name the record.
#pragma once

#include <functional>
#include <string>

#include "base/progress.h"
#include "bolt/file.h"
#include "mvcc/boot_state.h"
#include "offline/inspect/key_index.h"
#include "proto/kv_view.h"

namespace cairn::offline {

Status BadRevisionKey(const std::string& path, std::string_view key);
Status BadKeyValue(const std::string& path, mvcc::Revision revision, const Status& why);

// Reads a record's value into `kv`, a view of it. Error: BadKeyValue.
inline Status DecodeRecord(const std::string& path, mvcc::Revision revision, std::string_view value,
                           proto::KeyValueView& kv) {
  const Status decoded = proto::DecodeKeyValue(value, kv);
  return decoded.ok() ? decoded : BadKeyValue(path, revision, decoded);
}

// Compact and current revision as a server would find them at its start.
StatusOr<mvcc::BootState> ReadBootState(bolt::ReadTx& tx);

// Calls `visit` with each record in order, raw and decoded. Errors: damage, interrupt, and the
// visitor's.
using RecordVisitor = std::function<Status(std::string_view key, std::string_view value,
                                           const mvcc::RevisionKey& record)>;
Status ForEachRecord(bolt::ReadTx& tx, Progress& progress, const RecordVisitor& visit);

// The index of every record: about 80 bytes a key.
StatusOr<KeyIndex> BuildKeyIndex(bolt::ReadTx& tx, Progress& progress);

}  // namespace cairn::offline
