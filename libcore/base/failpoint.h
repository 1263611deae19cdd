// base/failpoint.h: named places where a test build can be told to stop, sleep or fail.
//
// FAILPOINT("beforeCommit") stands in the code it belongs to and carries etcd's name for it. It is
// nothing in a normal build; with -Dfailpoints=true the terms come from GOFAIL_FAILPOINTS
// ("name=panic;other=sleep(10)").
#pragma once

#ifdef CAIRN_FAILPOINTS
namespace cairn {
void HitFailpoint(const char* name);
}
#define FAILPOINT(name) ::cairn::HitFailpoint(name)
#else
#define FAILPOINT(name) \
  do {                  \
  } while (false)
#endif
