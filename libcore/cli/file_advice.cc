// cli/file_advice.cc: see file_advice.h.
#include "cli/file_advice.h"

#include <fmt/format.h>

namespace cairn::cli {

std::string FileAdvice(std::string_view message, std::string_view denied_advice, bool as_root) {
  // Some commands put the error in parentheses after their own words.
  std::string_view cause = message;
  if (cause.ends_with(')')) cause.remove_suffix(1);
  if (cause.ends_with(": permission denied")) {
    const bool of_a_file = cause.find("etcdserver: ") == std::string_view::npos &&
                           cause.find("rpc error: ") == std::string_view::npos &&
                           cause.find("fork/exec ") == std::string_view::npos;
    if (!of_a_file || denied_advice.empty()) return "";
    // As on a network file system that takes root for nobody.
    if (as_root) return " (root is refused there: run as the user that it belongs to)";
    return fmt::format(" ({})", denied_advice);
  }
  if (message.find("/dev/stdout") != std::string_view::npos) return "";
  if (cause.ends_with(": no space left on device") || cause.ends_with(": disk quota exceeded") ||
      message.starts_with("not enough room in ")) {
    return " (make room there, or write to another file system)";
  }
  if (cause.ends_with(": file too large")) {
    return " (ulimit -f, or the file system, allows no larger file)";
  }
  if (cause.ends_with(": read-only file system")) {
    return " (mount it for writing, or write to another file system)";
  }
  return "";
}

}  // namespace cairn::cli
