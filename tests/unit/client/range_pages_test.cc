// tests/unit/client/range_pages_test.cc: which page comes next, and which answers are wrong.
#include "client/range_pages.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

namespace cairn::client {
namespace {

using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;

RangeRequest Everything(int64_t limit = 0) {
  RangeRequest request;
  request.set_key(std::string(1, '\0'));
  request.set_range_end(std::string(1, '\0'));
  request.set_limit(limit);
  return request;
}

// A store of keys and the sizes of their values.
struct Store {
  std::map<std::string, size_t> values;

  RangeResponse Answer(const RangeRequest& request) const {
    RangeResponse page;
    page.mutable_header()->set_revision(7);
    for (auto at = values.lower_bound(request.key()); at != values.end(); ++at) {
      page.set_count(page.count() + 1);
      if (request.limit() > 0 && page.kvs_size() >= request.limit()) {
        page.set_more(true);
        continue;
      }
      mvccpb::KeyValue& kv = *page.add_kvs();
      kv.set_key(at->first);
      kv.set_value(std::string(at->second, 'v'));
    }
    return page;
  }
};

RangeResponse Page(const std::vector<std::string>& keys, bool more) {
  RangeResponse page;
  for (const std::string& key : keys) page.add_kvs()->set_key(key);
  page.set_more(more);
  return page;
}

TEST_CASE("every key comes once, in pages of a few megabytes, at one revision") {
  Store store;
  for (int i = 0; i < 5000; ++i) store.values[fmt::format("k{:06}", i)] = 50;
  for (int i = 5000; i < 5100; ++i) store.values[fmt::format("k{:06}", i)] = 200'000;
  for (const int64_t limit : {0, 1, 10, 11, 5003, 5100, 6000}) {
    RangePages pages(Everything(limit));
    int64_t taken = 0;
    size_t largest = 0, calls = 0;
    while (!pages.done()) {
      if (++calls > 1) CHECK(pages.request().revision() == 7);
      const RangeResponse page = store.Answer(pages.request());
      REQUIRE(pages.Take(page).ok());
      taken += page.kvs_size();
      largest = std::max(largest, page.ByteSizeLong());
    }
    CHECK(taken == (limit == 0 ? 5100 : std::min<int64_t>(limit, 5100)));
    CHECK(pages.more() == (limit > 0 && limit < 5100));
    CHECK(pages.count() == 5100);
  }
}

TEST_CASE("large values are few to a page, from the second page on at most two megabytes") {
  Store store;
  for (int i = 0; i < 100; ++i) store.values[fmt::format("k{:03}", i)] = 1'400'000;
  RangePages pages(Everything());
  CHECK(pages.request().limit() == 10);
  bool first = true;
  while (!pages.done()) {
    const RangeResponse page = store.Answer(pages.request());
    CHECK(page.ByteSizeLong() < (first ? 15'000'000 : 2'100'000));
    REQUIRE(pages.Take(page).ok());
    first = false;
  }
}

TEST_CASE("an answer that would never end, or is none to the question, is an error") {
  const std::string any(1, '\0');
  const auto wrong = [](const std::vector<RangeResponse>& answers, RangeRequest request) {
    RangePages pages(std::move(request));
    Status status = absl::OkStatus();
    for (const RangeResponse& answer : answers) {
      REQUIRE(!pages.done());
      REQUIRE(status.ok());
      status = pages.Take(answer);
    }
    CHECK(absl::IsDataLoss(status));
    CHECK(Message(status).starts_with("the server's answer is wrong: "));
  };
  SUBCASE("the same page again") {
    wrong({Page({"a", "b"}, true), Page({"a", "b"}, true)}, Everything());
  }
  SUBCASE("the last key again") {
    wrong({Page({"a", "b"}, true), Page({"b"}, true)}, Everything());
  }
  SUBCASE("a lower key") { wrong({Page({"b"}, true), Page({"a"}, false)}, Everything()); }
  SUBCASE("keys of one page that go down") { wrong({Page({"b", "a"}, false)}, Everything()); }
  SUBCASE("a key twice in a page") { wrong({Page({"a", "a"}, false)}, Everything()); }
  SUBCASE("more that never comes") { wrong({Page({}, true)}, Everything()); }
  SUBCASE("more that never comes, later") {
    wrong({Page({"a"}, true), Page({}, true)}, Everything());
  }
  SUBCASE("more keys than the limit") { wrong({Page({"a", "b", "c"}, false)}, Everything(2)); }
  RangeRequest some;
  some.set_key("b");
  some.set_range_end("d");
  SUBCASE("a key before the range") { wrong({Page({"a"}, false)}, some); }
  SUBCASE("a key after the range") { wrong({Page({"c", "d"}, false)}, some); }
}

TEST_CASE("after a page that was too large the next is for ten keys, and then for one") {
  Store store;
  for (int i = 0; i < 1000; ++i) store.values[fmt::format("k{:03}", i)] = 1;
  RangePages pages(Everything());
  for (int i = 0; i < 2; ++i) REQUIRE(pages.Take(store.Answer(pages.request())).ok());
  CHECK(pages.request().limit() > 100);
  const std::string key = pages.request().key();
  CHECK(pages.Shrink());
  CHECK(pages.request().limit() == 10);
  CHECK(pages.Shrink());
  CHECK(pages.request().limit() == 1);
  CHECK(!pages.Shrink());
  CHECK(pages.request().key() == key);
}

TEST_CASE("a stream's parts are checked as pages are, and pages go on after them") {
  RangePages pages(Everything(6));
  REQUIRE(pages.Take(Page({"a", "b"}, true)).ok());
  CHECK(pages.Rest().limit() == 4);
  CHECK(pages.Rest().key() == std::string("b\0", 2));
  REQUIRE(pages.TakePart(Page({"c"}, false)).ok());
  CHECK(!pages.done());
  CHECK(pages.request().key() == std::string("c\0", 2));
  CHECK(pages.request().limit() == 3);
  CHECK(absl::IsDataLoss(pages.TakePart(Page({"c"}, false))));
  CHECK(absl::IsDataLoss(pages.TakePart(Page({"d", "e", "f", "g"}, false))));
  RangePages all(Everything());
  REQUIRE(all.Take(Page({"a"}, true)).ok());
  CHECK(all.Rest().limit() == 0);
}

}  // namespace
}  // namespace cairn::client
