// tests/unit/wal/scratch_dir.h: a directory of the real file system that goes away with the test.
#pragma once

#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/fs.h"

namespace cairn {

class ScratchDir {
 public:
  ScratchDir() {
    const char* base = std::getenv("TMPDIR");
    std::string name = JoinPath(base != nullptr ? base : "/tmp", "cairn-test-XXXXXX");
    CAIRN_CHECK(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchDir() { (void)RemoveTree(PosixFs(), path_); }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return JoinPath(path_, name); }

 private:
  std::string path_;
};

}  // namespace cairn
