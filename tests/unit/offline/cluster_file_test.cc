// tests/unit/offline/cluster_file_test.cc: what a members file may say, and the place of each
// fault.
#include "offline/restore/cluster_file.h"

#include <doctest/doctest.h>

#include <string>

namespace cairn::offline {
namespace {

ClusterFile Parse(std::string_view yaml) {
  const auto file = ParseClusterFile(yaml, "m.yaml");
  REQUIRE_MESSAGE(file.ok(), std::string(Message(file.status())));
  return *file;
}

std::string Fault(std::string_view yaml) {
  const auto file = ParseClusterFile(yaml, "m.yaml");
  if (file.ok()) return "";
  CHECK(absl::IsInvalidArgument(file.status()));
  return std::string(Message(file.status()));
}

TEST_CASE("a list of members, in its order") {
  const ClusterFile file = Parse(
      "token: t-1\n"
      "members:\n"
      "  - name: m2\n"
      "    peer-urls: [https://b:2380, http://a:1]\n"
      "    data-dir: two\n"
      "  - {name: m1, peer-urls: 'https://c:2380'}\n");
  CHECK(file.token == "t-1");
  REQUIRE(file.members.size() == 2);
  CHECK(file.members[0].name == "m2");
  CHECK(file.members[0].peer_urls == std::vector<std::string>{"http://a:1", "https://b:2380"});
  CHECK(file.members[0].data_dir == "two");
  CHECK(file.members[1].name == "m1");
  CHECK(file.members[1].data_dir == "m1");
}

TEST_CASE("the names of etcd's configuration file") {
  const ClusterFile file = Parse(
      "initial-cluster-token: t-1\n"
      "initial-cluster: >-\n"
      "  m1=http://a:1,m2=http://b:1,\n"
      "  m1=http://a:2\n");
  CHECK(file.token == "t-1");
  REQUIRE(file.members.size() == 2);
  CHECK(file.members[0].name == "m1");
  CHECK(file.members[0].peer_urls == std::vector<std::string>{"http://a:1", "http://a:2"});
}

TEST_CASE("JSON is YAML, a number is a text, a token may be missing") {
  const ClusterFile file =
      Parse(R"({"members": [{"name": 1, "peer-urls": ["http://a:1"], "data-dir": "x"}]})");
  CHECK(file.token.empty());
  REQUIRE(file.members.size() == 1);
  CHECK(file.members[0].name == "1");
}

TEST_CASE("a fault is told with its line and column") {
  CHECK(Fault("members:\n  - name: m1\n    peer-url: [http://a:1]\n") ==
        "m.yaml: line 3, column 5: unknown key \"peer-url\" (did you mean \"peer-urls\"?)");
  CHECK(Fault("members:\n  - name: m1\n") ==
        "m.yaml: line 2, column 5: the member has no \"peer-urls\"");
  CHECK(Fault("members:\n  - name: m1\n    peer-urls: [http://a]\n") ==
        "m.yaml: line 3, column 16: URL address does not have the form \"host:port\": http://a");
  CHECK(Fault("tokens: x\n") ==
        "m.yaml: line 1, column 1: unknown key \"tokens\" (did you mean \"token\"?)");
  CHECK(Fault("token: a\ntoken: b\n") == "m.yaml: line 2, column 1: \"token\" is there twice");
  CHECK(Fault("token: a\ninitial-cluster-token: b\n") ==
        "m.yaml: line 2, column 24: \"token\" and \"initial-cluster-token\" are one thing");
  CHECK(Fault("members: m1\n") == "m.yaml: line 1, column 10: \"members\" must be a list");
  CHECK(Fault("members: [m1]\n") ==
        "m.yaml: line 1, column 11: a member must have keys and values");
  CHECK(Fault("token: [a]\n") == "m.yaml: line 1, column 8: token must be a text");
  CHECK(Fault("token: ''\n") == "m.yaml: line 1, column 8: token is empty");
  CHECK(Fault("token: t\n") ==
        "m.yaml: line 1, column 1: no members: give a list \"members\", or \"initial-cluster\"");
  CHECK(Fault("members: []\n") ==
        "m.yaml: line 1, column 1: no members: give a list \"members\", or \"initial-cluster\"");
  CHECK(Fault("initial-cluster: m1=x\n").starts_with("m.yaml: line 1, column 18: "));
  CHECK(Fault("members: [{name: a, peer-urls: ['http://a:1']}]\ninitial-cluster: a=http://a:1") ==
        "m.yaml: line 2, column 18: give \"members\" or \"initial-cluster\", not both");
}

TEST_CASE("what is no YAML, or more than one document, is refused") {
  CHECK(Fault("") == "m.yaml: it is empty; it needs a list `members`");
  CHECK(Fault("# nothing\n") == "m.yaml: it is empty; it needs a list `members`");
  CHECK(Fault("members: [").starts_with("m.yaml: line "));
  CHECK(Fault("a: b: c").starts_with("m.yaml: line 1, column "));
  CHECK(Fault("- a\n") == "m.yaml: line 1, column 1: the file must have keys and values");
  CHECK(Fault("token: a\n---\ntoken: b\n").find("a second document begins here") !=
        std::string::npos);
  CHECK(Fault(std::string(100'000, '[')).starts_with("m.yaml: "));
  CHECK(Fault("token: *missing\n").starts_with("m.yaml: line 1, column "));
  CHECK_FALSE(Fault(std::string("\xff\xfe\0\x80", 4)).empty());
}

TEST_CASE("a name, a URL or a directory stands once") {
  const auto two = [](std::string_view first, std::string_view second) {
    return "members:\n  - {" + std::string(first) + "}\n  - {" + std::string(second) + "}\n";
  };
  CHECK(Fault(two("name: a, peer-urls: 'http://a:1'", "name: a, peer-urls: 'http://b:1'")) ==
        "m.yaml: line 3, column 12: the name \"a\" is there twice");
  CHECK(Fault(two("name: a, peer-urls: 'http://a:1'", "name: b, peer-urls: 'http://a:1'")) ==
        "m.yaml: line 3, column 26: the URL http://a:1 is there twice, for a and b");
  CHECK(Fault(two("name: a, peer-urls: 'http://a:1', data-dir: b",
                  "name: b, peer-urls: 'http://b:1'")) ==
        "m.yaml: line 3, column 12: the directory \"b\" is there twice, for a and b");
  CHECK(Fault("members: [{name: a, peer-urls: 'http://a:1,http://a:1'}]") ==
        "m.yaml: line 1, column 32: the URL http://a:1 is there twice");
}

TEST_CASE("a name that would break --initial-cluster, a directory outside the output") {
  CHECK(Fault("members: [{name: 'a=b', peer-urls: 'http://a:1'}]")
            .find("name \"a=b\": a member's name can't hold") != std::string::npos);
  for (const char* dir : {"/etc", "..", ".", "a/b"}) {
    CAPTURE(dir);
    CHECK(Fault("members: [{name: a, peer-urls: 'http://a:1', data-dir: " + std::string(dir) + "}]")
              .find("can't be a directory in the output") != std::string::npos);
  }
  CHECK(Fault("members: [{name: a/b, peer-urls: 'http://a:1'}]").find("give \"data-dir\"") !=
        std::string::npos);
  CHECK(Fault("members: [{name: a/b, peer-urls: 'http://a:1', data-dir: ab}]") == "");
}

}  // namespace
}  // namespace cairn::offline
