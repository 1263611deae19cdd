// client/client.h: calls to an etcd cluster: which endpoint, how often, with which token, until
// when.
//
//   CAIRN_ASSIGN_OR_RETURN(auto client, Client::Create(options));
//   etcdserverpb::PutResponse response;
//   CAIRN_RETURN_IF_ERROR(client->Call<etcdserverpb::KV>(
//       &etcdserverpb::KV::Stub::AsyncPut, request, response, Repeat::kUnsafe,
//       Deadline::After(5e9)));
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/await.h"
#include "client/deadline.h"
#include "client/options.h"
#include "client/peer_check.h"

namespace cairn::client {

// A service's unary call, as `&etcdserverpb::KV::Stub::AsyncPut`.
template <typename Service, typename Request, typename Response>
using Method = std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (Service::Stub::*)(
    grpc::ClientContext*, const Request&, grpc::CompletionQueue*);

// Whether a call may be sent a second time when nobody knows what became of the first.
enum class Repeat {
  kSafe,    // reads: again, at another endpoint, while there is time
  kUnsafe,  // writes: again only when the server surely didn't take it
};

// One channel an endpoint, connected when first used. Thread-safe but for Create.
class Client {
 public:
  // Whether a call failed because its answer would not fit into options().memory_bytes.
  static bool TooLarge(const Status& status);

  // Reads the certificate files; connects to nothing. Errors: InvalidArgument for options that
  // make no sense together, NotFound and the like for files, in etcd's words.
  static StatusOr<std::unique_ptr<Client>> Create(ClientOptions options);
  ~Client();

  // One more with the same options, and connections of its own.
  StatusOr<std::unique_ptr<Client>> Another();

  const ClientOptions& options() const { return options_; }
  const std::vector<Endpoint>& endpoints() const { return options_.endpoints; }

  // The same options and token for other endpoints. Errors: as Create.
  StatusOr<std::unique_ptr<Client>> WithEndpoints(std::vector<Endpoint> endpoints);

  // The same endpoints, over connections whose answers may take so much memory on their way: a page
  // may hold a thousand times what the last one held. Errors: as Create.
  StatusOr<std::unique_ptr<Client>> WithMemory(int64_t bytes);

  // A unary call to any endpoint: the first that is connected. Waits for one until the deadline;
  // an endpoint that is down costs no time while another is up.
  template <typename Service, typename Request, typename Response>
  Status Call(Method<Service, Request, Response> method, const Request& request, Response& response,
              Repeat repeat, Deadline deadline) {
    return Try(repeat, deadline, [&](size_t at, grpc::ClientContext& context) {
      return CallOnce<Service>(at, context, method, request, response);
    });
  }

  // The same to the endpoint with this number, and to no other.
  template <typename Service, typename Request, typename Response>
  Status CallAt(size_t endpoint, Method<Service, Request, Response> method, const Request& request,
                Response& response, Repeat repeat, Deadline deadline) {
    return TryAt(endpoint, repeat, deadline, [&](size_t at, grpc::ClientContext& context) {
      return CallOnce<Service>(at, context, method, request, response);
    });
  }

  // Fetches a token when there is a user and no token yet; calls do it by themselves. A cluster
  // without authentication needs none.
  Status Login(Deadline deadline);

  // After a stream was refused with "etcdserver: invalid auth token": the next Prepare fetches
  // another one. False when there is no user to fetch it for.
  bool DropToken();

  // For streams: a connected endpoint, none that has refused as a learner while there is another,
  // and a context with its token and deadline. The channel lives as long as the client.
  StatusOr<size_t> Connect(Deadline deadline);
  Status ConnectTo(size_t endpoint, Deadline deadline);
  Status Prepare(grpc::ClientContext& context, Deadline deadline);
  const std::shared_ptr<grpc::Channel>& channel(size_t endpoint) const {
    return channels_[endpoint];
  }
  // The status of a stream that ended, with the endpoint named where the server is not to blame.
  // What this endpoint alone refuses is Unavailable while there is another: Connect finds that.
  Status StreamStatus(size_t endpoint, const grpc::Status& status);

 private:
  using Attempt = std::function<grpc::Status(size_t endpoint, grpc::ClientContext&)>;

  explicit Client(ClientOptions options) : options_(std::move(options)) {}

  template <typename Service, typename Request, typename Response>
  grpc::Status CallOnce(size_t at, grpc::ClientContext& context,
                        Method<Service, Request, Response> method, const Request& request,
                        Response& response) const {
    typename Service::Stub stub(channels_[at]);
    grpc::CompletionQueue answers;
    const auto call = (stub.*method)(&context, request, &answers);
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    (void)AwaitStep(context, answers);  // how it went is in `status`
    return status;
  }
  Status Try(Repeat repeat, Deadline deadline, const Attempt& attempt);
  Status TryAt(size_t endpoint, Repeat repeat, Deadline deadline, const Attempt& attempt);
  Status TryWithToken(const std::vector<size_t>& endpoints, Repeat repeat, Deadline deadline,
                      const Attempt& attempt);
  Status TryAmong(std::vector<size_t> endpoints, Repeat repeat, Deadline deadline,
                  const Attempt& attempt);
  StatusOr<std::unique_ptr<Client>> With(ClientOptions options);
  StatusOr<size_t> ConnectAmong(const std::vector<size_t>& endpoints, Deadline deadline);
  // Why an endpoint can't be reached, and whether waiting may help.
  struct Hindrance {
    std::string text;
    bool lasting = false;
  };
  Hindrance WhyNot(size_t endpoint, const grpc::Status& status) const;
  std::vector<Hindrance> AskWhyNot(const std::vector<size_t>& endpoints) const;
  // The words for a connection that was ended without one, by a look at what listens.
  std::string WhyEnded(size_t endpoint) const;
  Status NotReached(const std::vector<size_t>& endpoints,
                    const std::vector<Hindrance>& hindrances);
  // What to add to "context deadline exceeded" when `at` was connected and did not answer in time,
  // or knew no leader.
  std::string WhyLate(const std::vector<size_t>& endpoints, size_t at);
  Status Converted(size_t endpoint, const grpc::Status& status) const;
  // Those that don't refuse as learners; all when every one does.
  std::vector<size_t> Usable();
  // What this endpoint alone refuses goes to others from now on. False when none is left.
  bool Avoid(size_t endpoint, const grpc::Status& status);

  const ClientOptions options_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::shared_ptr<PeerVerdict>> verdicts_;  // none where there is no TLS
  std::vector<size_t> all_;                             // 0, 1, …
  std::mutex avoided_mutex_;
  std::map<size_t, std::string> avoided_;  // endpoints, and what they said
  std::mutex mutex_;
  std::string token_;
  bool authenticated_ = false;
};

}  // namespace cairn::client
