// tests/unit/client/endpoint_test.cc: how endpoints are written, and found in the DNS.
#include "client/endpoint.h"

#include <doctest/doctest.h>

#include "client/discovery.h"

namespace cairn::client {
namespace {

using Security = Endpoint::Security;

TEST_CASE("an endpoint may have a scheme, a port, both or neither") {
  struct Case {
    const char* text;
    const char* target;
    const char* host;
    Security security;
  };
  const Case cases[] = {
      {"127.0.0.1:2379", "ipv4:127.0.0.1:2379", "127.0.0.1", Security::kAsConfigured},
      {"10.0.0.2", "ipv4:10.0.0.2:2379", "10.0.0.2", Security::kAsConfigured},
      {"http://10.0.0.2", "ipv4:10.0.0.2:2379", "10.0.0.2", Security::kPlain},
      {"https://etcd-1.example:4001/", "dns:///etcd-1.example:4001", "etcd-1.example",
       Security::kTls},
      {"localhost", "dns:///localhost:2379", "localhost", Security::kAsConfigured},
      {"[::1]:2379", "ipv6:[::1]:2379", "::1", Security::kAsConfigured},
      {"https://[fd00::1]", "ipv6:[fd00::1]:2379", "fd00::1", Security::kTls},
      {"[fe80::1%1]:7", "ipv6:[fe80::1%251]:7", "fe80::1", Security::kAsConfigured},
      {"http://[fe80::1%251]:7", "ipv6:[fe80::1%251]:7", "fe80::1", Security::kPlain},
      {"unix:///run/etcd.sock", "unix:/run/etcd.sock", "etcd.sock", Security::kAsConfigured},
      {"unixs://localhost:12345", "unix:localhost:12345", "localhost", Security::kTls},
      {"unix:localhost:12345", "unix:localhost:12345", "localhost", Security::kAsConfigured},
      {"unixs:/a b/%c", "unix:/a%20b/%25c", "%c", Security::kTls},
      {"  a:1 ", "dns:///a:1", "a", Security::kAsConfigured},
      {":1", "ipv4:127.0.0.1:1", "127.0.0.1", Security::kAsConfigured},
      {"http://:1", "ipv4:127.0.0.1:1", "127.0.0.1", Security::kPlain},
      {"HTTPS://a:1", "dns:///a:1", "a", Security::kTls},
      {"a:02379", "dns:///a:02379", "a", Security::kAsConfigured},
      {"https://a.b.:1", "dns:///a.b.:1", "a.b", Security::kTls},
      {"http://u:p@a:1/x?y#z", "dns:///a:1", "a", Security::kPlain},
      {"http://a:1?y", "dns:///a:1", "a", Security::kPlain},
      {"[127.0.0.1]:1", "ipv4:127.0.0.1:1", "127.0.0.1", Security::kAsConfigured},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto endpoint = ParseEndpoint(c.text);
    REQUIRE(endpoint.ok());
    CHECK(endpoint->target == c.target);
    CHECK(endpoint->host == c.host);
    CHECK(endpoint->security == c.security);
  }
}

TEST_CASE("what stands for no endpoint says why") {
  const std::string long_path = "unix:" + std::string(108, 'a');
  const std::pair<std::string, const char*> cases[] = {
      {"", "the host is missing"},
      {"http://", "the host is missing"},
      {"a:b", "\"b\" is not a port"},
      {"a:65536", "is not a port"},
      {"a:+1", "is not a port"},
      {"a:", "the port is missing"},
      {"[::1]:", "the port is missing"},
      {"ftp://a", "the scheme must be"},
      {"[::1", "\"]\" is missing"},
      {"[::1]x", "a port must follow"},
      {"[127.0.0.1:2379]", "[ ] stand around an IPv6 address alone"},
      {"[127.0.0.1:2379", "[ ] stand around an IPv6 address alone"},
      {"[]:1", "the host is missing"},
      {"[g::1]:1", "is no IPv6 address"},
      {"[fe80::1%nosuch]:1", "no interface \"nosuch\""},
      {"::1", "an IPv6 address stands in brackets"},
      {"::1:2379", "an IPv6 address stands in brackets"},
      {"http://fe80::1:2379", "an IPv6 address stands in brackets"},
      {"256.1.1.1:1", "is no IPv4 address"},
      {"127.1:1", "is no IPv4 address"},
      {"a:1 b:2", "separated by commas"},
      {"a:1;b:2", "separated by commas"},
      {"a:1:2", "too many colons"},
      {"dns:///a:1", "the scheme must be"},
      {"http:/a:1", "\"//\" must follow \"http:\""},
      {"https:a:1", "\"//\" must follow \"https:\""},
      {"http://http://a:1", "two schemes"},
      {"a/b:1", "a path needs a scheme"},
      {"a:1/", "is not a port"},
      {"http://a%3A1", "is not a host name"},
      {"\xc3\xa9:1", "is not a host name"},
      {"unix://", "a path must follow"},
      {"unix:/", "a path must follow"},
      {long_path, "at most 107 bytes"},
  };
  for (const auto& [text, why] : cases) {
    CAPTURE(text);
    const auto endpoint = ParseEndpoint(text);
    REQUIRE_FALSE(endpoint.ok());
    CHECK(std::string(Message(endpoint.status())).find(why) != std::string::npos);
    CHECK(Message(endpoint.status()).starts_with("bad endpoint \""));
  }
}

TEST_CASE("a call's authority is that of etcd's client") {
  for (const auto& [text, authority] :
       {std::pair{"http://127.0.0.1:1/x", "127.0.0.1:1"}, {"[::1]:1", "[::1]:1"},
        {"https://a:1", "a:1"}, {"unix:localhost:1", "localhost:1"},
        {"unix:///run/x/localhost:1", "localhost:1"}, {"unixs://localhost:1", "localhost:1"},
        {"unix:/run/etcd.sock", "etcd.sock"}, {"unix:/run/a b", "localhost"},
        {"unix:/run/a\nb", "localhost"}}) {
    CAPTURE(text);
    CHECK(ParseEndpoint(text)->authority == authority);
  }
}

TEST_CASE("a password in an endpoint is not shown") {
  CHECK(ParseEndpoint("http://u:secret@a:1/x")->shown == "http://a:1/x");
  CHECK(ParseEndpoint("http://u:secret@a:1/x")->text == "http://u:secret@a:1/x");
  for (const char* bad : {"u:secret@a:1", "http://u:secret@a:x"}) {
    const auto endpoint = ParseEndpoint(bad);
    REQUIRE_FALSE(endpoint.ok());
    CHECK(Message(endpoint.status()).find("secret") == std::string_view::npos);
  }
}

TEST_CASE("a list has commas, and may have blanks and empty places") {
  const auto list = ParseEndpoints("a:1, b:2,,http://c");
  REQUIRE(list.ok());
  REQUIRE(list->size() == 3);
  CHECK((*list)[1].text == "b:2");
  CHECK(ParseEndpoints("")->empty());
  CHECK_FALSE(ParseEndpoints("a:1,b:x").ok());
}

TEST_CASE("quotes that an environment file kept are taken off") {
  for (const char* list : {"\"a:1\",\"b:2\"", "'a:1,b:2'", " \"a:1\" , b:2", "\"a:1,b:2\""}) {
    CAPTURE(list);
    const auto endpoints = ParseEndpoints(list);
    REQUIRE(endpoints.ok());
    REQUIRE(endpoints->size() == 2);
    CHECK((*endpoints)[0].text == "a:1");
    CHECK((*endpoints)[1].text == "b:2");
  }
  for (const char* list : {"\"a:1", "\"a:1\"b:2", "'a:1\""}) {
    CAPTURE(list);
    CHECK_FALSE(ParseEndpoints(list).ok());
  }
}

TEST_CASE("the DNS gives encrypted endpoints first, and plain ones where they are wanted") {
  const SrvLookup lookup = [](const std::string& name) -> StatusOr<std::vector<SrvRecord>> {
    if (name == "_etcd-client-ssl-east._tcp.x") {
      return std::vector<SrvRecord>{{"m1.x", 2379, 0, 0}};
    }
    if (name == "_etcd-client-east._tcp.x") return std::vector<SrvRecord>{{"m2.x", 2379, 0, 0}};
    return absl::NotFoundError("lookup " + name + ": no such host");
  };
  const auto both = DiscoverEndpoints("x", "east", true, lookup);
  REQUIRE(both.ok());
  REQUIRE(both->endpoints.size() == 2);
  CHECK(both->endpoints[0].text == "https://m1.x:2379");
  CHECK(both->endpoints[1].text == "http://m2.x:2379");
  const auto encrypted = DiscoverEndpoints("x", "east", false, lookup);
  REQUIRE(encrypted.ok());
  CHECK(encrypted->endpoints.size() == 1);
  CHECK(encrypted->ignored == std::vector<std::string>{"http://m2.x:2379"});
  CHECK(Message(DiscoverEndpoints("x", "", true, lookup).status()) ==
        "dns lookup errors: lookup _etcd-client-ssl._tcp.x: no such host and lookup "
        "_etcd-client._tcp.x: no such host");
}

}  // namespace
}  // namespace cairn::client
