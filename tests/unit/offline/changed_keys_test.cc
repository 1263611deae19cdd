// tests/unit/offline/changed_keys_test.cc: the set of fingerprints.
#include "offline/inspect/changed_keys.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"

namespace cairn::offline {
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

TEST_CASE("attack 11, hash flood: keys that meet under one secret don't under another") {
  // Keys whose fingerprints agree in the low bits under a secret that was once known.
  constexpr uint64_t kMask = (1 << 10) - 1;
  SetKeyHashSecret(0x243f6a8885a308d3, 0x13198a2e03707344);
  std::vector<std::string> keys;
  for (uint64_t i = 0; keys.size() < 512; ++i) {
    std::string key = fmt::format("/{:x}", i);
    if ((HashKey(key).low & kMask) == 12345 % (kMask + 1)) keys.push_back(std::move(key));
  }
  // What linear probing in a table of 1024 places costs to put them all in.
  const auto probes = [&] {
    std::vector<bool> taken(kMask + 1);
    uint64_t count = 0;
    for (const std::string& key : keys) {
      size_t i = HashKey(key).low & kMask;
      for (++count; taken[i]; i = (i + 1) & kMask) ++count;
      taken[i] = true;
    }
    return count;
  };
  CHECK(probes() == 512 * 513 / 2);
  const uint64_t first = SystemSeed(), second = SystemSeed();
  INFO("secret ", first, " ", second);
  SetKeyHashSecret(first, second);
  CHECK(probes() < 512 * 8);  // about 1.5 each at half full
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
}

TEST_CASE("the empty key is a key like any other") {
  ChangedKeys keys;
  CHECK_FALSE(keys.Contains(""));
  CHECK(keys.Insert(""));
  CHECK_FALSE(keys.Insert(""));
  CHECK(keys.Contains(""));
  CHECK(keys.size() == 1);
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
}  // namespace cairn::offline
