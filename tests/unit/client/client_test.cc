// tests/unit/client/client_test.cc: which calls are sent again, where, with which token, and what
// is said in the end.
#include "client/client.h"

#include <doctest/doctest.h>

#include <set>
#include <thread>

#include "fake_transport.h"

namespace cairn::client {
namespace {

using etcdserverpb::AuthenticateResponse;
using etcdserverpb::PutRequest;
using etcdserverpb::PutResponse;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::StatusResponse;

constexpr int64_t kSecond = 1'000'000'000;
const std::string kLearner = "etcdserver: rpc not supported for learner";
const std::string kInvalidToken = "etcdserver: invalid auth token";

Status Put(Client& client, Deadline deadline) {
  PutResponse response;
  return client.Call(kPut, PutRequest(), response, deadline);
}

Status Range(Client& client, Deadline deadline) {
  RangeResponse response;
  return client.Call(kRange, RangeRequest(), response, deadline);
}

// Answers questions for the leader, as a member that has one.
bool AskedForStatus(const FakeCall& call, MessageLite& response) {
  if (call.method != kStatus.name) return false;
  StatusResponse status;
  status.set_leader(1);
  return Respond(status, response).ok();
}

TEST_CASE("a read whose connection broke is sent again, a write is not") {
  FakeCluster cluster(1);
  int failures = 1;
  cluster.answer = [&](const FakeCall&, MessageLite&) {
    return failures-- > 0 ? absl::UnavailableError("Socket closed") : absl::OkStatus();
  };
  const auto client = cluster.NewClient();
  CHECK(Range(*client, cluster.After(5 * kSecond)).ok());
  CHECK(cluster.Count(kRange.name) == 2);
  failures = 1;
  const Status put = Put(*client, cluster.After(5 * kSecond));
  CHECK(cluster.Count(kPut.name) == 1);
  CHECK(Message(put) ==
        "e0:2379: rpc error: code = Unavailable desc = Socket closed (it is not known whether the "
        "request took effect: check before you repeat it)");
}

TEST_CASE("a write that was certainly not taken is sent again until the deadline") {
  FakeCluster cluster(1);
  cluster.answer = [&](const FakeCall& call, MessageLite& response) -> Status {
    if (AskedForStatus(call, response)) return absl::OkStatus();
    return absl::UnavailableError("etcdserver: no leader");
  };
  const auto client = cluster.NewClient();
  const Status put = Put(*client, cluster.After(kSecond));
  CHECK(cluster.Count(kPut.name) == 20);  // one each 50 ms, the last with no time for another
  CHECK(Message(put) == "etcdserver: no leader (e0:2379: connected, but no answer)");
  CHECK(absl::IsUnavailable(put));
}

TEST_CASE("a refusal is final, in the server's words") {
  FakeCluster cluster(2);
  cluster.answer = [&](const FakeCall&, MessageLite&) {
    return absl::InvalidArgumentError("etcdserver: key is not provided");
  };
  const auto client = cluster.NewClient();
  const Status put = Put(*client, cluster.After(kSecond));
  CHECK(cluster.calls.size() == 1);
  CHECK(put == absl::InvalidArgumentError("etcdserver: key is not provided"));
}

TEST_CASE("a learner is left for the other endpoints, and stays left") {
  FakeCluster cluster(3);
  cluster.answer = [&](const FakeCall& call, MessageLite&) {
    return call.endpoint == 1 ? absl::FailedPreconditionError(kLearner) : absl::OkStatus();
  };
  const auto client = cluster.NewClient();
  for (int i = 0; i < 50; ++i) CHECK(Put(*client, cluster.After(kSecond)).ok());
  CHECK(cluster.CountAt(kPut.name, 1) <= 1);
  CHECK(cluster.CountAt(kPut.name, 0) > 0);
  CHECK(cluster.CountAt(kPut.name, 2) > 0);
}

TEST_CASE("learners alone: the last one's refusal is the answer") {
  FakeCluster cluster(2);
  cluster.answer = [&](const FakeCall&, MessageLite&) {
    return absl::FailedPreconditionError(kLearner);
  };
  const auto client = cluster.NewClient();
  CHECK(Message(Put(*client, cluster.After(kSecond))) == kLearner);
  CHECK(cluster.CountAt(kPut.name, 0) == 1);
  CHECK(cluster.CountAt(kPut.name, 1) == 1);
}

TEST_CASE("an endpoint that is down costs no time while another is up") {
  FakeCluster cluster(3);
  cluster.down = {true, false, true};
  cluster.answer = [&](const FakeCall&, MessageLite&) { return absl::OkStatus(); };
  const auto client = cluster.NewClient();
  for (int i = 0; i < 10; ++i) CHECK(Put(*client, cluster.After(kSecond)).ok());
  CHECK(cluster.CountAt(kPut.name, 1) == 10);
  CHECK(cluster.clock.MonotonicNanos() == 0);
}

TEST_CASE("with all endpoints down the call ends at its deadline, and says why for each") {
  FakeCluster cluster(2);
  cluster.down = {true, true};
  const auto client = cluster.NewClient();
  const Status put = Put(*client, cluster.After(kSecond));
  CHECK(absl::IsDeadlineExceeded(put));
  CHECK(Message(put) ==
        "context deadline exceeded (e0:2379: connection refused; e1:2379: connection refused)");
  CHECK(cluster.clock.MonotonicNanos() >= kSecond);
}

TEST_CASE("who does not wait in vain ends as soon as every endpoint refuses") {
  for (const size_t endpoints : {size_t{1}, size_t{2}}) {
    FakeCluster cluster(endpoints);
    cluster.down.assign(endpoints, true);
    const auto client = cluster.NewClient();
    const Status put = Put(*client, cluster.After(5 * kSecond).UnlessRefused());
    CHECK(Message(put).starts_with("context deadline exceeded (e0:2379: connection refused"));
    CHECK(cluster.clock.MonotonicNanos() < kSecond);
  }
}

TEST_CASE("a call to one endpoint goes to no other") {
  FakeCluster cluster(2);
  cluster.answer = [&](const FakeCall&, MessageLite&) {
    return absl::FailedPreconditionError(kLearner);
  };
  const auto client = cluster.NewClient();
  StatusResponse response;
  const Status asked =
      client->CallAt(1, kStatus, etcdserverpb::StatusRequest(), response, cluster.After(kSecond));
  CHECK(Message(asked) == kLearner);
  CHECK(cluster.calls.size() == 1);
  CHECK(cluster.calls[0].endpoint == 1);
}

TEST_CASE("no answer in time: whether the cluster lacks a leader is part of the answer") {
  FakeCluster cluster(1);
  uint64_t leader = 0;
  cluster.answer = [&](const FakeCall& call, MessageLite& response) -> Status {
    if (call.method != kStatus.name) {
      cluster.clock.SleepNanos(call.options.deadline.LeftNanos());
      return absl::DeadlineExceededError("Deadline Exceeded");
    }
    StatusResponse status;
    status.set_leader(leader);
    return Respond(status, response);
  };
  const auto client = cluster.NewClient();
  CHECK(Message(Range(*client, cluster.After(kSecond))) ==
        "context deadline exceeded (no leader: e0:2379 answers, without a quorum of the members; "
        "get --consistency=s still reads)");
  leader = 7;
  CHECK(Message(Range(*client, cluster.After(kSecond))) ==
        "context deadline exceeded (e0:2379: connected, but no answer)");
}

// A cluster with users: tokens are "t1", "t2", …, of which those in `valid` are taken.
struct WithUsers {
  FakeCluster cluster{1};
  std::set<std::string> valid;
  int tokens = 0;
  std::mutex mutex;

  WithUsers() {
    cluster.answer = [this](const FakeCall& call, MessageLite& response) -> Status {
      const std::lock_guard lock(mutex);
      if (call.method == kAuthenticate.name) {
        AuthenticateResponse answer;
        answer.set_token("t" + std::to_string(++tokens));
        valid.insert(answer.token());
        return Respond(answer, response);
      }
      if (valid.contains(call.options.token)) return absl::OkStatus();
      return absl::UnauthenticatedError(kInvalidToken);
    };
  }
  std::unique_ptr<Client> NewClient() {
    ClientOptions options;
    options.user = "root";
    options.password = "x";
    return cluster.NewClient(options);
  }
};

TEST_CASE("a token is fetched once, and again when the server has lost it") {
  WithUsers users;
  const auto client = users.NewClient();
  CHECK(Put(*client, users.cluster.After(kSecond)).ok());
  CHECK(Put(*client, users.cluster.After(kSecond)).ok());
  CHECK(users.tokens == 1);
  CHECK(users.cluster.calls[0].options.token.empty());
  users.valid.clear();
  CHECK(Put(*client, users.cluster.After(kSecond)).ok());
  CHECK(users.tokens == 2);
  CHECK(users.cluster.calls.back().options.token == "t2");
}

TEST_CASE("a token that never becomes valid is not fetched for ever") {
  WithUsers users;
  users.cluster.answer = [&](const FakeCall& call, MessageLite& response) -> Status {
    if (call.method != kAuthenticate.name) return absl::UnauthenticatedError(kInvalidToken);
    ++users.tokens;
    AuthenticateResponse answer;
    answer.set_token("t");
    return Respond(answer, response);
  };
  const auto client = users.NewClient();
  CHECK(Message(Put(*client, users.cluster.After(60 * kSecond))) == kInvalidToken);
  CHECK(users.tokens == 21);
}

TEST_CASE("a cluster without authentication needs no token") {
  WithUsers users;
  users.cluster.answer = [&](const FakeCall& call, MessageLite&) -> Status {
    if (call.method != kAuthenticate.name) return absl::OkStatus();
    return absl::FailedPreconditionError("etcdserver: authentication is not enabled");
  };
  const auto client = users.NewClient();
  CHECK(Put(*client, users.cluster.After(kSecond)).ok());
  CHECK(Put(*client, users.cluster.After(kSecond)).ok());
  CHECK(users.cluster.Count(kAuthenticate.name) == 1);
}

TEST_CASE("a wrong password is the answer, without a call") {
  WithUsers users;
  users.cluster.answer = [&](const FakeCall&, MessageLite&) -> Status {
    return absl::InvalidArgumentError(
        "etcdserver: authentication failed, invalid user ID or password");
  };
  const auto client = users.NewClient();
  CHECK(Message(Put(*client, users.cluster.After(kSecond))) ==
        "etcdserver: authentication failed, invalid user ID or password");
  CHECK(users.cluster.Count(kPut.name) == 0);
}

TEST_CASE("while one thread fetches the token, nothing else waits for a lock") {
  WithUsers users;
  const auto answer = users.cluster.answer;
  Client* asked = nullptr;
  bool dropped = false;
  users.cluster.answer = [&](const FakeCall& call, MessageLite& response) -> Status {
    // It would never return if the lock were held over this call.
    if (call.method == kAuthenticate.name) dropped = asked->DropToken();
    return answer(call, response);
  };
  const auto client = users.NewClient();
  asked = client.get();
  CHECK(client->Login(users.cluster.After(kSecond)).ok());
  CHECK(dropped);
  CHECK(users.tokens == 1);
}

}  // namespace
}  // namespace cairn::client
