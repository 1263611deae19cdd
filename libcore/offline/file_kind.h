// offline/file_kind.h: what a file is that was given for a db or a snapshot and is none: a packed
// backup, an archive, an encrypted file, a page that a download got instead.
#pragma once

#include <string>

#include "base/fs.h"
#include "base/status.h"

namespace cairn::offline {

// `why`, the error that `file` is no database; or, when its first bytes say what it is instead,
// FailedPrecondition "PATH is a gzip file: unpack it first: gunzip -c PATH > NAME". A file that
// begins as a bolt database keeps its error, and so does one that nothing is known of; zeros alone
// are told as that, DataLoss. Call it only when no meta page is valid: a database may hold any
// bytes.
Status ExplainNoDb(const File& file, Status why);

// `why`, the error that `path` is a directory, with the db that lies in it.
Status ExplainDirectory(Fs& fs, const std::string& path, const Status& why);

}  // namespace cairn::offline
