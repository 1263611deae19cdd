// cli/file_advice.h: what to do about an error of the file system, in words that stand after it.
#pragma once

#include <string>
#include <string_view>

namespace cairn::cli {

// For an error that ends with a system error's text ("open /x: permission denied"), " (ADVICE)";
// empty for any other, such as a server's "etcdserver: permission denied".
//
// Permission denied: `denied_advice`, or, as root, that root is refused too; `denied_advice` empty:
// no advice. A full disk, a full quota, a limit on file sizes, a read-only file system: where to
// write instead.
std::string FileAdvice(std::string_view message, std::string_view denied_advice, bool as_root);

}  // namespace cairn::cli
