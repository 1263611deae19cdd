// tests/unit/cluster/entry_versions_test.cc: which release a log entry needs.
#include "cluster/entry_versions.h"

#include <doctest/doctest.h>

#include "etcdserverpb_internal.pb.h"

namespace cairn::cluster {
namespace {

std::optional<SemVer> VersionOf(const etcdserverpb::InternalRaftRequest& request) {
  const auto version = MinimalVersionOfEntry(0, request.SerializeAsString());
  REQUIRE(version.ok());
  return *version;
}

TEST_CASE("a request needs the release of its newest field, enum value or message") {
  etcdserverpb::InternalRaftRequest put;
  put.mutable_header()->set_id(7);
  put.mutable_put()->set_key("k");
  CHECK(VersionOf(put) == SemVer{3, 0, 0});
  put.mutable_put()->set_ignore_lease(true);
  CHECK(VersionOf(put) == SemVer{3, 2, 0});
  etcdserverpb::InternalRaftRequest alarm;
  alarm.mutable_alarm()->set_alarm(etcdserverpb::CORRUPT);
  CHECK(VersionOf(alarm) == SemVer{3, 3, 0});
  etcdserverpb::InternalRaftRequest version;
  version.mutable_cluster_version_set()->set_ver("3.7.0");
  CHECK(VersionOf(version) == SemVer{3, 5, 0});
  etcdserverpb::InternalRaftRequest test;
  test.mutable_downgrade_version_test()->set_ver("3.9.0");
  CHECK(VersionOf(test) == SemVer{3, 9, 0});
}

TEST_CASE("a v2 request of an old log is no damage") {
  const std::string v2 =
      "\x08\x01\x12\x03PUT\x1a\x0a/0/version\x22\x05"
      "3.5.0";
  const auto version = MinimalVersionOfEntry(0, v2);
  REQUIRE(version.ok());
  CHECK_FALSE(version->has_value());
}

TEST_CASE("configuration changes, unknown types and damage") {
  CHECK(**MinimalVersionOfEntry(1, "") == SemVer{3, 0, 0});
  CHECK(**MinimalVersionOfEntry(2, "") == SemVer{3, 4, 0});
  CHECK(MinimalVersionOfEntry(3, "").status().code() == absl::StatusCode::kUnimplemented);
  CHECK(MinimalVersionOfEntry(0, "\xff").status().code() == absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cairn::cluster
