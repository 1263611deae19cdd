// tests/unit/cluster/storage_version_test.cc: versions and the way from one to another.
#include "cluster/storage_version.h"

#include <doctest/doctest.h>

#include "cluster/consistent_index.h"

namespace cairn::cluster {
namespace {

std::string PlanError(const SemVer& from, const SemVer& to,
                      const std::optional<SemVer>& wal = std::nullopt) {
  return std::string(Message(PlanMigration(from, to, wal).status()));
}

TEST_CASE("versions are read, written and ordered") {
  CHECK(ParseSemVer("3.6.0")->ToString() == "3.6.0");
  CHECK(ParseSemVer("3.7.0-rc.1")->pre_release == "rc.1");
  CHECK(*ParseSemVer("3.7.0-rc.1") < *ParseSemVer("3.7.0"));
  CHECK(*ParseSemVer("3.10.0") > *ParseSemVer("3.9.9"));
  CHECK(Message(ParseSemVer("3.6").status()) == "3.6 is not in dotted-tri format");
  CHECK_FALSE(ParseSemVer("a.b.c").ok());
  CHECK_FALSE(ParseSemVer("3..0").ok());
  CHECK_FALSE(ParseSemVer("3.99999999999999999999.0").ok());
}

TEST_CASE("the target version has two numbers and is at least 3.4") {
  CHECK(*ParseTargetVersion("3.6") == kVersion36);
  CHECK(Message(ParseTargetVersion("3.6.0").status()) ==
        "wrong target version format, expected \"X.Y\", got \"3.6.0\"");
  CHECK(*ParseTargetVersion("3.4") == kVersion34);
  CHECK(Message(ParseTargetVersion("3.3").status()) ==
        "target version \"3.3\" not supported. Minimal \"3.4\"");
  CHECK(Message(ParseTargetVersion("3.x").status()) ==
        "failed to parse target version: strconv.ParseInt: parsing \"x\": invalid syntax");
}

TEST_CASE("a backend without a version is 3.5 if it knows its term, else 3.4") {
  CHECK(*DetectStorageVersion("3.7.0", std::nullopt) == kVersion37);
  CHECK(*DetectStorageVersion(std::nullopt, EncodeU64(2)) == kVersion35);
  CHECK(*DetectStorageVersion(std::nullopt, std::nullopt) == kVersion34);
  CHECK_FALSE(DetectStorageVersion("junk", EncodeU64(2)).ok());
}

TEST_CASE("a plan goes one minor at a time") {
  const auto up = PlanMigration(kVersion35, kVersion37, std::nullopt);
  REQUIRE(up.ok());
  REQUIRE(up->size() == 2);
  CHECK((*up)[0].target == kVersion36);
  CHECK((*up)[0].storage_version == "3.6.0");
  CHECK((*up)[1].storage_version == "3.7.0");
  const auto down = PlanMigration(kVersion37, kVersion35, kVersion35);
  REQUIRE(down.ok());
  REQUIRE(down->size() == 2);
  CHECK((*down)[1].target == kVersion35);
  CHECK_FALSE((*down)[1].storage_version.has_value());
  CHECK(PlanMigration(kVersion36, kVersion36, std::nullopt)->empty());
  CHECK_FALSE(ForceMigration(kVersion35).storage_version.has_value());
  CHECK(ForceMigration(kVersion36).storage_version == "3.6.0");
}

TEST_CASE("where no plan leads is told in etcdutl's words") {
  CHECK(PlanError(kVersion37, {3, 8, 0}) ==
        "cannot create migration plan: version \"3.8.0\" is not supported");
  CHECK(PlanError({3, 9, 0}, kVersion36) ==
        "cannot create migration plan: version \"3.9.0\" is not supported");
  CHECK(PlanError(kVersion36, {4, 6, 0}) ==
        "cannot create migration plan: changing major storage version is not supported");
  CHECK(PlanError(kVersion36, kVersion35, kVersion36) ==
        "cannot downgrade storage, WAL contains newer entries, as the target version (3.5.0) is "
        "lower than the version (3.6.0) detected from WAL logs");
  CHECK(PlanMigration(kVersion35, kVersion36, kVersion37).ok());
}

}  // namespace
}  // namespace cairn::cluster
