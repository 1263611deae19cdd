// tests/unit/client/fake_transport.h: a cluster of scripted endpoints: no network, no server, and a
// clock that only sleeping and waiting move.
#pragma once

#include <google/protobuf/message_lite.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/client.h"
#include "client/transport.h"

namespace cairn::client {

class FakeClock : public Clock {
 public:
  int64_t MonotonicNanos() override { return now_; }
  int64_t WallNanos() override { return now_; }
  void SleepNanos(int64_t nanos) override { now_ += nanos; }

 private:
  std::atomic<int64_t> now_ = 0;
};

// A unary call as the endpoint sees it.
struct FakeCall {
  size_t endpoint = 0;
  std::string method;
  std::string request;  // serialized
  CallOptions options;
};

// What one stream gives to its reader: some messages, and then an end. A stream that stays open
// waits after the messages until it is cancelled.
struct FakeStreamScript {
  std::vector<std::string> messages;  // serialized
  Status end = absl::OkStatus();
  bool stays_open = false;
};

// The script, and what came of it. The calls of tests are made by one thread, but for
// Stream::Cancel and Stream::Write.
class FakeCluster {
 public:
  explicit FakeCluster(size_t endpoints) : down(endpoints) {}

  // Answers each unary call to an endpoint that is not down.
  std::function<Status(const FakeCall& call, MessageLite& response)> answer;
  std::vector<bool> down;
  std::deque<FakeStreamScript> streams;  // one for each that is opened

  std::vector<FakeCall> calls;       // all that were sent
  std::vector<FakeCall> opened;      // streams; their first request is not here
  std::vector<std::string> written;  // to any stream
  FakeClock clock;

  // A client of these endpoints, "e0:2379", "e1:2379", ….
  std::unique_ptr<Client> NewClient(ClientOptions options = {});
  Deadline After(int64_t nanos) { return Deadline::After(nanos, clock); }
  // The calls of one method.
  size_t Count(const std::string& method) const;
  size_t CountAt(const std::string& method, size_t endpoint) const;

 private:
  friend class FakeTransport;
  friend class FakeStream;
  std::mutex mutex_;  // for `written`
};

// `message` as a script has it.
std::string Bytes(const MessageLite& message);

template <typename Message>
Message Parsed(const std::string& bytes) {
  Message message;
  message.ParseFromString(bytes);
  return message;
}

// Puts `message` into the response that a call waits for.
Status Respond(const MessageLite& message, MessageLite& response);

}  // namespace cairn::client
