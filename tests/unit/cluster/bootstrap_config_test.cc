// tests/unit/cluster/bootstrap_config_test.cc: the first configuration and its messages.
#include "cluster/bootstrap_config.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace cairn::cluster {
namespace {

// Numbers are themselves; "db.example" is 10.0.0.1; nothing else is known.
StatusOr<std::string> Resolve(const HostPort& where) {
  if (where.host == "db.example") return fmt::format("10.0.0.1:{}", where.port);
  if (where.host.find_first_not_of("0123456789.") == std::string_view::npos) {
    return fmt::format("{}:{}", where.host, where.port);
  }
  return absl::NotFoundError(fmt::format("lookup {}: no such host", where.host));
}

std::string Check(std::string_view name, std::string_view cluster, std::string_view advertised) {
  const BootstrapConfig config{std::string(name), *ParseUrlsMap(cluster), *ParseUrls(advertised)};
  return std::string(Message(CheckBootstrap(config, Resolve)));
}

TEST_CASE("a configuration that fits passes, by text or by address") {
  CHECK(Check("x", "x=http://a:1,y=http://b:1", "http://a:1") == "");
  CHECK(Check("x", "x=http://db.example:1", "http://10.0.0.1:1") == "");
  CHECK(Check("x", "x=unix:///a", "unix:///a") == "");
}

TEST_CASE("a name that is not in the cluster") {
  CHECK(Check("z", "x=http://a:1", "http://a:1") ==
        "couldn't find local name \"z\" in the initial cluster configuration");
}

TEST_CASE("URLs that differ are told as etcd tells them") {
  CHECK(Check("x", "x=http://127.0.0.1:1,y=http://127.0.0.1:2", "http://127.0.0.1:3") ==
        "--initial-cluster has x=http://127.0.0.1:1 but missing from "
        "--initial-advertise-peer-urls=http://127.0.0.1:3 (resolved urls: \"http://127.0.0.1:3\" "
        "!= \"http://127.0.0.1:1\")");
  CHECK(Check("x", "x=http://127.0.0.1:1", "http://127.0.0.1:1,http://127.0.0.1:2") ==
        "--initial-advertise-peer-urls has http://127.0.0.1:2 but missing from "
        "--initial-cluster=x=http://127.0.0.1:1,x=http://127.0.0.1:2");
  CHECK(Check("x", "x=http://127.0.0.1:1,x=http://127.0.0.1:2", "http://127.0.0.1:1") ==
        "--initial-cluster has x=http://127.0.0.1:2 but missing from "
        "--initial-advertise-peer-urls=http://127.0.0.1:1 (len([\"http://127.0.0.1:1\"]) != "
        "len([\"http://127.0.0.1:1\" \"http://127.0.0.1:2\"]))");
  CHECK(Check("x", "x=http://nowhere:1", "http://10.0.0.1:1") ==
        "--initial-cluster has x=http://nowhere:1 but missing from "
        "--initial-advertise-peer-urls=http://10.0.0.1:1 (failed to resolve \"http://nowhere:1\" "
        "(lookup nowhere: no such host))");
}

TEST_CASE("one URL for two members") {
  CHECK(Check("x", "x=http://a:1,y=http://a:1", "http://a:1") ==
        "initial cluster x=http://a:1,y=http://a:1 has duplicate url");
}

}  // namespace
}  // namespace cairn::cluster
