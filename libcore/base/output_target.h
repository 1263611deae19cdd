// base/output_target.h: what an output name that an operator gave leads to: a file to be, a link, a
// pipe, a device. What is no file is never replaced by one.
#pragma once

#include <string>

#include "base/fs.h"

namespace cairn {

enum class TargetKind {
  kFree,            // nothing is there (or a link to nothing: the link stays)
  kFile,            // a regular file
  kDirectory,
  kStandardOutput,  // what this process has as stdout, by any name (/dev/stdout, /proc/self/fd/1)
  kStream,          // a FIFO, a character device, or an open file's name under /proc
  kOther,           // a socket, a block device
};

struct OutputTarget {
  TargetKind kind = TargetKind::kFree;
  std::string path;  // with the links at its end followed: a file is staged beside this
};

// Follows the links at the path's end, as the kernel would. Errors: what looking at them gives;
// PermissionDenied for a link that a stranger put into a directory where everybody may (the kernel
// follows none either: fs.protected_symlinks); FailedPrecondition for links that lead in a circle.
StatusOr<OutputTarget> FindOutputTarget(Fs& fs, const std::string& path);

// FailedPrecondition, "PATH is a directory" and the like, unless it is kFree or kFile.
Status NeedFile(const OutputTarget& target, const std::string& path);

}  // namespace cairn
