// client/watcher.h: watches that outlive the connections they run on.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/client.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

// Some watches on one stream. If the stream breaks, it is opened again, at another endpoint if
// necessary, and each watch resumes after the last revision that it was given: no event is lost or
// reported twice. A member without a leader is left for another one.
//
// One thread calls Next; Add, RequestProgress and Stop may come from any other. `client` must
// outlive it.
class Watcher {
 public:
  explicit Watcher(Client& client) : client_(client) {}
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Begins a watch; gives its number (0, 1, …). It begins with what happens from now on, or at the
  // request's start revision. A large answer comes in fragments of about the server's largest
  // request: response.fragment() says that more of it follows, as the watch's next answer.
  size_t Add(etcdserverpb::WatchCreateRequest request);
  // How many there are: the next one's number.
  size_t size();
  // Asks for each watch's progress: an answer without events, as soon as a watch has all events.
  void RequestProgress();

  struct Answer {
    size_t watch = 0;
    etcdserverpb::WatchResponse response;
    // Why the watch is over, when response.canceled(): the server's reason (absent or not), or that
    // of a stream that can't go on.
    std::string reason;
    // The server ended a watch that it had accepted.
    bool withdrawn = false;
  };
  // Waits for the next answer of any watch: events, progress, or a watch's end. While there is no
  // watch, it waits for one. Errors: Cancelled after Stop and after an interrupt.
  StatusOr<Answer> Next();

  // Next returns Cancelled from now on.
  void Stop();

 private:
  struct Watch {
    etcdserverpb::WatchCreateRequest request;  // from where it would go on
    int64_t id = -1;                           // on this stream; -1: not created there
    bool over = false;
    // A fragment may end within a revision; then the request resumes at that revision instead of
    // after it. So many of its events were reported, and so many are left to be skipped on a new
    // stream.
    int reported = 0, skip = 0;
  };

  bool stopped();
  // Opens a stream if there is none.
  Status Open();
  StatusOr<size_t> FindEndpoint();
  // Asks for the first watch that isn't there yet, if none is being created. With mutex_.
  void CreateNext();
  void Take(etcdserverpb::WatchResponse response);
  void TakeCreated(etcdserverpb::WatchResponse response);
  // Moves the watch's resume point after these events, and removes those that were reported on an
  // earlier stream.
  static void TakeEvents(Watch& watch, etcdserverpb::WatchResponse& response);
  // The stream ended: what that means for the watches.
  void TakeEnd(const Status& status);
  void End(size_t watch, std::string reason, bool withdrawn = false);
  void EndAll(const std::string& reason);

  Client& client_;
  std::deque<Answer> answers_;  // of Next's thread alone
  size_t last_endpoint_ = 0;
  size_t without_leader_ = 0;  // endpoints in a row
  bool token_renewed_ = false;

  std::mutex mutex_;  // for all below
  std::vector<Watch> watches_;
  int creating_ = -1;
  bool progress_wanted_ = false;
  bool stopped_ = false;
  std::shared_ptr<Stream> stream_;
};

}  // namespace cairn::client
