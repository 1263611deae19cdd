// client/mirror.cc: see mirror.h.
#include "client/mirror.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/key_prefix.h"
#include "client/range_reader.h"
#include "client/watcher.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::RequestOp;

}  // namespace

Mirror::Mirror(Client& source, Client& destination, MirrorOptions options)
    : source_(source), destination_(destination), options_(std::move(options)) {}

Status Mirror::Run(int64_t start) {
  int64_t revision = start - 1;
  if (revision <= 0) {
    CAIRN_ASSIGN_OR_RETURN(revision, CopyAll());
  }
  return Follow(revision + 1);
}

// A mirrored write has the same effect when it comes twice.
template <typename Request, typename Response>
Status Mirror::Write(const Method<Request, Response>& method, const Request& request) {
  Response response;
  Status written =
      destination_.Call(method.Repeatable(), request, response, options_.write_deadline());
  if (absl::IsDeadlineExceeded(written) || absl::IsUnavailable(written)) {
    if (!std::exchange(away_, true)) {
      options_.note(
          fmt::format("the destination does not answer, still trying: {}", Message(written)));
    }
    written = destination_.Call(method.Repeatable(), request, response, Deadline::Never());
  }
  if (written.ok() && std::exchange(away_, false)) {
    options_.note("the destination answers again");
  }
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  return Annotate(written, "destination");
}

std::string Mirror::NewKey(const std::string& key) const {
  return options_.new_prefix + key.substr(std::min(key.size(), options_.prefix.size()));
}

// Returns the revision at which all was read.
StatusOr<int64_t> Mirror::CopyAll() {
  RangeRequest request;
  SetPrefixRange(options_.prefix, request);
  RangePages pages(std::move(request));
  CAIRN_ASSIGN_OR_RETURN(const auto bounded, source_.WithMemory(kPageMemoryBytes));
  while (!pages.done()) {
    RangeResponse page;
    CAIRN_RETURN_IF_ERROR(ReadPage({&source_, bounded.get()}, pages, Deadline::Never(), page));
    for (const mvccpb::KeyValue& kv : page.kvs()) {
      etcdserverpb::PutRequest put;
      put.set_key(NewKey(kv.key()));
      put.set_value(kv.value());
      CAIRN_RETURN_IF_ERROR(Write(kPut, put));
      ++total_;
    }
  }
  return pages.request().revision();
}

Status Mirror::Follow(int64_t revision) {
  Watcher watcher(source_);
  etcdserverpb::WatchCreateRequest request;
  SetPrefixRange(options_.prefix, request);
  request.set_start_revision(revision);
  watcher.Add(std::move(request));
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const Watcher::Answer answer, watcher.Next());
    if (answer.response.canceled()) return Status(absl::StatusCode::kUnknown, answer.reason);
    CAIRN_RETURN_IF_ERROR(PassOn(answer.response));
  }
}

// A transaction for each revision, more of them if it holds more changes than one may. A fragment
// may end within one.
Status Mirror::PassOn(const etcdserverpb::WatchResponse& response) {
  for (const mvccpb::Event& event : response.events()) {
    const bool next = event.kv().mod_revision() != revision_;
    if (next || static_cast<uint64_t>(txn_.success_size()) >= options_.max_txn_ops) {
      CAIRN_RETURN_IF_ERROR(Commit());
    }
    revision_ = event.kv().mod_revision();
    RequestOp& op = *txn_.add_success();
    if (event.type() == mvccpb::Event::DELETE) {
      op.mutable_request_delete_range()->set_key(NewKey(event.kv().key()));
    } else {
      op.mutable_request_put()->set_key(NewKey(event.kv().key()));
      op.mutable_request_put()->set_value(event.kv().value());
    }
  }
  return response.fragment() ? absl::OkStatus() : Commit();
}

Status Mirror::Commit() {
  if (txn_.success().empty()) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(Write(kTxn, txn_));
  total_ += txn_.success_size();
  txn_.Clear();
  return absl::OkStatus();
}

}  // namespace cairn::client
