// tools/ctl/format/key_value.h: the answers to `put`, `del` and `txn`.
#pragma once

#include <string>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// Formats of all three: simple, json, fields, protobuf.
std::string PrintPut(const etcdserverpb::PutResponse& response, const Style& style);
std::string PrintDelete(const etcdserverpb::DeleteRangeResponse& response, const Style& style);
// simple: SUCCESS or FAILURE, then after a blank line what each step of the branch answered.
std::string PrintTxn(const etcdserverpb::TxnResponse& response, const Style& style);

}  // namespace cairn::ctl
