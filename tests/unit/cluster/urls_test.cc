// tests/unit/cluster/urls_test.cc: URLs by Go's rules, with Go's and etcd's messages.
#include "cluster/urls.h"

#include <doctest/doctest.h>

#include "gotext/quote.h"

namespace cairn::cluster {
namespace {

std::string Error(std::string_view list) { return std::string(Message(ParseUrls(list).status())); }

TEST_CASE("URLs come back sorted, trimmed and as Go prints them") {
  CHECK(JoinUrls(*ParseUrls("http://b:2,http://a:1")) == "http://a:1,http://b:2");
  CHECK(JoinUrls(*ParseUrls(" HTTPS://a:1 ,\thttp://[::1]:2380\n")) ==
        "http://[::1]:2380,https://a:1");
  CHECK(JoinUrls(*ParseUrls("unix:///run/etcd.sock,unixs://localhost:1")) ==
        "unix:///run/etcd.sock,unixs://localhost:1");
  CHECK(JoinUrls(*ParseUrls("http://u:p@a:1?x#y")) == "http://u:p@a:1?x#y");
}

TEST_CASE("what is no peer URL is told in etcd's words") {
  CHECK(Message(MakeUrls({}).status()) == "no valid URLs given");
  CHECK(Error("http://a") == "URL address does not have the form \"host:port\": http://a");
  CHECK(Error("http://a:1/") == "URL must not contain a path: http://a:1/");
  CHECK(Error(" ftp://a:1") == "URL scheme must be http, https, unix, or unixs: ftp://a:1");
  CHECK(Error("") == "URL scheme must be http, https, unix, or unixs: ");
  CHECK(Error("a:1") == "URL scheme must be http, https, unix, or unixs: a:1");
  CHECK(Error("1.2.3.4:80") ==
        "parse \"1.2.3.4:80\": first path segment in URL cannot contain colon");
  CHECK(Error("://a") == "parse \"://a\": missing protocol scheme");
  CHECK(Error("http://a:b") == "parse \"http://a:b\": invalid port \":b\" after host");
  CHECK(Error("http://a b:1") == "parse \"http://a b:1\": invalid character \" \" in host name");
  CHECK(Error("http://a%zz:1") == "parse \"http://a%zz:1\": invalid URL escape \"%zz\"");
  CHECK(Error("http://[::1:1") == "parse \"http://[::1:1\": missing ']' in host");
  CHECK(Error("http://a\x01:1") ==
        "parse \"http://a\\x01:1\": net/url: invalid control character in URL");
}

TEST_CASE("hosts and ports are told apart") {
  CHECK(SplitHostPort("[fe80::1]:2380")->host == "fe80::1");
  CHECK(SplitHostPort("a:")->port == "");
  for (const char* bad : {"", "a", "[::1]", "[::1", "::1:2", "a]:1", "[a]b:1", "[[a]:1"}) {
    CAPTURE(bad);
    CHECK_FALSE(SplitHostPort(bad).ok());
  }
}

TEST_CASE("a map may have spaces, empty entries and a name several times") {
  const auto map = ParseUrlsMap("b=http://b:1, a=http://a:2,,\n a = http://a:1 ,");
  REQUIRE(map.ok());
  CHECK(UrlsMapString(*map) == "a=http://a:1,a=http://a:2,b=http://b:1");
  CHECK_FALSE(HasDuplicateUrl(*map));
  CHECK(HasDuplicateUrl(*ParseUrlsMap("a=http://a:1,b=http://a:1")));
  CHECK(ParseUrlsMap("")->empty());
  CHECK(Message(ParseUrlsMap("a").status()) == "URL scheme must be http, https, unix, or unixs: ");
}

TEST_CASE("Go's quoting") {
  CHECK(QuoteGo("a\"b\\\n\x01\xff\xc3\xa9") == "\"a\\\"b\\\\\\n\\x01\\xff\xc3\xa9\"");
}

}  // namespace
}  // namespace cairn::cluster
