// tests/unit/ctl/watch_test.cc: a watch prints its events as etcdctl does.
#include "tools/ctl/format/watch.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::WatchResponse;

WatchResponse Put(int64_t revision) {
  return Make<WatchResponse>(
      revision, fmt::format("watch_id: 3 events {{ kv {{ key: 'w1' create_revision: {0} "
                            "mod_revision: {0} version: 1 value: 'a' }} }}",
                            revision));
}

// The same deletion, with and without the pair before.
WatchResponse Delete(int64_t revision, bool previous) {
  auto response = Make<WatchResponse>(
      revision,
      fmt::format("events {{ type: DELETE kv {{ key: 'w1' mod_revision: {} }} }}", revision));
  if (previous) {
    mvccpb::KeyValue* kv = response.mutable_events(0)->mutable_prev_kv();
    kv->set_key("w1");
    kv->set_create_revision(revision - 1);
    kv->set_mod_revision(revision - 1);
    kv->set_version(1);
    kv->set_value("a");
  }
  return response;
}

TEST_CASE("a watch in simple has type, pair before, pair") {
  CHECK(PrintWatch(Put(31), kSimple) == "PUT\nw1\na\n");
  CHECK(PrintWatch(Put(31), kSimpleHex) == "PUT\n\\x77\\x31\n\\x61\n");
  CHECK(PrintWatch(Delete(32, false), kSimple) == "DELETE\nw1\n\n");
  CHECK(PrintWatch(Delete(32, true), kSimple) == "DELETE\nw1\na\nw1\n\n");
  CHECK(PrintWatch(Make<WatchResponse>(5, "events { type: 9 kv { key: 'k' } }"), kSimple) ==
        "9\nk\n\n");
}

TEST_CASE("a watch in json has every member of etcd's client struct") {
  CHECK(PrintWatch(Put(31), kJson) ==
        "{\"Header\":{" + HeaderMembers(31) +
            R"(},"Events":[{"kv":{"key":"dzE=","create_revision":31,"mod_revision":31,"version":1,)"
            R"("value":"YQ=="}}],"CompactRevision":0,"Canceled":false,"Created":false,)"
            "\"CancelReason\":\"\"}\n");
  CHECK(
      PrintWatch(Delete(32, true), kJson) ==
      "{\"Header\":{" + HeaderMembers(32) +
          R"(},"Events":[{"type":1,"kv":{"key":"dzE=","mod_revision":32},"prev_kv":{"key":"dzE=",)"
          R"("create_revision":31,"mod_revision":31,"version":1,"value":"YQ=="}}],)"
          R"("CompactRevision":0,"Canceled":false,"Created":false,"CancelReason":""})"
          "\n");
}

TEST_CASE("fragments of an answer print the bytes of the whole") {
  WatchResponse whole = Put(31);
  for (int64_t revision = 32; revision < 40; ++revision) {
    *whole.add_events() = Put(revision).events(0);
    *whole.add_events() = Delete(revision, true).events(0);
  }
  for (const Style& style : {kSimple, kSimpleHex, kJson, kFields, kFieldsHex, kProtobuf}) {
    for (const int size : {1, 2, 5, 16}) {
      WatchPrinter printer(style);
      std::string text;
      for (int i = 0; i < whole.events_size(); i += size) {
        WatchResponse part;
        *part.mutable_header() = whole.header();
        for (int k = i; k < std::min(i + size, whole.events_size()); ++k) {
          *part.add_events() = whole.events(k);
        }
        part.set_fragment(i + size < whole.events_size());
        text += printer.Print(7, part);
      }
      CHECK(text == PrintWatch(whole, style));
      CHECK(printer.Print(7, Put(50)) == PrintWatch(Put(50), style));
    }
  }
}

TEST_CASE("an answer that another watch breaks off is ended") {
  WatchPrinter printer(kJson);
  WatchResponse part = Put(31);
  part.set_fragment(true);
  std::string text = printer.Print(0, part);
  text += printer.Print(1, Put(32));
  CHECK(text == PrintWatch(Put(31), kJson) + PrintWatch(Put(32), kJson));
}

TEST_CASE("a watch that was canceled") {
  const auto canceled = Make<WatchResponse>(0, "canceled: true compact_revision: 12");
  CHECK(PrintWatch(canceled, kSimple) == "");
  CHECK(PrintWatch(canceled, kJson) ==
        R"({"Header":{"cluster_id":15875391935852295136,"member_id":7383792418829112008,)"
        R"("raft_term":2},"Events":null,"CompactRevision":12,"Canceled":true,"Created":false,)"
        R"("CancelReason":""})"
        "\n");
  CHECK(PrintWatch(Make<WatchResponse>("canceled: true cancel_reason: 'a \"reason\"'"), kJson) ==
        R"({"Header":{},"Events":null,"CompactRevision":0,"Canceled":true,"Created":false,)"
        R"("CancelReason":"a \"reason\""})"
        "\n");
}

TEST_CASE("a watch in fields") {
  CHECK(PrintWatch(Put(33), kFields) ==
        HeaderFields(33,
                     "\"Type\" : PUT\n\"Key\" : \"w1\"\n\"CreateRevision\" : 33\n"
                     "\"ModRevision\" : 33\n\"Version\" : 1\n\"Value\" : \"a\"\n\"Lease\" : 0\n"));
  CHECK(PrintWatch(Delete(34, true), kFields) ==
        HeaderFields(34,
                     "\"Type\" : DELETE\n\"PrevKey\" : \"w1\"\n\"PrevCreateRevision\" : 33\n"
                     "\"PrevModRevision\" : 33\n\"PrevVersion\" : 1\n\"PrevValue\" : \"a\"\n"
                     "\"PrevLease\" : 0\n\"Key\" : \"w1\"\n\"CreateRevision\" : 0\n"
                     "\"ModRevision\" : 34\n\"Version\" : 0\n\"Value\" : \"\"\n\"Lease\" : 0\n"));
}

TEST_CASE("a watch in protobuf leaves out the watch's id, the reason and the fragment") {
  WatchResponse put = Put(35);
  put.set_fragment(true);
  put.set_cancel_reason("why");
  CHECK(PrintWatch(put, kProtobuf) + PrintWatch(Delete(36, false), kProtobuf) ==
        Bytes("0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 2320 025a 0f12 0d0a"
              "0277 3110 2318 2320 012a 0161 0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782"
              "a0bc 6618 2420 025a 0a08 0112 060a 0277 3118 24"));
}

TEST_CASE("progress has its line in every format") {
  const auto progress = Make<WatchResponse>(43, "");
  CHECK(PrintWatch(progress, kSimple) == "progress notify: 43\n");
  CHECK(PrintWatch(progress, kFields) == "progress notify: 43\n" + HeaderFields(43, ""));
  CHECK(PrintWatch(progress, kJson) ==
        "progress notify: 43\n{\"Header\":{" + HeaderMembers(43) +
            R"(},"Events":null,"CompactRevision":0,"Canceled":false,"Created":false,)"
            "\"CancelReason\":\"\"}\n");
  CHECK(PrintWatch(Make<WatchResponse>(43, "created: true"), kSimple) == "");
}

TEST_CASE("a watch's command gets the event in its environment, quoted") {
  const auto put =
      Make<WatchResponse>(39, "events { kv { key: 'w1' mod_revision: 39 value: 'a \"q\"' } }");
  CHECK(WatchEnvironment(put, put.events(0)) ==
        std::vector<std::string>{"ETCD_WATCH_REVISION=39", "ETCD_WATCH_EVENT_TYPE=\"PUT\"",
                                 "ETCD_WATCH_KEY=\"w1\"", "ETCD_WATCH_VALUE=\"a \\\"q\\\"\""});
  const WatchResponse gone = Delete(40, false);
  CHECK(WatchEnvironment(gone, gone.events(0)) ==
        std::vector<std::string>{"ETCD_WATCH_REVISION=40", "ETCD_WATCH_EVENT_TYPE=\"DELETE\"",
                                 "ETCD_WATCH_KEY=\"w1\"", "ETCD_WATCH_VALUE=\"\""});
}

}  // namespace
}  // namespace cairn::ctl
