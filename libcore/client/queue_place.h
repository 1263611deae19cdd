// client/queue_place.h: a place in the queue for a lock or an election.
//
// The queue NAME is the keys NAME/LEASE (hex) in the order of their creation; the first one holds
// the lock or leads. This is the form of etcd's client/v3/concurrency, so that its users and ours
// queue together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/client.h"
#include "client/session.h"
#include "client/watcher.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

// Asks for the key that holds the lock or leads; `prefix` is NAME with its "/".
etcdserverpb::RangeRequest FirstInQueue(const std::string& prefix);

// Used by one thread, but for Abandon. `client` and `session` must outlive it.
class QueuePlace {
 public:
  QueuePlace(Client& client, const Session& session, std::string_view name);

  // Creates the key with `value`, and waits until it is the first. Errors: Cancelled after an
  // interrupt or Abandon; the caller then Leaves.
  Status Enter(std::string_view value);
  // Gives the place up. OK when there was none (any more).
  Status Leave(Deadline deadline);
  // Any thread: Enter ends with Cancelled.
  void Abandon();

  const std::string& key() const { return key_; }
  // The store's revision when the place became the first.
  int64_t revision() const { return revision_; }

 private:
  Status Join(std::string_view value, bool* first);
  Status WaitForTurn();
  Status WaitForDelete(const std::string& key, int64_t revision);

  Client& client_;
  const int64_t lease_;
  const std::string prefix_;
  const std::string key_;
  Event abandoned_;
  std::mutex mutex_;
  Watcher* watcher_ = nullptr;  // while one waits
  bool asked_ = false;          // for the key: it may be there
  int64_t created_ = 0;         // the key's create revision
  int64_t revision_ = 0;
};

}  // namespace cairn::client
