// tests/unit/ctl/endpoint_test.cc: endpoint health, status and hashkv print as in etcdctl.
#include "tools/ctl/format/endpoint.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::HashKVResponse;
using etcdserverpb::StatusResponse;

constexpr char kAddress[] = "127.0.0.1:42379";

std::vector<EndpointHealth> Healthy(const std::string& took) {
  return {{kAddress, true, took, ""}};
}

std::vector<EndpointHealth> OneIsDown() {
  return {{kAddress, true, "3.541465ms", ""},
          {"127.0.0.1:1", false, "1.000442611s", "context deadline exceeded"}};
}

TEST_CASE("endpoint health: who is well stands on stdout, who is not on stderr") {
  CHECK(PrintEndpointHealth(Healthy("4.093538ms"), kSimple) ==
        "127.0.0.1:42379 is healthy: successfully committed proposal: took = 4.093538ms\n");
  CHECK(UnhealthyLines(Healthy("4.093538ms"), kSimple) == "");
  CHECK(PrintEndpointHealth(OneIsDown(), kSimple) ==
        "127.0.0.1:42379 is healthy: successfully committed proposal: took = 3.541465ms\n");
  CHECK(UnhealthyLines(OneIsDown(), kSimple) ==
        "127.0.0.1:1 is unhealthy: failed to commit proposal: context deadline exceeded\n");
  CHECK(UnhealthyLines(OneIsDown(), kJson) == "");
}

TEST_CASE("endpoint health in json and fields") {
  CHECK(PrintEndpointHealth(Healthy("5.143886ms"), kJson) ==
        "[{\"endpoint\":\"127.0.0.1:42379\",\"health\":true,\"took\":\"5.143886ms\"}]\n");
  CHECK(PrintEndpointHealth(OneIsDown(), kJson) ==
        R"([{"endpoint":"127.0.0.1:42379","health":true,"took":"3.541465ms"},)"
        R"({"endpoint":"127.0.0.1:1","health":false,"took":"1.000442611s",)"
        R"("error":"context deadline exceeded"}])"
        "\n");
  CHECK(
      PrintEndpointHealth({{kAddress, false, "3.834597ms", "Active Alarm(s): NOSPACE "}}, kJson) ==
      R"([{"endpoint":"127.0.0.1:42379","health":false,"took":"3.834597ms",)"
      R"("error":"Active Alarm(s): NOSPACE "}])"
      "\n");
  CHECK(PrintEndpointHealth(Healthy("3.260916ms"), kFields) ==
        "\"Endpoint\" : \"127.0.0.1:42379\"\n\"Health\" : true\n\"Took\" : 3.260916ms\n"
        "\"Error\" : \n\n");
}

TEST_CASE("endpoint health as a table") {
  CHECK(PrintEndpointHealth(Healthy("3.921768ms"), kBoxTable) ==
        "┌─────────────────┬────────┬────────────┬───────┐\n"
        "│    ENDPOINT     │ HEALTH │    TOOK    │ ERROR │\n"
        "├─────────────────┼────────┼────────────┼───────┤\n"
        "│ 127.0.0.1:42379 │   true │ 3.921768ms │       │\n"
        "└─────────────────┴────────┴────────────┴───────┘\n");
  CHECK(PrintEndpointHealth({{"a", false, "1s", "Active Alarm(s): NOSPACE "}}, kBoxTable) ==
        "┌──────────┬────────┬──────┬──────────────────────────┐\n"
        "│ ENDPOINT │ HEALTH │ TOOK │          ERROR           │\n"
        "├──────────┼────────┼──────┼──────────────────────────┤\n"
        "│        a │  false │   1s │ Active Alarm(s): NOSPACE │\n"
        "└──────────┴────────┴──────┴──────────────────────────┘\n");
}

constexpr char kDowngrade[] = "downgradeInfo { enabled: true targetVersion: '3.6.0' }";

std::vector<EndpointStatus> Status(const std::string& more = "downgradeInfo { }") {
  return {{kAddress, Make<StatusResponse>(
                         45,
                         "version: '3.7.1' dbSize: 24576 leader: 7383792418829112008 raftIndex: 81 "
                         "raftTerm: 2 raftAppliedIndex: 81 dbSizeInUse: 20480 "
                         "storageVersion: '3.7.0' dbSizeQuota: 2147483648 " +
                             more)}};
}

TEST_CASE("endpoint status in simple") {
  const std::string line =
      "127.0.0.1:42379, 667880157b8812c8, 3.7.1, 3.7.0, 25 kB, 20 kB, 17%, 2.1 GB, true, false, 2, "
      "81, 81, ";
  CHECK(PrintEndpointStatus(Status(), kSimple) == line + ", , false\n");
  CHECK(PrintEndpointStatus(Status("errors: 'memberID:7383792418829112008 alarm:NOSPACE' "),
                            kSimple) ==
        line + "memberID:7383792418829112008 alarm:NOSPACE, , false\n");
  CHECK(PrintEndpointStatus(Status("errors: ['a', 'b'] "), kSimple) == line + "a, b, , false\n");
  std::vector<EndpointStatus> follower = Status(kDowngrade);
  follower[0].response.set_leader(1);
  CHECK(PrintEndpointStatus(follower, kSimple) ==
        "127.0.0.1:42379, 667880157b8812c8, 3.7.1, 3.7.0, 25 kB, 20 kB, 17%, 2.1 GB, false, false, "
        "2, 81, 81, , 3.6.0, true\n");
}

TEST_CASE("what is not in use, of servers that don't tell, and of none") {
  const auto share = [](int64_t size, int64_t in_use) {
    StatusResponse response;
    response.set_dbsize(size);
    response.set_dbsizeinuse(in_use);
    const std::string line = PrintEndpointStatus({{"e", response}}, kSimple);
    const size_t end = line.find('%');
    return line.substr(line.rfind(' ', end) + 1, end - line.rfind(' ', end));
  };
  CHECK(share(24576, 20480) == "17%");
  CHECK(share(20480, 16384) == "20%");
  CHECK(share(300, 299) == "1%");
  CHECK(share(300, 300) == "0%");
  CHECK(share(300, 0) == "100%");
  CHECK(share(0, 0) == "0%");
}

TEST_CASE("endpoint status in json") {
  CHECK(PrintEndpointStatus(Status(), kJson) ==
        R"([{"Endpoint":"127.0.0.1:42379","Status":{"header":{)" + HeaderMembers(45) +
            R"(},"version":"3.7.1","dbSize":24576,"leader":7383792418829112008,"raftIndex":81,)"
            R"("raftTerm":2,"raftAppliedIndex":81,"dbSizeInUse":20480,"storageVersion":"3.7.0",)"
            R"("dbSizeQuota":2147483648,"downgradeInfo":{}}}])"
            "\n");
  CHECK(PrintEndpointStatus(Status(kDowngrade), kJson)
            .find(R"("downgradeInfo":{"enabled":true,"targetVersion":"3.6.0"}}}])") !=
        std::string::npos);
  CHECK(PrintEndpointStatus({}, kJson) == "null\n");
}

std::string StatusFields(std::string_view errors) {
  return fmt::format(
      "\"Version\" : \"3.7.1\"\n\"StorageVersion\" : \"3.7.0\"\n\"DBSize\" : 24576\n"
      "\"DBSizeInUse\" : 20480\n\"DBSizeQuota\" : 2147483648\n"
      "\"Leader\" : 7383792418829112008\n\"IsLearner\" : false\n\"RaftIndex\" : 81\n"
      "\"RaftAppliedIndex\" : 81\n\"Errors\" : [{}]\n"
      "\"Endpoint\" : \"127.0.0.1:42379\"\n\"DowngradeTargetVersion\" : \"\"\n"
      "\"DowngradeEnabled\" : false\n\n",
      errors);
}

TEST_CASE("endpoint status in fields") {
  CHECK(PrintEndpointStatus(Status(), kFields) == HeaderFields(45, StatusFields("")));
  CHECK(PrintEndpointStatus(Status(), kFieldsHex) == HeaderFieldsHex(45, StatusFields("")));
  CHECK(PrintEndpointStatus(Status("errors: ['memberID:1 alarm:NOSPACE', 'b']"), kFields) ==
        HeaderFields(45, StatusFields("memberID:1 alarm:NOSPACE b")));
  CHECK(PrintEndpointStatus({}, kFields) == "");
}

TEST_CASE("endpoint status as a table has all columns") {
  const std::string text = PrintEndpointStatus(Status(), kBoxTable);
  CHECK(text.find("│    ENDPOINT     │        ID        │ VERSION │ STORAGE VERSION │ DB SIZE │ "
                  "IN USE │ PERCENTAGE NOT IN USE │ QUOTA  │ IS LEADER │ IS LEARNER │ RAFT TERM │ "
                  "RAFT INDEX │ RAFT APPLIED INDEX │ ERRORS │ DOWNGRADE TARGET VERSION │ "
                  "DOWNGRADE ENABLED │\n") != std::string::npos);
  CHECK(text.find("│ 127.0.0.1:42379 │ 667880157b8812c8 │   3.7.1 │           3.7.0 │   25 kB │  "
                  "20 kB │                   17% │ 2.1 GB │      true │      false │         2 │ "
                  "        81 │                 81 │        │                          │ "
                  "            false │\n") != std::string::npos);
  CHECK(PrintEndpointStatus({}, kBoxTable).find("├") == std::string::npos);
}

TEST_CASE("endpoint hashkv") {
  const std::vector<EndpointHashKv> all = {
      {kAddress,
       Make<HashKVResponse>(45, "hash: 3714541871 compact_revision: 12 hash_revision: 45")}};
  CHECK(PrintEndpointHashKv(all, kSimple) == "127.0.0.1:42379, 3714541871, 45\n");
  CHECK(PrintEndpointHashKv(all, kJson) ==
        R"([{"Endpoint":"127.0.0.1:42379","HashKV":{"header":{)" + HeaderMembers(45) +
            R"(},"hash":3714541871,"compact_revision":12,"hash_revision":45}}])"
            "\n");
  CHECK(PrintEndpointHashKv(all, kFields) ==
        HeaderFields(45,
                     "\"Endpoint\" : \"127.0.0.1:42379\"\n\"Hash\" : 3714541871\n"
                     "\"HashRevision\" : 45\n\n"));
  CHECK(PrintEndpointHashKv(all, kBoxTable) ==
        "┌─────────────────┬────────────┬───────────────┐\n"
        "│    ENDPOINT     │    HASH    │ HASH REVISION │\n"
        "├─────────────────┼────────────┼───────────────┤\n"
        "│ 127.0.0.1:42379 │ 3714541871 │            45 │\n"
        "└─────────────────┴────────────┴───────────────┘\n");
}

}  // namespace
}  // namespace cairn::ctl
