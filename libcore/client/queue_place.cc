// client/queue_place.cc: see queue_place.h.
#include "client/queue_place.h"

#include <fmt/format.h>

#include "client/key_prefix.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::Compare;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::TxnRequest;
using etcdserverpb::TxnResponse;

}  // namespace

RangeRequest FirstInQueue(const std::string& prefix) {
  RangeRequest request;
  SetPrefixRange(prefix, request);
  request.set_sort_target(RangeRequest::CREATE);
  request.set_sort_order(RangeRequest::ASCEND);
  request.set_limit(1);
  return request;
}

QueuePlace::QueuePlace(Client& client, const Session& session, std::string_view name)
    : client_(client),
      lease_(session.lease()),
      prefix_(fmt::format("{}/", name)),
      key_(fmt::format("{}{:x}", prefix_, session.lease())) {}

void QueuePlace::Abandon() {
  abandoned_.Set();
  const std::lock_guard lock(mutex_);
  if (watcher_ != nullptr) watcher_->Stop();
}

Status QueuePlace::Enter(std::string_view value) {
  bool first = false;
  CAIRN_RETURN_IF_ERROR(Join(value, &first));
  return first ? absl::OkStatus() : WaitForTurn();
}

Status QueuePlace::Join(std::string_view value, bool* first) {
  TxnRequest txn;
  Compare& missing = *txn.add_compare();
  missing.set_result(Compare::EQUAL);
  missing.set_target(Compare::CREATE);
  missing.set_key(key_);
  missing.set_create_revision(0);
  auto& put = *txn.add_success()->mutable_request_put();
  put.set_key(key_);
  put.set_value(std::string(value));
  put.set_lease(lease_);
  txn.add_failure()->mutable_request_range()->set_key(key_);
  const RangeRequest owner = FirstInQueue(prefix_);
  *txn.add_success()->mutable_request_range() = owner;
  *txn.add_failure()->mutable_request_range() = owner;
  TxnResponse response;
  asked_ = true;
  // Sent twice it finds its own key.
  CAIRN_RETURN_IF_ERROR(client_.Call(kTxn.Repeatable(), txn, response, Deadline::Never()));
  if (response.responses_size() != 2) return absl::InternalError("an answer without the queue");
  created_ = revision_ = response.header().revision();
  if (!response.succeeded()) {
    const RangeResponse& mine = response.responses(0).response_range();
    if (mine.kvs().empty()) return absl::InternalError("an answer without the own key");
    created_ = mine.kvs(0).create_revision();
  }
  const RangeResponse& leader = response.responses(1).response_range();
  *first = leader.kvs().empty() || leader.kvs(0).create_revision() == created_;
  return absl::OkStatus();
}

Status QueuePlace::WaitForTurn() {
  for (;;) {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (abandoned_.IsSet()) return absl::CancelledError("context canceled");
    // The youngest of those before this one.
    RangeRequest range;
    SetPrefixRange(prefix_, range);
    range.set_sort_target(RangeRequest::CREATE);
    range.set_sort_order(RangeRequest::DESCEND);
    range.set_max_create_revision(created_ - 1);
    range.set_limit(1);
    RangeResponse before;
    CAIRN_RETURN_IF_ERROR(client_.Call(kRange, range, before, Deadline::Never()));
    if (before.kvs().empty()) break;
    CAIRN_RETURN_IF_ERROR(WaitForDelete(before.kvs(0).key(), before.header().revision()));
  }
  RangeRequest own;
  own.set_key(key_);
  RangeResponse response;
  CAIRN_RETURN_IF_ERROR(client_.Call(kRange, own, response, Deadline::Never()));
  if (response.kvs().empty() || response.kvs(0).create_revision() != created_) {
    return absl::AbortedError("mutex: session is expired");
  }
  revision_ = response.header().revision();
  return absl::OkStatus();
}

Status QueuePlace::WaitForDelete(const std::string& key, int64_t revision) {
  Watcher watcher(client_);
  etcdserverpb::WatchCreateRequest request;
  request.set_key(key);
  request.set_start_revision(revision + 1);
  watcher.Add(std::move(request));
  const auto announce = [&](Watcher* current) {
    const std::lock_guard lock(mutex_);
    watcher_ = current;
    if (current != nullptr && abandoned_.IsSet()) current->Stop();
  };
  announce(&watcher);
  const Status waited = [&]() -> Status {
    for (;;) {
      CAIRN_ASSIGN_OR_RETURN(const Watcher::Answer answer, watcher.Next());
      // What was compacted away is looked up again.
      if (answer.response.compact_revision() != 0) return absl::OkStatus();
      if (answer.response.canceled()) {
        return Status(absl::StatusCode::kUnknown, answer.reason);
      }
      for (const mvccpb::Event& event : answer.response.events()) {
        if (event.type() == mvccpb::Event::DELETE) return absl::OkStatus();
      }
    }
  }();
  announce(nullptr);
  return waited;
}

Status QueuePlace::Leave(Deadline deadline) {
  if (!asked_) return absl::OkStatus();
  // Also when nobody knows whether the key was made: an interrupt came before the answer.
  TxnRequest txn;
  Compare& compare = *txn.add_compare();
  compare.set_result(Compare::EQUAL);
  compare.set_target(Compare::LEASE);
  compare.set_key(key_);
  compare.set_lease(lease_);
  txn.add_success()->mutable_request_delete_range()->set_key(key_);
  TxnResponse response;
  CAIRN_RETURN_IF_ERROR(client_.Call(kTxn.Repeatable(), txn, response, deadline));
  asked_ = false;
  return absl::OkStatus();
}

}  // namespace cairn::client
