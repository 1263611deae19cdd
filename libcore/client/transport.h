// client/transport.h: single calls to single endpoints by method name: the seam between what the
// client decides (client.h: which endpoint, how often, with which token) and what carries it.
// grpc_transport.h is the network; tests have one of their own without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "client/deadline.h"

namespace google::protobuf {
class MessageLite;
}

namespace cairn::client {

using google::protobuf::MessageLite;

// What goes with a call besides its message. Statuses of calls have gRPC's codes and the message as
// it came: the server's own words, or gRPC's when there was no answer. rpc_error.h translates.
struct CallOptions {
  Deadline deadline = Deadline::Never();
  std::string token;            // metadata "token", when not empty; printable ASCII (token.h)
  bool needs_leader = false;    // metadata "hasleader": a member without a leader refuses
  bool wait_for_ready = false;  // waits for a connection until the deadline; else fails with the
                                // first attempt to connect
};

// A call with any number of messages in both directions. Used by one thread, but for Write and
// Cancel. Destroyed before its end, it is cancelled.
class Stream {
 public:
  virtual ~Stream() = default;

  // Sends a message after those before it, without waiting. From any thread. That it could not be
  // sent shows when the stream is read.
  virtual void Write(const MessageLite& message) = 0;
  // No message follows.
  virtual void WritesDone() = 0;
  // Waits for the next message. False at the end of the stream: Finish says why.
  virtual bool Read(MessageLite& message) = 0;
  // The same for streams of many small messages: the bytes of one message, valid until the next
  // call. Waits so that some arrive together, stops at Ctrl-C, and cancels the stream at `give_up`.
  virtual bool ReadBytes(std::vector<std::string_view>& pieces, Deadline give_up) = 0;
  // After Read returned false or after Cancel: how the stream ended.
  virtual Status Finish() = 0;
  // Ends what waits. From any thread.
  virtual void Cancel() = 0;
};

enum class LinkState { kConnecting, kReady, kFailed };

// Waits for connections. Used by one thread.
class LinkWatch {
 public:
  virtual ~LinkWatch() = default;
  // The endpoint's state. If it is not connected, it connects from now on, and Wait returns when
  // this state changes, or else at `until`.
  virtual LinkState Look(size_t endpoint, Deadline until) = 0;
  // Waits for the state of an endpoint that was looked at; false when its `until` came first.
  virtual bool Wait() = 0;
};

class Transport;

// Calls that are under way at the same time. Used by one thread; the destructor waits for them.
class ParallelCalls {
 public:
  virtual ~ParallelCalls() = default;
  // Starts a call; `transport` is of the same kind as the one that made this. `slot` is any small
  // number without a call under way; `response` is filled in when the call ends.
  virtual void Start(size_t slot, Transport& transport, size_t endpoint, const char* method,
                     const MessageLite& request, MessageLite& response,
                     const CallOptions& options) = 0;
  struct Ended {
    size_t slot;
    Status status;
  };
  // The next call that ended; nothing when none does within `nanos`.
  virtual std::optional<Ended> Next(int64_t nanos) = 0;
  virtual void CancelAll() = 0;
};

// What the TLS library and peer_check.h know of an endpoint's last failed connection.
struct TlsFault {
  std::string untrusted;  // why the server's certificate was refused; empty when it was not
  std::string error;      // the last error of the TLS library, of any endpoint
};

// Connections to the endpoints 0, 1, … of some ClientOptions. Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;

  // A unary call; `method` is "/package.Service/Method". Returns when it is answered, at the
  // deadline, or soon after Ctrl-C (Cancelled).
  virtual Status Call(size_t endpoint, const char* method, const MessageLite& request,
                      MessageLite& response, const CallOptions& options) = 0;
  // Begins a stream; whether that succeeds shows when it is read.
  virtual std::unique_ptr<Stream> Open(size_t endpoint, const char* method,
                                       const CallOptions& options) = 0;
  virtual std::unique_ptr<ParallelCalls> StartParallel() = 0;

  // Whether the endpoint is connected now.
  virtual bool Connected(size_t endpoint) = 0;
  virtual std::unique_ptr<LinkWatch> WatchLinks() = 0;
  virtual TlsFault LastTlsFault(size_t endpoint) = 0;

  // The clock of deadlines and pauses.
  virtual Clock& clock() { return SystemClock(); }
};

}  // namespace cairn::client
