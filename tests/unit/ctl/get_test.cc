// tests/unit/ctl/get_test.cc: a range printed as a whole and page by page.
#include "tools/ctl/format/get.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::RangeResponse;

RangeResponse Foo() {
  return Make<RangeResponse>(
      14,
      "kvs { key: 'foo' create_revision: 2 mod_revision: 13 version: 11 value: 'bar8' } count: 1");
}

TEST_CASE("get in simple") {
  CHECK(PrintGet(Foo(), kSimple) == "foo\nbar8\n");
  CHECK(PrintGet(Foo(), kSimpleHex) == "\\x66\\x6f\\x6f\n\\x62\\x61\\x72\\x38\n");
  CHECK(PrintGet(Foo(), kSimple, true) == "bar8\n");
  CHECK(PrintGet(Make<RangeResponse>(14, ""), kSimple) == "");
  // --keys-only: the values are empty, their lines stay.
  CHECK(PrintGet(Make<RangeResponse>(14, "kvs { key: 'foo' } kvs { key: 'foo2' } count: 2"),
                 kSimple) == "foo\n\nfoo2\n\n");
  CHECK(PrintGet(Make<RangeResponse>(14, "kvs { }"), kSimple) == "\n\n");
}

TEST_CASE("get in json") {
  const std::string foo =
      HeaderJson(14, R"(,"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":13,"version":11,)"
                     R"("value":"YmFyOA=="}],"count":1)");
  CHECK(PrintGet(Foo(), kJson) == foo);
  CHECK(PrintGet(Foo(), kJsonHex) == foo);
  CHECK(PrintGet(Make<RangeResponse>(14, ""), kJson) == HeaderJson(14, ""));
  CHECK(PrintGet(Make<RangeResponse>(
                     14,
                     "kvs { key: 'foo' create_revision: 2 mod_revision: 13 version: 11 } kvs { "
                     "key: 'foo2' create_revision: 11 mod_revision: 11 version: 1 } count: 2"),
                 kJson) ==
        HeaderJson(14,
                   R"(,"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":13,"version":11},)"
                   R"({"key":"Zm9vMg==","create_revision":11,"mod_revision":11,"version":1}],)"
                   R"("count":2)"));
  CHECK(PrintGet(Make<RangeResponse>(44,
                                     "kvs { key: 'lk' create_revision: 44 mod_revision: 44 "
                                     "version: 1 value: 'v' lease: 1353509799408571491 } count: 1"),
                 kJson) ==
        HeaderJson(44,
                   R"(,"kvs":[{"key":"bGs=","create_revision":44,"mod_revision":44,"version":1,)"
                   R"("value":"dg==","lease":1353509799408571491}],"count":1)"));
}

TEST_CASE("a limited get in json says that there is more") {
  RangeResponse limited = Foo();
  limited.set_more(true);
  limited.set_count(2);
  CHECK(PrintGet(limited, kJson) ==
        HeaderJson(14,
                   R"(,"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":13,"version":11,)"
                   R"("value":"YmFyOA=="}],"more":true,"count":2)"));
}

TEST_CASE("json without header, pairs or anything") {
  CHECK(PrintGet(Make<RangeResponse>(""), kJson) == "{}\n");
  CHECK(PrintGet(Make<RangeResponse>("header { }"), kJson) == "{\"header\":{}}\n");
  CHECK(PrintGet(Make<RangeResponse>("kvs { }"), kJson) == "{\"kvs\":[{}]}\n");
  CHECK(PrintGet(Make<RangeResponse>("count: 7"), kJson) == "{\"count\":7}\n");
}

TEST_CASE("get in fields") {
  CHECK(PrintGet(Foo(), kFields) ==
        HeaderFields(14,
                     "\"Key\" : \"foo\"\n\"CreateRevision\" : 2\n\"ModRevision\" : 13\n"
                     "\"Version\" : 11\n\"Value\" : \"bar8\"\n\"Lease\" : 0\n\"More\" : false\n"
                     "\"Count\" : 1\n"));
  CHECK(PrintGet(Foo(), kFieldsHex) ==
        HeaderFieldsHex(14,
                        "\"Key\" : \"foo\"\n\"CreateRevision\" : 2\n\"ModRevision\" : 13\n"
                        "\"Version\" : 11\n\"Value\" : \"bar8\"\n\"Lease\" : 0000000000000000\n"
                        "\"More\" : false\n\"Count\" : 1\n"));
  CHECK(PrintGet(Make<RangeResponse>(14, "count: 2"), kFields) ==
        HeaderFields(14, "\"More\" : false\n\"Count\" : 2\n"));
}

TEST_CASE("get in protobuf") {
  CHECK(PrintGet(Foo(), kProtobuf) ==
        Bytes("0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 0e20 0212 110a 0366"
              "6f6f 1002 180d 200b 2a04 6261 7238 2001"));
}

TEST_CASE("pages of one range print the bytes of the whole") {
  RangeResponse whole = Make<RangeResponse>(99, "more: true count: 23");
  for (int i = 0; i < 17; ++i) {
    mvccpb::KeyValue* kv = whole.add_kvs();
    kv->set_key(fmt::format("key{}", i));
    kv->set_value(std::string(static_cast<size_t>(i * 31), static_cast<char>('a' + i)));
    kv->set_mod_revision(i);
    kv->set_lease(i % 3 == 0 ? 7 : 0);
  }
  for (const Style& style : {kSimple, kSimpleHex, kJson, kFields, kFieldsHex, kProtobuf}) {
    const std::string expected = PrintGet(whole, style);
    for (const int page_size : {1, 2, 5, 16, 17, 100}) {
      std::vector<RangeResponse> pages;
      for (int i = 0; i < whole.kvs_size(); ++i) {
        if (i % page_size == 0) *pages.emplace_back().mutable_header() = whole.header();
        *pages.back().add_kvs() = whole.kvs(i);
      }
      pages.emplace_back();  // an empty page in the end changes nothing
      GetPrinter printer(style);
      std::string text = printer.Begin(pages[0]);
      for (const RangeResponse& page : pages) {
        for (const mvccpb::KeyValue& kv : page.kvs()) printer.AppendPair(kv, &text);
      }
      text += printer.End(whole.more(), whole.count());
      CHECK(text == expected);
    }
  }
  CHECK(PrintGet(whole, kProtobuf) == whole.SerializeAsString());
}

TEST_CASE("a printer that is begun again starts anew") {
  GetPrinter printer(kJson);
  for (int i = 0; i < 2; ++i) {
    std::string text = printer.Begin(Foo());
    printer.AppendPair(Foo().kvs(0), &text);
    text += printer.End(false, 1);
    CHECK(text == PrintGet(Foo(), kJson));
  }
}

}  // namespace
}  // namespace cairn::ctl
