// tests/unit/mvcc/changed_keys_test.cc: the set of fingerprints.
#include "mvcc/changed_keys.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <string>

#include "base/random.h"

namespace cairn::mvcc {
namespace {

TEST_CASE("a key's fingerprint depends on a secret: no file can be made whose keys meet") {
  SetKeyHashSecret(1, 2);
  const KeyHash first = HashKey("a");
  CHECK(first == HashKey("a"));
  SetKeyHashSecret(1, 3);
  CHECK_FALSE(first == HashKey("a"));
  SetKeyHashSecret(4, 2);
  CHECK_FALSE(first == HashKey("a"));
  SetKeyHashSecret(SystemSeed(), SystemSeed());
}

TEST_CASE("what was inserted is there, and nothing else") {
  ChangedKeys keys;
  std::set<std::string> model;
  for (int i = 0; i < 30000; ++i) {
    const std::string key = fmt::format("key/{}", i * 7919 % 20011);
    CHECK(keys.Insert(key) == model.insert(key).second);
  }
  CHECK(keys.size() == model.size());
  for (int i = 0; i < 40000; ++i) {
    const std::string key = fmt::format("key/{}", i);
    REQUIRE(keys.Contains(key) == (model.count(key) != 0));
  }
  CHECK(keys.memory_bytes() <= keys.size() * 32);
}

TEST_CASE("the empty key and the all-zero fingerprint are keys like any other") {
  ChangedKeys keys;
  CHECK_FALSE(keys.Contains(""));
  CHECK_FALSE(keys.Contains(KeyHash{}));
  CHECK(keys.Insert(""));
  CHECK(keys.Insert(KeyHash{}));
  CHECK_FALSE(keys.Insert(KeyHash{}));
  CHECK(keys.Contains(""));
  CHECK(keys.size() == 2);
}

TEST_CASE("fingerprints depend on every byte and on the length") {
  std::set<std::pair<uint64_t, uint64_t>> seen;
  std::string key;
  for (int size = 0; size < 40; ++size, key += '\0') {
    const KeyHash hash = HashKey(key);
    CHECK(seen.insert({hash.low, hash.high}).second);
    for (size_t at = 0; at < key.size(); ++at) {
      std::string other = key;
      other[at] = 1;
      const KeyHash changed = HashKey(other);
      CHECK(seen.insert({changed.low, changed.high}).second);
    }
  }
}

}  // namespace
}  // namespace cairn::mvcc
