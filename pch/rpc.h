// pch/rpc.h: pch/core.h and the messages of calls.
#include "core.h"
#include "etcdserverpb.pb.h"
