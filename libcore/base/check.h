// base/check.h: assertions that stay on in release builds.
//
// CHECK guards what must never be written or acknowledged wrong: it prints one line and aborts. It
// is for our own mistakes only; broken input is a Status.
#pragma once

namespace cairn {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace cairn

#define CAIRN_CHECK(condition)                              \
  do {                                                      \
    if (!(condition)) [[unlikely]] {                        \
      ::cairn::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                       \
  } while (false)

#ifdef NDEBUG
#define CAIRN_DCHECK(condition) \
  do {                          \
  } while (false && (condition))
#else
#define CAIRN_DCHECK(condition) CAIRN_CHECK(condition)
#endif
