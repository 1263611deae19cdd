// tests/unit/ctl/member_test.cc: the member commands print what etcdctl prints.
#include "tools/ctl/format/member.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::MemberAddResponse;
using etcdserverpb::MemberListResponse;
using etcdserverpb::MemberPromoteResponse;
using etcdserverpb::MemberRemoveResponse;
using etcdserverpb::MemberUpdateResponse;

constexpr char kOne[] =
    "members { ID: 7383792418829112008 name: 'n1' peerURLs: 'http://127.0.0.1:42380' "
    "clientURLs: 'http://127.0.0.1:42379' } ";
constexpr char kLearner[] =
    "members { ID: 6451100400672823377 peerURLs: 'http://127.0.0.1:42390' isLearner: true } ";

constexpr char kHeaderJson[] =
    R"({"header":{"cluster_id":15875391935852295136,"member_id":7383792418829112008,)"
    R"("raft_term":2})";
constexpr char kOneJson[] =
    R"({"ID":7383792418829112008,"name":"n1","peerURLs":["http://127.0.0.1:42380"],)"
    R"("clientURLs":["http://127.0.0.1:42379"]})";
constexpr char kLearnerJson[] =
    R"({"ID":6451100400672823377,"peerURLs":["http://127.0.0.1:42390"],"isLearner":true})";

MemberListResponse One() { return Make<MemberListResponse>(0, kOne); }
MemberListResponse Two() { return Make<MemberListResponse>(0, std::string(kLearner) + kOne); }

TEST_CASE("member list in simple") {
  CHECK(PrintMemberList(One(), kSimple) ==
        "667880157b8812c8, started, n1, http://127.0.0.1:42380, http://127.0.0.1:42379, false\n");
  CHECK(PrintMemberList(Two(), kSimple) ==
        "5986e9a2907bd851, unstarted, , http://127.0.0.1:42390, , true\n"
        "667880157b8812c8, started, n1, http://127.0.0.1:42380, http://127.0.0.1:42379, false\n");
  CHECK(PrintMemberList(
            Make<MemberListResponse>(0, "members { ID: 10 name: 'm' peerURLs: ['a', 'b'] }"),
            kSimple) == "a, started, m, a,b, , false\n");
}

TEST_CASE("a member's name brings no line end and no control of a terminal into the list") {
  CHECK(PrintMemberList(
            Make<MemberListResponse>(0, "members { ID: 10 name: 'a\\n\\x1b[2J' peerURLs: ['u'] }"),
            kSimple) == "a, started, a\\n\\x1b[2J, u, , false\n");
}

TEST_CASE("member list in json, with decimal and with hex ids") {
  CHECK(PrintMemberList(One(), kJson) ==
        fmt::format("{},\"members\":[{}]}}\n", kHeaderJson, kOneJson));
  CHECK(PrintMemberList(One(), kJsonHex) ==
        R"({"header":{"cluster_id":"dc50b8daae93b3e0","member_id":"667880157b8812c8",)"
        R"("raft_term":2},"members":[{"ID":"667880157b8812c8","name":"n1",)"
        R"("peerURLs":["http://127.0.0.1:42380"],"clientURLs":["http://127.0.0.1:42379"]}]})"
        "\n");
  CHECK(PrintMemberList(Make<MemberListResponse>(""), kJsonHex) ==
        "{\"header\":null,\"members\":[]}\n");
}

TEST_CASE("member list in fields has a blank line below each member") {
  const std::string rest =
      "\"Name\" : \"n1\"\n\"PeerURL\" : \"http://127.0.0.1:42380\"\n"
      "\"ClientURL\" : \"http://127.0.0.1:42379\"\n\"IsLearner\" : false\n\n";
  CHECK(PrintMemberList(One(), kFields) ==
        "\"ClusterID\" : 15875391935852295136\n\"MemberID\" : 7383792418829112008\n"
        "\"RaftTerm\" : 2\n\"ID\" : 7383792418829112008\n" +
            rest);
  CHECK(PrintMemberList(One(), kFieldsHex) ==
        "\"ClusterID\" : dc50b8daae93b3e0\n\"MemberID\" : 667880157b8812c8\n"
        "\"RaftTerm\" : 2\n\"ID\" : 667880157b8812c8\n" +
            rest);
}

TEST_CASE("member list as a table") {
  CHECK(PrintMemberList(Two(), kBoxTable) ==
        "┌──────────────────┬───────────┬──────"
        "┬────────────────────────┬────────────────────────┬────────────┐\n"
        "│        ID        │  STATUS   │ NAME "
        "│       PEER ADDRS       │      CLIENT ADDRS      │ IS LEARNER │\n"
        "├──────────────────┼───────────┼──────"
        "┼────────────────────────┼────────────────────────┼────────────┤\n"
        "│ 5986e9a2907bd851 │ unstarted │      "
        "│ http://127.0.0.1:42390 │                        │       true │\n"
        "│ 667880157b8812c8 │   started │   n1 "
        "│ http://127.0.0.1:42380 │ http://127.0.0.1:42379 │      false │\n"
        "└──────────────────┴───────────┴──────"
        "┴────────────────────────┴────────────────────────┴────────────┘\n");
  CHECK(PrintMemberList(Make<MemberListResponse>(0, "members { ID: 1 name: 'm' }"), kTable) ==
        "+----+---------+------+------------+--------------+------------+\n"
        "| ID | STATUS  | NAME | PEER ADDRS | CLIENT ADDRS | IS LEARNER |\n"
        "+----+---------+------+------------+--------------+------------+\n"
        "|  1 | started |    m |            |              |      false |\n"
        "+----+---------+------+------------+--------------+------------+\n");
}

TEST_CASE("member list in protobuf") {
  CHECK(PrintMemberList(One(), kProtobuf) ==
        Bytes("0a17 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6620 0212 3e08 c8a5 a0dc"
              "d782 a0bc 6612 026e 311a 1668 7474 703a 2f2f 3132 372e 302e 302e 313a 3432 3338"
              "3022 1668 7474 703a 2f2f 3132 372e 302e 302e 313a 3432 3337 39"));
}

TEST_CASE("member add, and the settings for the new member") {
  const auto learner = Make<MemberAddResponse>(
      0, "member { ID: 6451100400672823377 peerURLs: 'http://127.0.0.1:42390' isLearner: true } " +
             std::string(kLearner) + kOne);
  CHECK(PrintMemberAdd(learner, kSimple) ==
        "Member 5986e9a2907bd851 added as learner to cluster dc50b8daae93b3e0\n");
  CHECK(MemberAddSettings(learner, "n2", "http://127.0.0.1:42390") ==
        "\nETCD_NAME=\"n2\"\n"
        "ETCD_INITIAL_CLUSTER=\"n2=http://127.0.0.1:42390,n1=http://127.0.0.1:42380\"\n"
        "ETCD_INITIAL_ADVERTISE_PEER_URLS=\"http://127.0.0.1:42390\"\n"
        "ETCD_INITIAL_CLUSTER_STATE=\"existing\"\n");
  // A shell that evaluates the lines runs nothing of a name.
  CHECK(MemberAddSettings(learner, "$(id) `id` \"\\", "http://a") ==
        R"(
ETCD_NAME="\$(id) \`id\` \"\\"
ETCD_INITIAL_CLUSTER="\$(id) \`id\` \"\\=http://127.0.0.1:42390,n1=http://127.0.0.1:42380"
ETCD_INITIAL_ADVERTISE_PEER_URLS="http://a"
ETCD_INITIAL_CLUSTER_STATE="existing"
)");
  CHECK(PrintMemberAdd(learner, kJson) == fmt::format("{},\"member\":{},\"members\":[{},{}]}}\n",
                                                      kHeaderJson, kLearnerJson, kLearnerJson,
                                                      kOneJson));
  CHECK(PrintMemberAdd(Make<MemberAddResponse>(0, "member { ID: 255 }"), kJsonHex) ==
        R"({"header":{"cluster_id":"dc50b8daae93b3e0","member_id":"667880157b8812c8",)"
        R"("raft_term":2},"member":{"ID":"ff"},"members":[]})"
        "\n");
}

TEST_CASE("the other changes of members") {
  const uint64_t id = 0x5986e9a2907bd851;
  CHECK(PrintMemberAdd(Make<MemberAddResponse>(0, "member { ID: 255 }"), kSimple) ==
        "Member               ff added to cluster dc50b8daae93b3e0\n");
  CHECK(PrintMemberUpdate(id, Make<MemberUpdateResponse>(0, ""), kSimple) ==
        "Member 5986e9a2907bd851 updated in cluster dc50b8daae93b3e0\n");
  CHECK(PrintMemberRemove(id, Make<MemberRemoveResponse>(0, ""), kSimple) ==
        "Member 5986e9a2907bd851 removed from cluster dc50b8daae93b3e0\n");
  CHECK(PrintMemberPromote(id, Make<MemberPromoteResponse>(0, ""), kSimple) ==
        "Member 5986e9a2907bd851 promoted in cluster dc50b8daae93b3e0\n");
  CHECK(PrintMemberUpdate(id, Make<MemberUpdateResponse>(0, std::string(kOne) + kLearner), kJson) ==
        fmt::format("{},\"members\":[{},{}]}}\n", kHeaderJson, kOneJson, kLearnerJson));
  CHECK(PrintMemberRemove(id, Make<MemberRemoveResponse>(0, kOne), kJson) ==
        fmt::format("{},\"members\":[{}]}}\n", kHeaderJson, kOneJson));
}

}  // namespace
}  // namespace cairn::ctl
