// tests/unit/client/keep_alive_test.cc: renewals of a lease, and when a session is lost.
#include "client/keep_alive.h"

#include <doctest/doctest.h>

#include "base/event.h"
#include "client/session.h"
#include "fake_transport.h"

namespace cairn::client {
namespace {

using etcdserverpb::LeaseGrantResponse;
using etcdserverpb::LeaseKeepAliveRequest;
using etcdserverpb::LeaseKeepAliveResponse;

constexpr int64_t kSecond = 1'000'000'000;

LeaseKeepAliveResponse Renewed(int64_t ttl) {
  LeaseKeepAliveResponse response;
  response.set_id(7);
  response.set_ttl(ttl);
  return response;
}

FakeStreamScript Answer(int64_t ttl) { return {{Bytes(Renewed(ttl))}, absl::OkStatus(), true}; }
FakeStreamScript Fails(Status status) { return {{}, std::move(status), false}; }

TEST_CASE("a renewal whose stream broke is sent again until the deadline") {
  FakeCluster cluster(1);
  cluster.streams = {Fails(absl::UnavailableError("Socket closed")), Fails(absl::OkStatus()),
                     Answer(10)};
  const auto client = cluster.NewClient();
  const auto renewed = KeepAliveOnce(*client, 7, cluster.After(kSecond));
  REQUIRE(renewed.ok());
  CHECK(renewed->ttl() == 10);
  CHECK(cluster.opened.size() == 3);
  CHECK(Parsed<LeaseKeepAliveRequest>(cluster.written.back()).id() == 7);
  // All that follow find nothing.
  const auto failed = KeepAliveOnce(*client, 7, cluster.After(kSecond));
  CHECK(absl::IsUnavailable(failed.status()));
  CHECK(cluster.opened.size() == 3 + 20);
}

TEST_CASE("a refusal of a renewal is final") {
  FakeCluster cluster(1);
  cluster.streams = {Fails(absl::NotFoundError("etcdserver: requested lease not found"))};
  const auto client = cluster.NewClient();
  const auto renewed = KeepAliveOnce(*client, 7, cluster.After(kSecond));
  CHECK(Message(renewed.status()) == "etcdserver: requested lease not found");
  CHECK(cluster.opened.size() == 1);
}

TEST_CASE("a learner is left for another endpoint") {
  FakeCluster cluster(2);
  const auto client = cluster.NewClient();
  cluster.streams = {
      Fails(absl::FailedPreconditionError("etcdserver: rpc not supported for learner")),
      Answer(10)};
  CHECK(KeepAliveOnce(*client, 7, cluster.After(kSecond)).ok());
  REQUIRE(cluster.opened.size() == 2);
  CHECK(cluster.opened[0].endpoint != cluster.opened[1].endpoint);
}

TEST_CASE("a lease is renewed three times in its TTL, which the server may change") {
  FakeClock clock;
  LeaseLife life(9, clock);
  CHECK(life.PauseNanos() == 3 * kSecond);
  CHECK(life.Take(Renewed(30)));
  CHECK(life.PauseNanos() == 10 * kSecond);
}

TEST_CASE("a lease is lost when the server says so, or when nobody answered for its TTL") {
  FakeClock clock;
  LeaseLife life(9, clock);
  const Status silent = absl::UnavailableError("e0:2379: Socket closed");
  clock.SleepNanos(8 * kSecond);
  CHECK(life.Take(silent));
  CHECK(life.Take(Renewed(9)));
  clock.SleepNanos(8 * kSecond);
  CHECK(life.Take(silent));
  clock.SleepNanos(kSecond);
  CHECK_FALSE(life.Take(silent));
  LeaseLife other(9, clock);
  CHECK_FALSE(other.Take(Renewed(0)));
  CHECK_FALSE(other.Take(absl::NotFoundError("etcdserver: requested lease not found")));
  // After Ctrl-C its owner cleans up, for which it lives long enough.
  clock.SleepNanos(60 * kSecond);
  CHECK(other.Take(absl::CancelledError("interrupted")));
}

TEST_CASE("a session renews its lease, and says when it is lost") {
  FakeCluster cluster(1);
  cluster.answer = [](const FakeCall& call, MessageLite& response) {
    CHECK(call.method == kLeaseGrant.name);
    LeaseGrantResponse granted;
    granted.set_id(7);
    granted.set_ttl(1);
    return Respond(granted, response);
  };
  cluster.streams = {Answer(1), Answer(0)};
  const auto client = cluster.NewClient();
  const auto session = Session::Start(*client, 1, cluster.After(kSecond));
  REQUIRE(session.ok());
  CHECK((*session)->lease() == 7);
  Event lost;
  (*session)->OnLost([&] { lost.Set(); });
  CHECK(lost.Wait(30 * kSecond));
  CHECK((*session)->lost());
  CHECK(cluster.opened.size() == 2);
}

}  // namespace
}  // namespace cairn::client
