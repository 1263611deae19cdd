// client/mirror.h: copies the keys with a prefix to another cluster, and then every change as it
// happens.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "client/client.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

struct MirrorOptions {
  std::string prefix;      // of the keys in the source; it becomes new_prefix
  std::string new_prefix;  // in the destination
  uint64_t max_txn_ops = 128;
  // How long a write may take before `note` says that the destination does not answer.
  std::function<Deadline()> write_deadline;
  std::function<void(std::string_view)> note;
};

// Used by one thread, but for total. Both clients must outlive it.
class Mirror {
 public:
  Mirror(Client& source, Client& destination, MirrorOptions options);

  // Whether what is written there would be mirrored again, were it the source itself: without end,
  // as keys get no shorter.
  bool FeedsItself() const { return options_.new_prefix.starts_with(options_.prefix); }

  // Without `start` everything that is there now, then what changes; else what changes from that
  // revision on. What was written in one transaction arrives in one, if it has at most max_txn_ops
  // changes. Returns only with an error: of the source, of the destination ("destination: …"), or
  // Cancelled after Ctrl-C. While one of them is silent, waits for it.
  Status Run(int64_t start);

  // Changes that were passed on. Any thread.
  int64_t total() const { return total_; }

 private:
  template <typename Request, typename Response>
  Status Write(const Method<Request, Response>& method, const Request& request);
  std::string NewKey(const std::string& key) const;
  StatusOr<int64_t> CopyAll();
  Status Follow(int64_t revision);
  Status PassOn(const etcdserverpb::WatchResponse& response);
  Status Commit();

  Client& source_;
  Client& destination_;
  const MirrorOptions options_;
  bool away_ = false;             // the destination
  etcdserverpb::TxnRequest txn_;  // of revision_, not committed yet
  int64_t revision_ = 0;
  std::atomic<int64_t> total_ = 0;
};

}  // namespace cairn::client
