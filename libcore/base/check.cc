// base/check.cc: see check.h.
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace cairn {

void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "internal error: check failed at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace cairn
