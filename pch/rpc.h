// pch/rpc.h: pch/core.h and the calls' messages.
#include "etcdserverpb.grpc.pb.h"
#include "core.h"
