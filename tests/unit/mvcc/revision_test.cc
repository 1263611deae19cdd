// tests/unit/mvcc/revision_test.cc: revision keys, byte for byte, and the marks made of them.
#include "mvcc/revision.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
#include "mvcc/schema.h"

namespace cairn::mvcc {
namespace {

using std::string_literals::operator""s;

TEST_CASE("a revision key is sixteen bytes big-endian with an underscore in the middle") {
  const RevisionKeyBytes put({{258, 3}, false});
  CHECK(put.view() == "\0\0\0\0\0\0\1\2_\0\0\0\0\0\0\0\3"s);
  const RevisionKeyBytes tombstone({{258, 3}, true});
  CHECK(tombstone.view() == "\0\0\0\0\0\0\1\2_\0\0\0\0\0\0\0\3t"s);
  CHECK(ParseRevisionKey(put.view()) == RevisionKey{{258, 3}, false});
  CHECK(ParseRevisionKey(tombstone.view()) == RevisionKey{{258, 3}, true});
}

TEST_CASE("what etcd would not write is not a revision key") {
  std::string key(RevisionKeyBytes({{258, 3}, true}).view());
  for (size_t size = 0; size < key.size() - 1; ++size) {
    CHECK_FALSE(ParseRevisionKey(key.substr(0, size)).has_value());
  }
  CHECK_FALSE(ParseRevisionKey(key + "t").has_value());
  for (auto [at, bad] : {std::pair{8, '-'}, {17, 'T'}, {0, '\x80'}, {9, '\xff'}}) {
    std::string broken = key;
    broken[static_cast<size_t>(at)] = bad;
    CHECK_FALSE(ParseRevisionKey(broken).has_value());
  }
}

TEST_CASE("bytes and revisions have one order") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int i = 0; i < 2000; ++i) {
    const auto make = [&random] {
      return Revision{static_cast<int64_t>(random.Next() >> (1 + random.Below(63))),
                      static_cast<int64_t>(random.Below(3))};
    };
    const Revision a = make(), b = make();
    const std::string ka(RevisionKeyBytes({a, false}).view());
    const std::string kb(RevisionKeyBytes({b, false}).view());
    CHECK((a < b) == (ka < kb));
  }
}

TEST_CASE("the compaction marks are revision keys with sub 0") {
  CHECK(EncodeCompactRevision(45) == "\0\0\0\0\0\0\0\x2d_\0\0\0\0\0\0\0\0"s);
  CHECK(*DecodeCompactRevision(kFinishedCompactKey, EncodeCompactRevision(45)) == 45);
  const auto broken = DecodeCompactRevision(kScheduledCompactKey, "abc");
  CHECK(Message(broken.status()) == "meta/scheduledCompactRev: not a revision (3 bytes)");
  CHECK(std::is_sorted(kBuckets.begin(), kBuckets.end()));
}

}  // namespace
}  // namespace cairn::mvcc
