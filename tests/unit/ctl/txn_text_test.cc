// tests/unit/ctl/txn_text_test.cc: how a transaction is read, and which keys words name.
#include "tools/ctl/txn_text.h"

#include <doctest/doctest.h>

#include "tools/ctl/key_range.h"

namespace cairn::ctl {
namespace {

using namespace std::string_literals;
using cli::Outcome;
using etcdserverpb::Compare;

TEST_CASE("a compare has a target, a key, an operator and a value") {
  const auto version = ParseCompare("ver(\"a b\") > \"3\"");
  REQUIRE(version.ok());
  CHECK(version->key() == "a b");
  CHECK(version->target() == Compare::VERSION);
  CHECK(version->result() == Compare::GREATER);
  CHECK(version->version() == 3);
  const auto value = ParseCompare("value(\"k\\x00\\n\") != \"\\\"q\\\"\"");
  REQUIRE(value.ok());
  CHECK(value->key() == "k\0\n"s);
  CHECK(value->value() == "\"q\"");
  CHECK(ParseCompare("lease(`k`)=x").ok() == false);
  CHECK(ParseCompare("lease(\"k\") = \"ff\"")->lease() == 255);
  CHECK(ParseCompare("c(\"k\") < \"-1\"")->create_revision() == -1);
  CHECK(ParseCompare("mod(\"k\") = \"0\"")->target_union_case() == Compare::kModRevision);
  for (const char* bad : {"", "foo", "ver(k) = \"1\"", "ver(\"k\" = \"1\"", "ver(\"k\") ~ \"1\"",
                          "ver(\"k\") =", "ver(\"k\") = \"x\"", "bad(\"k\") = \"1\""}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseCompare(bad).ok());
  }
}

TEST_CASE("a line's words may be quoted in both ways") {
  using Words = std::vector<std::string>;
  CHECK(*SplitLine("put k 'v w' \"a\\tb\"") == Words{"put", "k", "v w", "a\tb"});
  CHECK(*SplitLine("  get   it's  ") == Words{"get", "it's"});
  CHECK(SplitLine("")->empty());
  CHECK_FALSE(SplitLine("put \"k").ok());
  CHECK_FALSE(SplitLine("put 'k").ok());
}

TEST_CASE("a line is a request as on the command line") {
  etcdserverpb::RequestOp op;
  REQUIRE(ParseRequest("put k \"v 2\" --prev-kv --lease=1f", op).status.ok());
  CHECK(op.request_put().value() == "v 2");
  CHECK(op.request_put().lease() == 31);
  CHECK(op.request_put().prev_kv());
  op.Clear();
  REQUIRE(ParseRequest("get k --prefix --limit 3", op).status.ok());
  CHECK(op.request_range().range_end() == "l");
  CHECK(op.request_range().limit() == 3);
  op.Clear();
  REQUIRE(ParseRequest("del --from-key k", op).status.ok());
  CHECK(op.request_delete_range().range_end() == "\0"s);
  for (const char* bad : {"put", "foo bar", "get k --nosuch", "get k --order bad", "del a b c"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseRequest(bad, op).status.ok());
  }
}

TEST_CASE("words for which there is no place are refused, and left aside under etcd's name") {
  etcdserverpb::RequestOp op;
  for (const char* surplus :
       {"put greeting hello big world", "get a b c", "put k \"a\"b", "put k v --prev-kv w"}) {
    CAPTURE(surplus);
    const Outcome refused = ParseRequest(surplus, op);
    CHECK(refused.code == cli::ExitCode::kBadArgs);
    CHECK(Message(refused.status).find("is too many") != std::string_view::npos);
    CHECK(ParseRequest(surplus, op, Surplus::kIgnored).status.ok());
  }
  CHECK(ParseRequest("del a b c", op, Surplus::kIgnored).code == cli::ExitCode::kBadArgs);
  CHECK_FALSE(ParseCompare("ver(\"k\") > \"0\" x").ok());
  CHECK_FALSE(ParseCompare("val(\"k\") = \"hello\" \"big\"").ok());
  CHECK_FALSE(ParseCompare("val(\"k\") = \"hello\"big").ok());
  CHECK(ParseCompare("ver(\"k\") > \"0\" x", Surplus::kIgnored)->version() == 0);
  CHECK(ParseCompare("ver(\"k\") > \"0\" \t").ok());
}

TEST_CASE("the end of a prefix is the first key after it") {
  CHECK(PrefixEnd("a") == "b");
  CHECK(PrefixEnd("a\xff") == "b");
  CHECK(PrefixEnd("\xff\xff") == "\0"s);
  CHECK(PrefixEnd("") == "\0"s);
  const auto everything = ReadKeyRange({""}, true, false);
  CHECK(everything->key == "\0"s);
  CHECK(everything->end == "\0"s);
  CHECK(ReadKeyRange({"a", "c"}, false, false)->end == "c");
  CHECK(ReadKeyRange({"a"}, false, false)->end.empty());
  CHECK_FALSE(ReadKeyRange({"a", "c"}, true, false).ok());
  CHECK_FALSE(ReadKeyRange({"a"}, true, true).ok());
}

}  // namespace
}  // namespace cairn::ctl
