// tools/ctl/kv_requests.h: the requests that the words of put, get and del make; a line of a
// transaction has the same words.
#pragma once

#include <functional>
#include <string>

#include "cli/program.h"
#include "etcdserverpb.pb.h"
#include "tools/ctl/surplus.h"

namespace cairn::ctl {

// Flags of the three, declared on the command `put`, `get` or `del`.
void AddPutFlags(cli::Command& command);
void AddGetFlags(cli::Command& command);
void AddDelFlags(cli::Command& command);

// What can be asked of a command line, be it the program's or a transaction's.
class Words {
 public:
  virtual ~Words() = default;
  virtual const std::vector<std::string>& args() const = 0;
  virtual bool Bool(std::string_view name) const = 0;
  virtual int64_t Int64(std::string_view name) const = 0;
  virtual const std::string& String(std::string_view name) const = 0;
  virtual Surplus surplus() const = 0;
};

// An error with etcdctl's exit code, or OK.
cli::Outcome ReadPut(const Words& words, etcdserverpb::PutRequest& request);
cli::Outcome ReadGet(const Words& words, etcdserverpb::RangeRequest& request);
cli::Outcome ReadDel(const Words& words, etcdserverpb::DeleteRangeRequest& request);

// A lease id in hex. "bad lease ID (strconv.ParseInt: parsing …), expecting ID in Hex".
StatusOr<int64_t> ParseLeaseId(const std::string& text, std::string_view what);

}  // namespace cairn::ctl
