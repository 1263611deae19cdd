// tests/unit/cluster/ids_test.cc: ids that real clusters have.
#include "cluster/ids.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "cluster/member.h"

namespace cairn::cluster {
namespace {

TEST_CASE("etcd's default configuration has the ids that everybody knows") {
  const std::vector<std::string> urls = {"http://localhost:2380"};
  const MemberId id = ComputeMemberId(urls, "etcd-cluster");
  CHECK(IdString(id) == "8e9e05c52164694d");
  CHECK(IdString(ComputeClusterId(std::array{id})) == "cdf818194e3a8c32");
}

// A cluster of 3.4.23 that was formed with the token "fixture".
TEST_CASE("the token goes into a member's id") {
  const std::vector<std::string> urls = {"http://127.0.0.1:13791"};
  CHECK(ComputeMemberId(urls, "fixture") == MemberId(3682640119794832637));
}

TEST_CASE("order does not matter, the token and the time do") {
  const std::vector<std::string> one = {"http://a:1", "http://b:2"};
  const std::vector<std::string> two = {"http://b:2", "http://a:1"};
  CHECK(ComputeMemberId(one, "t") == ComputeMemberId(two, "t"));
  CHECK(ComputeMemberId(one, "t") != ComputeMemberId(one, "u"));
  CHECK(ComputeMemberId(one, "t") != ComputeMemberId(one, "t", 1));
  CHECK(ComputeMemberId(one, "t", 12) == ComputeMemberId(one, "t12"));
  CHECK(ComputeClusterId(std::array{MemberId(1), MemberId(2)}) ==
        ComputeClusterId(std::array{MemberId(2), MemberId(1)}));
}

// Members and cluster ids as real clusters of 3.4.23 and 3.7.1 report them.
TEST_CASE("the cluster id is made of its members' ids") {
  CHECK(ComputeClusterId(std::array{MemberId(3682640119794832637), MemberId(4871471252212959751),
                                    MemberId(5887239962281027623)}) ==
        ClusterId(1575933701870364770));
  CHECK(ComputeClusterId(std::array{MemberId(17613256224173933319u)}) ==
        ClusterId(13516040154481830733u));
  CHECK(ComputeClusterId(std::array{MemberId(8752210964263761577), MemberId(14328553039577421595u),
                                    MemberId(17613256224173933319u)}) ==
        ClusterId(13815496871011875078u));
}

TEST_CASE("ids are written in hexadecimal without padding") {
  CHECK(IdString(uint64_t{0xabc}) == "abc");
  CHECK(ParseIdString("abc") == 0xabc);
  for (const char* bad : {"", "0x1", "g", "12345678901234567", "-1", "1 "}) {
    CHECK_FALSE(ParseIdString(bad).has_value());
  }
}

TEST_CASE("two members with the same URLs can't be told apart") {
  const auto map = ParseUrlsMap("a=http://x:1,b=http://x:1");
  REQUIRE(map.ok());
  CHECK(
      Message(MembersFromUrls(*map, "t").status()).starts_with("member exists with identical ID "));
  const auto good = MembersFromUrls(*ParseUrlsMap("a=http://x:1,b=http://y:1,b=http://x:2"), "t");
  REQUIRE(good.ok());
  CHECK(good->size() == 2);
  CHECK((*good)[0].id < (*good)[1].id);
}

}  // namespace
}  // namespace cairn::cluster
