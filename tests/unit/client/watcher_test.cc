// tests/unit/client/watcher_test.cc: watches go on where their stream broke, and end for a reason.
#include "client/watcher.h"

#include <doctest/doctest.h>

#include <thread>

#include "fake_transport.h"

namespace cairn::client {
namespace {

using etcdserverpb::WatchCreateRequest;
using etcdserverpb::WatchRequest;
using etcdserverpb::WatchResponse;

WatchCreateRequest Key(const std::string& key, int64_t revision = 0) {
  WatchCreateRequest request;
  request.set_key(key);
  request.set_start_revision(revision);
  return request;
}

std::string Created(int64_t id, int64_t revision) {
  WatchResponse response;
  response.set_created(true);
  response.set_watch_id(id);
  response.mutable_header()->set_revision(revision);
  return Bytes(response);
}

// Events of the watch 0 at these revisions.
std::string Events(const std::vector<int64_t>& revisions, bool fragment = false) {
  WatchResponse response;
  response.mutable_header()->set_revision(revisions.back());
  response.set_fragment(fragment);
  for (const int64_t revision : revisions) {
    mvccpb::KeyValue& kv = *response.add_events()->mutable_kv();
    kv.set_key("k");
    kv.set_mod_revision(revision);
  }
  return Bytes(response);
}

std::string Refused(const std::string& reason, int64_t compact_revision = 0) {
  WatchResponse response;
  response.set_created(compact_revision == 0);
  response.set_canceled(true);
  response.set_cancel_reason(reason);
  response.set_compact_revision(compact_revision);
  return Bytes(response);
}

std::vector<int64_t> Revisions(const StatusOr<Watcher::Answer>& answer) {
  std::vector<int64_t> revisions;
  REQUIRE(answer.ok());
  for (const auto& event : answer->response.events()) {
    revisions.push_back(event.kv().mod_revision());
  }
  return revisions;
}

// From where the watch was asked for, each time.
std::vector<int64_t> StartRevisions(const FakeCluster& cluster) {
  std::vector<int64_t> revisions;
  for (const std::string& bytes : cluster.written) {
    const auto request = Parsed<WatchRequest>(bytes);
    if (!request.has_create_request()) continue;
    revisions.push_back(request.create_request().start_revision());
  }
  return revisions;
}

FakeStreamScript Broken(std::vector<std::string> messages) {
  return {std::move(messages), absl::UnavailableError("Socket closed"), false};
}

TEST_CASE("a watch whose stream broke goes on after its last event") {
  FakeCluster cluster(2);
  cluster.streams = {Broken({Created(0, 10), Events({11, 12})}), Broken({}),
                     Broken({Created(0, 20), Events({13})})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  CHECK(Revisions(watcher.Next()) == std::vector<int64_t>{11, 12});
  CHECK(Revisions(watcher.Next()) == std::vector<int64_t>{13});
  CHECK(StartRevisions(cluster) == std::vector<int64_t>{0, 13, 13});
  for (const FakeCall& stream : cluster.opened) {
    CHECK(stream.method == kWatch);
    CHECK(stream.options.needs_leader);
    CHECK(stream.options.deadline.never());
  }
}

TEST_CASE("a watch that broke before its first event misses nothing") {
  FakeCluster cluster(1);
  cluster.streams = {Broken({Created(0, 10)}), Broken({Created(0, 15), Events({11})})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  CHECK(Revisions(watcher.Next()) == std::vector<int64_t>{11});
  CHECK(StartRevisions(cluster) == std::vector<int64_t>{0, 11});
}

TEST_CASE("a stream that broke within a revision gives none of its events twice") {
  FakeCluster cluster(1);
  cluster.streams = {Broken({Created(0, 10), Events({11, 12, 12}, true)}),
                     Broken({Created(0, 13), Events({12, 12, 12, 13})})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  CHECK(Revisions(watcher.Next()) == std::vector<int64_t>{11, 12, 12});
  CHECK(Revisions(watcher.Next()) == std::vector<int64_t>{12, 13});
  CHECK(StartRevisions(cluster) == std::vector<int64_t>{0, 12});
}

TEST_CASE("a compacted revision ends the watch") {
  FakeCluster cluster(1);
  cluster.streams = {Broken({Created(0, 10), Refused("", 9)})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k", 5));
  const auto answer = watcher.Next();
  REQUIRE(answer.ok());
  CHECK(answer->response.canceled());
  CHECK(answer->response.compact_revision() == 9);
  CHECK(answer->reason == "etcdserver: mvcc: required revision has been compacted");
}

TEST_CASE("a watch that is refused ends with the server's reason, and the next one is asked for") {
  FakeCluster cluster(1);
  cluster.streams = {
      Broken({Refused("etcdserver: permission denied"), Created(0, 10), Events({11})})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  CHECK(watcher.Add(Key("secret")) == 0);
  CHECK(watcher.Add(Key("k")) == 1);
  const auto refused = watcher.Next();
  REQUIRE(refused.ok());
  CHECK(refused->watch == 0);
  CHECK(refused->reason == "etcdserver: permission denied");
  CHECK_FALSE(refused->withdrawn);
  const auto events = watcher.Next();
  CHECK(Revisions(events) == std::vector<int64_t>{11});
  CHECK(events->watch == 1);
}

TEST_CASE("a watch that is refused for its token gets another one, once") {
  FakeCluster cluster(1);
  int tokens = 0;
  cluster.answer = [&](const FakeCall&, MessageLite& response) {
    etcdserverpb::AuthenticateResponse answer;
    answer.set_token("t" + std::to_string(++tokens));
    return Respond(answer, response);
  };
  const std::string reason =
      "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token";
  cluster.streams = {{{Refused(reason)}, absl::OkStatus(), true},
                     {{Refused(reason)}, absl::OkStatus(), true}};
  ClientOptions options;
  options.user = "root";
  options.password = "x";
  const auto client = cluster.NewClient(options);
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  const auto answer = watcher.Next();
  REQUIRE(answer.ok());
  CHECK(answer->reason == reason);
  CHECK(tokens == 2);
  REQUIRE(cluster.opened.size() == 2);
  CHECK(cluster.opened[0].options.token == "t1");
  CHECK(cluster.opened[1].options.token == "t2");
}

TEST_CASE("a member without a leader is left for another; without any other the watch ends") {
  const Status no_leader = absl::UnavailableError("etcdserver: no leader");
  FakeCluster cluster(2);
  cluster.streams = {{{}, no_leader, false}, Broken({Created(0, 10), Events({11})})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  CHECK(Revisions(watcher.Next()) == std::vector<int64_t>{11});
  REQUIRE(cluster.opened.size() == 2);
  CHECK(cluster.opened[0].endpoint != cluster.opened[1].endpoint);
  cluster.streams = {{{}, no_leader, false}, {{}, no_leader, false}};
  const auto answer = watcher.Next();
  REQUIRE(answer.ok());
  CHECK(answer->reason == "etcdserver: no leader");
}

TEST_CASE("Stop ends a Next that waits, from another thread") {
  FakeCluster cluster(1);
  cluster.streams = {{{Created(0, 10)}, absl::OkStatus(), true}};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  std::thread stop([&] { watcher.Stop(); });
  CHECK(absl::IsCancelled(watcher.Next().status()));
  stop.join();
  CHECK(absl::IsCancelled(watcher.Next().status()));
}

TEST_CASE("progress that is asked for before there is a stream is asked for then") {
  FakeCluster cluster(1);
  WatchResponse progress;
  progress.set_watch_id(-1);
  progress.mutable_header()->set_revision(12);
  cluster.streams = {Broken({Created(0, 10), Bytes(progress)})};
  const auto client = cluster.NewClient();
  Watcher watcher(*client);
  watcher.Add(Key("k"));
  watcher.RequestProgress();
  const auto answer = watcher.Next();
  REQUIRE(answer.ok());
  CHECK(answer->response.header().revision() == 12);
  CHECK(Parsed<WatchRequest>(cluster.written.back()).has_progress_request());
}

}  // namespace
}  // namespace cairn::client
