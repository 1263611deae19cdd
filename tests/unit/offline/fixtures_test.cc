// tests/unit/offline/fixtures_test.cc: status and HashKV of real etcd's files against real
// etcdutl's answers.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "offline/inspect/hash_kv.h"
#include "offline/inspect/status.h"

namespace cairn::offline {
namespace {

const char* const kVersions[] = {"3.4.23", "3.5.33", "3.6.14", "3.7.1"};
const char* const kKinds[] = {"single", "auth", "cluster"};

TEST_CASE("status and hashkv of every fixture are etcdutl's") {
  const char* root = std::getenv("CAIRN_FIXTURES");
  if (root == nullptr) {
    MESSAGE("CAIRN_FIXTURES is not set (tests/run sets it): nothing was compared");
    return;
  }
  NoProgress progress;
  const Context context{PosixFs(), SystemClock(), progress, 1'000'000'000};
  for (const char* version : kVersions) {
    for (const char* kind : kKinds) {
      const std::string dir = std::string(root) + "/" + version + "/" + kind;
      CAPTURE(dir);
      std::ifstream in(dir + "/answers.json");
      const auto answers = nlohmann::json::parse(in).at("etcdutl_3_7");
      const auto status = ReadSnapshotStatus(context, dir + "/snapshot.db");
      REQUIRE_MESSAGE(status.ok(), std::string(Message(status.status())));
      const auto expected =
          nlohmann::json::parse(answers.at("status_json").at("stdout").get<std::string>());
      CHECK(status->hash == expected.at("hash").get<uint32_t>());
      CHECK(status->revision == expected.at("revision").get<int64_t>());
      CHECK(status->total_keys == expected.at("totalKey").get<int64_t>());
      CHECK(status->total_size == expected.at("totalSize").get<int64_t>());
      CHECK(status->version == expected.at("version").get<std::string>());

      const auto hash = HashKv(context, dir + "/snapshot.db", 0);
      REQUIRE_MESSAGE(hash.ok(), std::string(Message(hash.status())));
      const auto expected_hash =
          nlohmann::json::parse(answers.at("hashkv_json").at("stdout").get<std::string>());
      CHECK(hash->hash == expected_hash.at("hash").get<uint32_t>());
      CHECK(hash->hash_revision == expected_hash.at("hashRevision").get<int64_t>());
      CHECK(hash->compact_revision == expected_hash.at("compactRevision").get<int64_t>());
    }
  }
}

}  // namespace
}  // namespace cairn::offline
