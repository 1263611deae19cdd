// tests/unit/ctl/lease_test.cc: the lease commands print what etcdctl prints.
#include "tools/ctl/format/lease.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::LeaseGrantResponse;
using etcdserverpb::LeaseKeepAliveResponse;
using etcdserverpb::LeaseLeasesResponse;
using etcdserverpb::LeaseRevokeResponse;
using etcdserverpb::LeaseTimeToLiveResponse;

// The header of revision 43 alone: what protobuf has of a lease's answers.
std::string HeaderBytes() {
  return Bytes("08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 2b20 02");
}

TEST_CASE("lease grant") {
  const auto grant = Make<LeaseGrantResponse>(43, "ID: 1353509799408571479 TTL: 100");
  CHECK(PrintLeaseGrant(grant, kSimple) == "lease 12c8a1fdc9c21457 granted with TTL(100s)\n");
  CHECK(PrintLeaseGrant(grant, kJson) ==
        FlatJson(43, R"(,"ID":1353509799408571479,"TTL":100,"Error":"")"));
  CHECK(PrintLeaseGrant(grant, kFields) ==
        HeaderFields(43, "\"ID\" : 1353509799408571479\n\"TTL\" : 100\n"));
  CHECK(PrintLeaseGrant(grant, kFieldsHex) ==
        HeaderFieldsHex(43, "\"ID\" : 12c8a1fdc9c21457\n\"TTL\" : 100\n"));
  CHECK(PrintLeaseGrant(grant, kProtobuf) == HeaderBytes());
}

TEST_CASE("lease revoke") {
  const auto revoke = Make<LeaseRevokeResponse>(45, "");
  CHECK(PrintLeaseRevoke(0x12c8a1fdc9c21465, revoke, kSimple) ==
        "lease 12c8a1fdc9c21465 revoked\n");
  CHECK(PrintLeaseRevoke(1, revoke, kJson) == HeaderJson(45, ""));
  CHECK(PrintLeaseRevoke(1, revoke, kFields) == HeaderFields(45, ""));
}

TEST_CASE("lease list") {
  const auto list = Make<LeaseLeasesResponse>(
      43, "leases { ID: 1353509799408571491 } leases { ID: 1353509799408571493 }");
  CHECK(PrintLeaseList(list, kSimple) == "found 2 leases\n12c8a1fdc9c21463\n12c8a1fdc9c21465\n");
  CHECK(PrintLeaseList(list, kJson) ==
        FlatJson(43, R"(,"leases":[{"id":1353509799408571491},{"id":1353509799408571493}])"));
  CHECK(PrintLeaseList(list, kFields) ==
        HeaderFields(43, "\"ID\" : 1353509799408571491\n\"ID\" : 1353509799408571493\n"));
  CHECK(PrintLeaseList(list, kFieldsHex) ==
        HeaderFieldsHex(43, "\"ID\" : 12c8a1fdc9c21463\n\"ID\" : 12c8a1fdc9c21465\n"));
  CHECK(PrintLeaseList(list, kProtobuf) == HeaderBytes());
  const auto none = Make<LeaseLeasesResponse>(43, "");
  CHECK(PrintLeaseList(none, kSimple) == "found 0 leases\n");
  CHECK(PrintLeaseList(none, kJson) == FlatJson(43, ",\"leases\":[]"));
}

TEST_CASE("lease timetolive") {
  const auto lease =
      Make<LeaseTimeToLiveResponse>(44, "ID: 1353509799408571491 TTL: 1 grantedTTL: 2 keys: 'lk'");
  const std::string line = "lease 12c8a1fdc9c21463 granted with TTL(2s), remaining(1s)";
  CHECK(PrintLeaseTimeToLive(lease, false, kSimple) == line + "\n");
  CHECK(PrintLeaseTimeToLive(lease, true, kSimple) == line + ", attached keys([lk])\n");
  CHECK(PrintLeaseTimeToLive(lease, true, kJson) ==
        FlatJson(44, R"(,"id":1353509799408571491,"ttl":1,"granted-ttl":2,"keys":["bGs="])"));
  CHECK(PrintLeaseTimeToLive(lease, true, kFields) ==
        HeaderFields(44,
                     "\"ID\" : 1353509799408571491\n\"TTL\" : 1\n\"GrantedTTL\" : 2\n"
                     "\"Key\" : \"lk\"\n"));
  const auto two = Make<LeaseTimeToLiveResponse>(44, "ID: 1 TTL: 1 grantedTTL: 2 keys: ['a', 'b']");
  CHECK(PrintLeaseTimeToLive(two, true, kSimple) ==
        "lease 0000000000000001 granted with TTL(2s), remaining(1s), attached keys([a b])\n");
}

TEST_CASE("timetolive of a lease that is gone") {
  const auto gone = Make<LeaseTimeToLiveResponse>(45, "ID: 4660 TTL: -1");
  CHECK(PrintLeaseTimeToLive(gone, true, kSimple) == "lease 0000000000001234 already expired\n");
  CHECK(PrintLeaseTimeToLive(gone, false, kJson) ==
        FlatJson(45, R"(,"id":4660,"ttl":-1,"granted-ttl":0,"keys":null)"));
  CHECK(PrintLeaseTimeToLive(gone, false, kFields) ==
        HeaderFields(45, "\"ID\" : 4660\n\"TTL\" : -1\n\"GrantedTTL\" : 0\n"));
}

TEST_CASE("lease keep-alive") {
  const auto alive = Make<LeaseKeepAliveResponse>(44, "ID: 1353509799408571491 TTL: 2");
  CHECK(PrintLeaseKeepAlive(alive, kSimple) == "lease 12c8a1fdc9c21463 keepalived with TTL(2)\n");
  CHECK(PrintLeaseKeepAlive(alive, kJson) == FlatJson(44, R"(,"ID":1353509799408571491,"TTL":2)"));
  CHECK(PrintLeaseKeepAlive(alive, kFields) ==
        HeaderFields(44, "\"ID\" : 1353509799408571491\n\"TTL\" : 2\n"));
  CHECK(PrintLeaseGone(0x1234, kSimple) == "lease 0000000000001234 expired or revoked.\n");
  CHECK(PrintLeaseGone(0x1234, kJson) == "");
}

TEST_CASE("a negative lease id has its sign within the 16 places") {
  const auto grant = Make<LeaseGrantResponse>(1, "ID: -255");
  CHECK(PrintLeaseGrant(grant, kSimple) == "lease -0000000000000ff granted with TTL(0s)\n");
  const auto least = Make<LeaseGrantResponse>(1, "ID: -9223372036854775808");
  CHECK(PrintLeaseGrant(least, kSimple) == "lease -8000000000000000 granted with TTL(0s)\n");
}

}  // namespace
}  // namespace cairn::ctl
