// tests/unit/ctl/key_value_test.cc: put, del and txn print what etcdctl prints.
#include "tools/ctl/format/key_value.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::DeleteRangeResponse;
using etcdserverpb::PutResponse;
using etcdserverpb::TxnResponse;

PutResponse Put(int64_t revision, int64_t mod_revision, int64_t version, std::string_view value) {
  return Make<PutResponse>(
      revision, fmt::format("prev_kv {{ key: 'foo' create_revision: 2 mod_revision: {} version: {} "
                            "value: '{}' }}",
                            mod_revision, version, value));
}

TEST_CASE("put in simple is OK and the pair before") {
  CHECK(PrintPut(Make<PutResponse>(4, ""), kSimple) == "OK\n");
  CHECK(PrintPut(Put(4, 3, 2, "bar"), kSimple) == "OK\nfoo\nbar\n");
  CHECK(PrintPut(Put(4, 3, 2, "bar5"), kSimpleHex) ==
        "OK\n\\x66\\x6f\\x6f\n\\x62\\x61\\x72\\x35\n");
}

TEST_CASE("put in json") {
  CHECK(PrintPut(Make<PutResponse>(4, ""), kJson) == HeaderJson(4, ""));
  CHECK(PrintPut(Put(5, 4, 3, "bar3"), kJson) ==
        HeaderJson(5,
                   R"(,"prev_kv":{"key":"Zm9v","create_revision":2,"mod_revision":4,"version":3,)"
                   R"("value":"YmFyMw=="})"));
}

TEST_CASE("put in fields has the pair before with a prefix") {
  CHECK(PrintPut(Put(6, 5, 4, "bar4"), kFields) ==
        HeaderFields(6,
                     "\"PrevKey\" : \"foo\"\n\"PrevCreateRevision\" : 2\n\"PrevModRevision\" : 5\n"
                     "\"PrevVersion\" : 4\n\"PrevValue\" : \"bar4\"\n\"PrevLease\" : 0\n"));
  CHECK(PrintPut(Put(7, 6, 5, "bar5"), kFieldsHex) ==
        HeaderFieldsHex(
            7,
            "\"PrevKey\" : \"foo\"\n\"PrevCreateRevision\" : 2\n\"PrevModRevision\" : 6\n"
            "\"PrevVersion\" : 5\n\"PrevValue\" : \"bar5\"\n\"PrevLease\" : 0000000000000000\n"));
}

TEST_CASE("put in protobuf is the message without a newline") {
  CHECK(PrintPut(Put(9, 8, 7, "bar5"), kProtobuf) ==
        Bytes("0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 0920 0212 110a 0366"
              "6f6f 1002 1808 2007 2a04 6261 7235"));
}

TEST_CASE("del in simple is the number and the pairs before") {
  CHECK(PrintDelete(Make<DeleteRangeResponse>(20, ""), kSimple) == "0\n");
  const auto one = Make<DeleteRangeResponse>(20, "deleted: 1 prev_kvs { key: 'd2' value: 'v2' }");
  CHECK(PrintDelete(one, kSimple) == "1\nd2\nv2\n");
  CHECK(PrintDelete(one, kSimpleHex) == "1\n\\x64\\x32\n\\x76\\x32\n");
}

TEST_CASE("del in json, fields and protobuf") {
  const auto one = Make<DeleteRangeResponse>(
      20,
      "deleted: 1 prev_kvs { key: 'd3' create_revision: 17 mod_revision: 17 version: 1 "
      "value: 'v3' }");
  CHECK(PrintDelete(one, kJson) ==
        HeaderJson(20, R"(,"deleted":1,"prev_kvs":[{"key":"ZDM=","create_revision":17,)"
                       R"("mod_revision":17,"version":1,"value":"djM="}])"));
  CHECK(PrintDelete(Make<DeleteRangeResponse>(20, ""), kJson) == HeaderJson(20, ""));
  CHECK(PrintDelete(one, kFields) ==
        HeaderFields(20,
                     "\"Deleted\" : 1\n\"PrevKey\" : \"d3\"\n\"PrevCreateRevision\" : 17\n"
                     "\"PrevModRevision\" : 17\n\"PrevVersion\" : 1\n\"PrevValue\" : \"v3\"\n"
                     "\"PrevLease\" : 0\n"));
  CHECK(PrintDelete(Make<DeleteRangeResponse>(22, ""), kProtobuf) ==
        Bytes("0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 1620 02"));
}

constexpr char kTxnGet[] =
    "responses { response_range { header { revision: 22 } kvs { key: 'foo' create_revision: 2 "
    "mod_revision: 13 version: 11 value: 'bar8' } count: 1 } } ";

TEST_CASE("txn in simple says which branch ran, then each step below a blank line") {
  CHECK(PrintTxn(Make<TxnResponse>(24, "succeeded: true"), kSimple) == "SUCCESS\n");
  CHECK(PrintTxn(Make<TxnResponse>(24, std::string(kTxnGet) +
                                           "responses { response_put { } } responses { "
                                           "response_delete_range { deleted: 3 } }"),
                 kSimple) == "FAILURE\n\nfoo\nbar8\n\nOK\n\n3\n");
}

TEST_CASE("txn in json has a Response object a step") {
  const auto txn = Make<TxnResponse>(
      23, std::string(kTxnGet) + "responses { response_put { header { revision: 23 } } }");
  CHECK(PrintTxn(txn, kJson) ==
        HeaderJson(23, R"(,"responses":[{"Response":{"response_range":{"header":{"revision":22},)"
                       R"("kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":13,"version":11,)"
                       R"("value":"YmFyOA=="}],"count":1}}},)"
                       R"({"Response":{"response_put":{"header":{"revision":23}}}}])"));
  CHECK(PrintTxn(Make<TxnResponse>(24,
                                   "succeeded: true responses { response_range { header { "
                                   "revision: 24 } } }"),
                 kJson) ==
        HeaderJson(24, R"(,"succeeded":true,"responses":[{"Response":{"response_range":)"
                       R"({"header":{"revision":24}}}}])"));
}

TEST_CASE("a txn within a txn, and a step of a kind that isn't known") {
  const auto txn = Make<TxnResponse>(
      24,
      "responses { response_txn { succeeded: true responses { response_put { } } } } "
      "responses { }");
  CHECK(PrintTxn(txn, kJson) ==
        HeaderJson(24, R"(,"responses":[{"Response":{"response_txn":{"succeeded":true,"responses":)"
                       R"([{"Response":{"response_put":{}}}]}}},{"Response":{}}])"));
  CHECK(PrintTxn(txn, kSimple) == "FAILURE\n\nSUCCESS\n\nOK\n\nunexpected response \n");
}

TEST_CASE("txn in fields has the steps' own headers, whose servers are not named") {
  const auto txn = Make<TxnResponse>(
      24,
      "responses { response_range { header { revision: 23 } kvs { key: 'foo' create_revision: 2 "
      "mod_revision: 13 version: 11 value: 'bar8' } count: 1 } } "
      "responses { response_put { header { revision: 24 } prev_kv { key: 't2' create_revision: 23 "
      "mod_revision: 23 version: 1 value: 'v 2' } } }");
  CHECK(PrintTxn(txn, kFields) ==
        HeaderFields(24,
                     "\"Succeeded\" : false\n"
                     "\"ClusterID\" : 0\n\"MemberID\" : 0\n\"Revision\" : 23\n\"RaftTerm\" : 0\n"
                     "\"Key\" : \"foo\"\n\"CreateRevision\" : 2\n\"ModRevision\" : 13\n"
                     "\"Version\" : 11\n\"Value\" : \"bar8\"\n\"Lease\" : 0\n\"More\" : false\n"
                     "\"Count\" : 1\n"
                     "\"ClusterID\" : 0\n\"MemberID\" : 0\n\"Revision\" : 24\n\"RaftTerm\" : 0\n"
                     "\"PrevKey\" : \"t2\"\n\"PrevCreateRevision\" : 23\n"
                     "\"PrevModRevision\" : 23\n\"PrevVersion\" : 1\n\"PrevValue\" : \"v 2\"\n"
                     "\"PrevLease\" : 0\n"));
}

TEST_CASE("txn in protobuf") {
  const auto txn = Make<TxnResponse>(
      24,
      "responses { response_range { header { revision: 24 } kvs { key: 'foo' create_revision: 2 "
      "mod_revision: 13 version: 11 value: 'bar8' } count: 1 } } ");
  CHECK(PrintTxn(txn, kProtobuf) ==
        Bytes("0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 1820 021a 1b0a 190a"
              "0218 1812 110a 0366 6f6f 1002 180d 200b 2a04 6261 7238 2001"));
}

TEST_CASE("binary pairs stand as they are in simple and quoted in fields") {
  const auto put = Make<PutResponse>(4, R"(prev_kv { key: "a\000\xff\n" value: "\"\\" })");
  CHECK(PrintPut(put, kSimple) == std::string("OK\na\0\xff\n\n\"\\\n", 11));
  CHECK(PrintPut(put, kSimpleHex) == "OK\n\\x61\\x00\\xff\\x0a\n\\x22\\x5c\n");
  CHECK(PrintPut(put, kFields).find("\"PrevKey\" : \"a\\x00\\xff\\n\"\n") != std::string::npos);
  CHECK(PrintPut(put, kFields).find("\"PrevValue\" : \"\\\"\\\\\"\n") != std::string::npos);
}

}  // namespace
}  // namespace cairn::ctl
