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
      {"::1", "ipv6:[::1]:2379", "::1", Security::kAsConfigured},
      {"unix:///run/etcd.sock", "unix:/run/etcd.sock", "", Security::kPlain},
      {"unixs://localhost:12345", "unix:localhost:12345", "", Security::kTls},
      {"  a:1 ", "dns:///a:1", "a", Security::kAsConfigured},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto endpoint = ParseEndpoint(c.text);
    REQUIRE(endpoint.ok());
    CHECK(endpoint->target == c.target);
    CHECK(endpoint->host == c.host);
    CHECK(endpoint->security == c.security);
  }
  for (const char* bad :
       {"", "http://", "a:b", "a:65536", "a:", "ftp://a", "[::1", "[::1]x", ":1", "unix://"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseEndpoint(bad).ok());
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
