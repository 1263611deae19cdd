// tests/unit/cli/file_advice_test.cc: which errors get advice after them.
#include "cli/file_advice.h"

#include <doctest/doctest.h>

namespace cairn::cli {
namespace {

TEST_CASE("a file that may not be opened says who may") {
  const auto advice = [](std::string_view message, bool as_root = false) {
    return FileAdvice(message, "run as root", as_root);
  };
  CHECK(advice("open /x/db: permission denied") == " (run as root)");
  CHECK(advice("Failed to defragment etcd data[d] (open d/db: permission denied)") ==
        " (run as root)");
  CHECK(advice("open /x/db: permission denied", true) ==
        " (root is refused there: run as the user that it belongs to)");
  CHECK(FileAdvice("open /x/db: permission denied", "", false).empty());
}

TEST_CASE("a server's refusal and a command that can't be run get none") {
  for (const char* message :
       {"etcdserver: permission denied", "fork/exec /tmp: permission denied",
        "rpc error: code = PermissionDenied desc = etcdserver: permission denied",
        "open /permission denied: no such file or directory", "permission denied"}) {
    CAPTURE(message);
    CHECK(FileAdvice(message, "run as root", false).empty());
  }
}

TEST_CASE("a disk that takes no more says where to write") {
  for (const char* message :
       {"write /d/new: no space left on device", "write /d/new: disk quota exceeded",
        "not enough room in /d: 9 bytes are needed, 3 are free", "write /d: file too large",
        "mkdir /d: read-only file system"}) {
    CAPTURE(message);
    CHECK_FALSE(FileAdvice(message, "run as root", true).empty());
  }
  CHECK(FileAdvice("write /dev/stdout: no space left on device", "run as root", false).empty());
}

}  // namespace
}  // namespace cairn::cli
