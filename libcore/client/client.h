// client/client.h: calls to an etcd cluster: which endpoint, how often, with which token, until
// when.
//
//   CAIRN_ASSIGN_OR_RETURN(auto client, Client::Create(options));
//   etcdserverpb::PutResponse response;
//   CAIRN_RETURN_IF_ERROR(client->Call(kPut, request, response, Deadline::After(5e9)));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/event.h"
#include "base/status.h"
#include "client/deadline.h"
#include "client/methods.h"
#include "client/options.h"
#include "client/transport.h"
#include "client/unreachable.h"

namespace cairn::client {

// Makes what carries the calls to the endpoints of some options.
using MakeTransport = std::function<StatusOr<std::unique_ptr<Transport>>(const ClientOptions&)>;

// One connection an endpoint, made when first used. Thread-safe but for Create.
class Client {
 public:
  // Whether a call failed because its answer would not fit into options().memory_bytes.
  static bool TooLarge(const Status& status);

  // Over gRPC. Reads the certificate files; connects to nothing. Errors: InvalidArgument for
  // options that make no sense together, NotFound and the like for files, in etcd's words.
  static StatusOr<std::unique_ptr<Client>> Create(ClientOptions options);
  static StatusOr<std::unique_ptr<Client>> Create(ClientOptions options, MakeTransport make);

  // One more with the same options, and connections of its own.
  StatusOr<std::unique_ptr<Client>> Another();

  const ClientOptions& options() const { return options_; }
  const std::vector<Endpoint>& endpoints() const { return options_.endpoints; }
  // That of deadlines and pauses.
  Clock& clock() const { return transport_->clock(); }

  // The same options and token for other endpoints. Errors: as Create.
  StatusOr<std::unique_ptr<Client>> WithEndpoints(std::vector<Endpoint> endpoints);

  // The same endpoints, over connections whose answers may take so much memory on their way: a page
  // may hold a thousand times what the last one held. Errors: as Create.
  StatusOr<std::unique_ptr<Client>> WithMemory(int64_t bytes);

  // A unary call to any endpoint: the first that is connected. Waits for one until the deadline;
  // an endpoint that is down costs no time while another is up.
  template <typename Request, typename Response>
  Status Call(const Method<Request, Response>& method, const Request& request, Response& response,
              Deadline deadline) {
    return Send(Usable(), {method.name, request, response, method.repeat, deadline});
  }

  // The same to the endpoint with this number, and to no other.
  template <typename Request, typename Response>
  Status CallAt(size_t endpoint, const Method<Request, Response>& method, const Request& request,
                Response& response, Deadline deadline) {
    return Send({endpoint}, {method.name, request, response, method.repeat, deadline});
  }

  // Fetches a token when there is a user and no token yet; calls do it by themselves. A cluster
  // without authentication needs none. Of several threads one fetches it, and the others wait.
  Status Login(Deadline deadline);

  // After a stream was refused with "etcdserver: invalid auth token": the next Prepare fetches
  // another one. False when there is no user to fetch it for.
  bool DropToken();

  // For streams and parallel calls: a connected endpoint, none that has refused as a learner while
  // there is another, and the options with a token. The transport lives as long as the client.
  StatusOr<size_t> Connect(Deadline deadline);
  Status ConnectTo(size_t endpoint, Deadline deadline);
  StatusOr<CallOptions> Prepare(Deadline deadline);
  Transport& transport() const { return *transport_; }
  // The status of a stream that ended, with the endpoint named where the server is not to blame.
  // What this endpoint alone refuses is Unavailable while there is another: Connect finds that.
  Status StreamStatus(size_t endpoint, const Status& status);

 private:
  // A unary call, and how it may be sent.
  struct Outgoing {
    const char* method;
    const MessageLite& request;
    MessageLite& response;
    Repeat repeat;
    Deadline deadline;
    bool with_token = true;
  };

  Client(ClientOptions options, MakeTransport make)
      : options_(std::move(options)), make_(std::move(make)) {}

  // Again with another token when the last one is refused.
  Status Send(const std::vector<size_t>& endpoints, const Outgoing& call);
  // At one endpoint after another. `answer` becomes the status of the last call as it came.
  Status SendAmong(std::vector<size_t> endpoints, const Outgoing& call, Status& answer);
  // Of a call that is not sent again.
  Status Final(const std::vector<size_t>& endpoints, size_t at, const Outgoing& call, bool late,
               const Status& answer) const;
  StatusOr<std::unique_ptr<Client>> With(ClientOptions options);
  StatusOr<size_t> ConnectAmong(const std::vector<size_t>& endpoints, Deadline deadline);
  Status NotReached(const std::vector<size_t>& endpoints, const std::vector<Hindrance>& hindrances);
  Status FetchToken(Deadline deadline, std::string& token);
  Status Converted(size_t endpoint, const Status& status) const;
  // Those that don't refuse as learners; all when every one does.
  std::vector<size_t> Usable();
  // What this endpoint alone refuses goes to others from now on. False when none is left.
  bool Avoid(size_t endpoint, const Status& status);

  const ClientOptions options_;
  const MakeTransport make_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Unreachable> unreachable_;

  std::mutex avoided_mutex_;
  std::map<size_t, std::string> avoided_;  // endpoints, and what they said

  std::mutex token_mutex_;           // for all below; not held during calls
  std::shared_ptr<Event> fetching_;  // set at the end of the fetch that is under way; else none
  std::string token_;
  bool authenticated_ = false;
};

}  // namespace cairn::client
