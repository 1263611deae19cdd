// tests/unit/os/output_stream_test.cc: bytes into what is no file by its name.
#include "os/output_stream.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace cairn {

TEST_CASE("an open file's name under /proc is written through") {
  const char* base = std::getenv("TMPDIR");
  std::string name = std::string(base == nullptr ? "/tmp" : base) + "/cairn_stream_XXXXXX";
  const int fd = mkstemp(name.data());
  REQUIRE(fd >= 0);
  {
    const auto stream = OutputStream::Open("/proc/self/fd/" + std::to_string(fd));
    REQUIRE(stream.ok());
    CHECK((*stream)->Write("through").ok());
    CHECK((*stream)->Finish().ok());
  }
  struct stat st {};
  REQUIRE(fstat(fd, &st) == 0);
  CHECK(st.st_size == 7);
  CHECK(st.st_nlink == 1);
  close(fd);
  unlink(name.c_str());
}

}  // namespace cairn
