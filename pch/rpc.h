// pch/rpc.h: pch/core.h and the calls' messages.
#include "core.h"
#include "etcdserverpb.grpc.pb.h"
