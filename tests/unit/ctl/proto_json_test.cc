// tests/unit/ctl/proto_json_test.cc: messages as Go's encoding/json writes etcd's structs.
#include "tools/ctl/format/proto_json.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using mvccpb::KeyValue;

TEST_CASE("zero values are left out, a set but empty message is an empty object") {
  CHECK(MessageJson(etcdserverpb::StatusResponse()) == "{}");
  CHECK(MessageJson(Make<etcdserverpb::StatusResponse>("header { } downgradeInfo { }")) ==
        R"({"header":{},"downgradeInfo":{}})");
  CHECK(MessageJson(Make<etcdserverpb::MemberListResponse>("members { } members { ID: 1 }")) ==
        R"({"members":[{},{"ID":1}]})");
}

TEST_CASE("numbers keep their sign and all their digits, enums are numbers") {
  CHECK(MessageJson(Make<etcdserverpb::HashKVResponse>(
            "header { cluster_id: 18446744073709551615 revision: -9223372036854775808 } "
            "hash: 4294967295 compact_revision: -1")) ==
        R"({"header":{"cluster_id":18446744073709551615,"revision":-9223372036854775808},)"
        R"("hash":4294967295,"compact_revision":-1})");
  CHECK(MessageJson(Make<etcdserverpb::AlarmMember>("alarm: CORRUPT")) == R"({"alarm":2})");
}

TEST_CASE("text is escaped, bytes are base64, lists keep what is empty") {
  CHECK(MessageJson(Make<etcdserverpb::Member>("name: '<a&\"b>' peerURLs: ['', 'x']")) ==
        R"({"name":"\u003ca\u0026\"b\u003e","peerURLs":["","x"]})");
  CHECK(MessageJson(Make<etcdserverpb::LeaseTimeToLiveResponse>("keys: ['', '\\377']")) ==
        R"({"keys":["","/w=="]})");
}

TEST_CASE("a oneof is an object of its own") {
  CHECK(MessageJson(Make<etcdserverpb::ResponseOp>("response_delete_range { deleted: 1 }")) ==
        R"({"Response":{"response_delete_range":{"deleted":1}}})");
  CHECK(MessageJson(Make<etcdserverpb::ResponseOp>("response_put { }")) ==
        R"({"Response":{"response_put":{}}})");
  CHECK(MessageJson(etcdserverpb::ResponseOp()) == R"({"Response":{}})");
}

TEST_CASE("the short way for pairs writes each member") {
  const auto json = [](const KeyValue& kv) {
    std::string text = "x";
    AppendKeyValueJson(kv, &text);
    return text;
  };
  CHECK(json(KeyValue()) == "x{}");
  CHECK(json(Make<KeyValue>("version: 4")) == R"(x{"version":4})");
  CHECK(json(Make<KeyValue>("key: 'k' create_revision: 2 mod_revision: 3 version: -4 value: 'v' "
                            "lease: -5")) ==
        R"(x{"key":"aw==","create_revision":2,"mod_revision":3,"version":-4,"value":"dg==",)"
        R"("lease":-5})");
}

}  // namespace
}  // namespace cairn::ctl
